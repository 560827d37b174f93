// The test of one app: a request of one token through the gateway, as that app would send it. It loads nothing unless the person agrees.
import { Play } from "lucide-react";
import { Fragment, useState } from "react";
import type { ConnectionVerdict } from "../../src-core/contract/connecting.ts";
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import { useAction, useHome, useSnapshot } from "../client/home.ts";
import { words } from "../language/words.ts";
import { StateMark } from "../parts/StateMark.tsx";
import { verdictWords } from "./verdict-words.ts";

const says = words.connect.test;

interface TryGatewayProps {
  readonly app: string;
  readonly dialect: Dialect;
  /** Undefined: whichever is in memory. */
  readonly model: string | undefined;
}

export function TryGateway({ app, dialect, model }: TryGatewayProps) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const [verdict, setVerdict] = useState<ConnectionVerdict>();
  const test = async (of: string | undefined, confirmed: boolean) => {
    setVerdict(undefined);
    const asked = { dialect, ...(of === undefined ? {} : { model: of }), ...(confirmed ? { confirmed } : {}) };
    const reply = await run(() => client.testConnection(asked), { failed: says.failed });
    if (reply.ok) setVerdict(reply.output);
  };
  return (
    <div className="try">
      <button type="button" className="button" disabled={busy} onClick={() => void test(model, false)}>
        <Play size={15} aria-hidden="true" /> {busy ? says.running : says.button}
        <span className="sr-only"> {says.as(app)}</span>
      </button>
      <div className="try-says" role="status">
        {busy && <span className="hint">{says.underWay}</span>}
        {verdict !== undefined && <Verdict verdict={verdict} />}
      </div>
      {verdict?.state === "asks" && (
        <button type="button" className="button" onClick={() => void test(verdict.model, true)}>
          {verdict.because === "cold" ? says.loadAndTest : says.sendAndTest}
        </button>
      )}
    </div>
  );
}

function Verdict({ verdict }: { readonly verdict: ConnectionVerdict }) {
  const { fleet } = useSnapshot();
  const { tone, title, says: told } = verdictWords(verdict, (id) => Object.values(fleet.nodes).find((node) => node.id === id)?.name ?? id);
  const headers = "headers" in verdict ? Object.entries(verdict.headers) : [];
  return (
    <>
      <p>
        <StateMark tone={tone} word={title} /> {told}
      </p>
      {headers.length > 0 && (
        <details className="more">
          <summary>{says.headers}</summary>
          <dl className="facts">
            {headers.map(([name, value]) => (
              <Fragment key={name}>
                <dt>{name}</dt>
                <dd>
                  <code>{value}</code>
                </dd>
              </Fragment>
            ))}
          </dl>
        </details>
      )}
    </>
  );
}
