// A server that was found, with one click to make it a node. Nothing is added before that click (S-44).
import type { FoundServer } from "../../src-core/contract/finding.ts";
import { nodeAddress } from "../../src-core/contract/nats.ts";
import { useAction, useHome, useSnapshot } from "../client/home.ts";
import { words } from "../language/words.ts";
import { hostOf, nodeIdFrom } from "../node-names.ts";
import { StateMark } from "../parts/StateMark.tsx";

const { server } = words.finding;

export function FoundLine({ found }: { readonly found: FoundServer }) {
  const { client } = useHome();
  const { fleet } = useSnapshot();
  const { busy, run } = useAction();
  const { kind, known, url } = found;
  if (kind === undefined) return null;
  const name = nameOf(found);
  const add = () =>
    void run(() => client.addNode({ id: nodeIdFrom(name, Object.keys(fleet.nodes)), kind, name, ...nodeAddress(url) }), {
      failed: server.addFailed(name),
      done: server.addDone(name),
    });
  const facts = [
    [words.vocabulary.kinds[kind], found.version].filter((fact) => fact !== undefined).join(" "),
    ...(found.models === undefined ? [] : [server.models(found.models)]),
  ];
  return (
    <li className="found-server" data-found={url}>
      <StateMark tone="ok" word={words.common.list(facts)} />
      <span className="found-where">
        <code>{url}</code>
        {found.host !== undefined && <span className="hint">{found.host}</span>}
        {isUnlocked(found) && (
          <span className="badge badge-warn" title={server.unlockedHint}>
            {server.unlocked}
          </span>
        )}
        {found.models === undefined && <span className="hint">{found.label}</span>}
      </span>
      <button
        type="button"
        className="button small"
        aria-label={known === undefined ? server.addLabel(name) : server.addedLabel(name)}
        disabled={busy || known !== undefined}
        onClick={add}
      >
        {known === undefined ? server.addButton : server.added}
      </button>
    </li>
  );
}

/** "Ollama on studio", "Ollama on this computer", "vLLM on 192.168.1.7". */
function nameOf({ kind, label, url, host, sources }: FoundServer): string {
  const what = kind === undefined ? label : words.vocabulary.kinds[kind];
  if (kind === "nats-worker" && host !== undefined) return host;
  return server.name(what, host ?? (sources.includes("this-computer") ? server.thisComputer : hostOf(url)));
}

/** It told its models to somebody without a key, from beyond this computer. */
function isUnlocked({ kind, models, sources }: FoundServer): boolean {
  return models !== undefined && kind !== "nats-worker" && !sources.includes("this-computer");
}
