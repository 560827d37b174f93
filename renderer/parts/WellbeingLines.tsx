// How a node has been doing lately, where that changes what is sent there: failures in a row, demotion, memory pressure, draining.
import type { Node } from "../../src-core/contract/fleet.ts";
import { useAction, useHome } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { countdown } from "../format.ts";
import { Rich } from "../language/Rich.tsx";
import { words } from "../language/words.ts";
import { StateMark } from "./StateMark.tsx";

const { lines, acts } = words.nodes;

/** Nothing where there is nothing to say: the usual case. */
export function WellbeingLines({ node }: { readonly node: Node }) {
  const { passive, demoted, pressure, drained, lent, quietUntil } = node;
  if (!node.enabled) return null;
  return (
    <>
      {drained === true && <Drained node={node} />}
      {lent !== undefined && <Lent node={node} until={lent.until} />}
      {quietUntil !== undefined && <Quiet until={quietUntil} />}
      {pressure !== undefined && <Pressure until={pressure.until} says={pressure.says} />}
      {passive !== undefined && passive.state !== "healthy" && (
        <p className="wellbeing">
          <StateMark
            tone={passive.state === "unhealthy" ? "bad" : "warn"}
            word={passive.state === "unhealthy" ? lines.unhealthy : lines.degraded}
          />
          <span className="hint">{lines.failures(passive.failures)}</span>
        </p>
      )}
      {demoted !== undefined && demoted > 0 && (
        <p className="wellbeing">
          <StateMark tone="warn" word={lines.demoted} />
          <span className="hint">{lines.demotedSays(demoted)}</span>
        </p>
      )}
    </>
  );
}

/** Its memory is somebody else's for a while. */
function Lent({ node, until }: { readonly node: Node; readonly until: number | null }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const now = useNow();
  const takeBack = () => void run(() => client.returnNode({ node: node.id }), { failed: acts.stillLent(node.name) });
  const running = Object.values(node.inFlight).reduce((sum, requests) => sum + requests, 0);
  return (
    <div className="wellbeing">
      <StateMark tone="off" word={lines.lent} />
      <span className="hint">{lines.lentSays(running, until, now)}</span>
      <button type="button" className="button small" disabled={busy} aria-label={lines.takeBackLabel(node.name)} onClick={takeBack}>
        {acts.takeBack}
      </button>
    </div>
  );
}

function Quiet({ until }: { readonly until: number }) {
  const now = useNow();
  if (until <= now) return null;
  return (
    <p className="wellbeing">
      <StateMark tone="off" word={lines.quiet} />
      <span className="hint">
        <Rich text={lines.quietSays} parts={{ time: <span className="figure">{countdown(until, now)}</span> }} />
      </span>
    </p>
  );
}

function Pressure({ until, says }: { readonly until: number; readonly says: string }) {
  const now = useNow();
  if (until <= now) return null;
  return (
    <p className="wellbeing">
      <StateMark tone="warn" word={lines.pressure} />
      <span className="hint">
        <Rich text={lines.pressureSays} parts={{ says, time: <span className="figure">{countdown(until, now)}</span> }} />
      </span>
    </p>
  );
}

/** The button ends it where the node is in the configuration; a simulated one is not. */
function Drained({ node }: { readonly node: Node }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const resume = () => void run(() => client.drainNode({ node: node.id, drained: false }), { failed: lines.stillDrained(node.name) });
  const running = Object.values(node.inFlight).reduce((sum, requests) => sum + requests, 0);
  return (
    <div className="wellbeing">
      <StateMark tone="off" word={lines.drained} />
      <span className="hint">{lines.drainedSays(running)}</span>
      {!node.demo && (
        <button type="button" className="button small" disabled={busy} aria-label={lines.endDrainingLabel(node.name)} onClick={resume}>
          {acts.endDraining}
        </button>
      )}
    </div>
  );
}
