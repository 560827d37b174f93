// How a node has been doing lately, where that changes what is sent there: failures in a row, demotion, memory pressure, draining.
import type { Node } from "../../src-core/contract/fleet.ts";
import { useAction, useHome } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { count, countdown } from "../format.ts";
import { StateMark } from "./StateMark.tsx";

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
            word={passive.state === "unhealthy" ? "Unhealthy" : "Degraded"}
          />
          <span className="hint">{count(passive.failures, "failure")} in a row; one success heals it.</span>
        </p>
      )}
      {demoted !== undefined && demoted > 0 && (
        <p className="wellbeing">
          <StateMark tone="warn" word="Demoted" />
          <span className="hint">
            By {count(demoted, "rank")}: slower than the others lately, or failing more often. It is tried after those that are not.
          </span>
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
  const takeBack = () => void run(() => client.returnNode({ node: node.id }), { failed: `${node.name} is still lent` });
  const running = Object.values(node.inFlight).reduce((sum, requests) => sum + requests, 0);
  return (
    <div className="wellbeing">
      <StateMark tone="off" word="Memory lent" />
      <span className="hint">
        {running === 0 ? "Takes no requests" : `Takes no new requests; ${running} still running,`}{" "}
        {until === null ? "until you take it back." : `for ${countdown(until, now)} more.`}
      </span>
      <button type="button" className="button small" disabled={busy} aria-label={`Take ${node.name} back`} onClick={takeBack}>
        Take it back
      </button>
    </div>
  );
}

function Quiet({ until }: { readonly until: number }) {
  const now = useNow();
  if (until <= now) return null;
  return (
    <p className="wellbeing">
      <StateMark tone="off" word="Quiet hours" />
      <span className="hint">
        Nothing new goes there for <span className="figure">{countdown(until, now)}</span>.
      </span>
    </p>
  );
}

function Pressure({ until, says }: { readonly until: number; readonly says: string }) {
  const now = useNow();
  if (until <= now) return null;
  return (
    <p className="wellbeing">
      <StateMark tone="warn" word="Out of memory lately" />
      <span className="hint">
        {says} No load goes there for <span className="figure">{countdown(until, now)}</span> more.
      </span>
    </p>
  );
}

/** The button ends it where the node is in the configuration; a simulated one is not. */
function Drained({ node }: { readonly node: Node }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const resume = () => void run(() => client.drainNode({ node: node.id, drained: false }), { failed: `${node.name} is still drained` });
  const running = Object.values(node.inFlight).reduce((sum, requests) => sum + requests, 0);
  return (
    <div className="wellbeing">
      <StateMark tone="off" word="Drained" />
      <span className="hint">{running === 0 ? "Takes no new requests." : `Takes no new requests; ${running} still running.`}</span>
      {!node.demo && (
        <button type="button" className="button small" disabled={busy} aria-label={`End draining ${node.name}`} onClick={resume}>
          End draining
        </button>
      )}
    </div>
  );
}
