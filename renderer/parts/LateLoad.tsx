// A load that gets nowhere, or takes much longer than usual: what else there is but waiting (UX-28). Whoever waits for it waits on for a new try, and goes
// along elsewhere.
import { useState } from "react";
import type { Fleet, Load, Node } from "../../src-core/contract/fleet.ts";
import type { NodeId } from "../../src-core/contract/ids.ts";
import { useAction, useHome, useSnapshot } from "../client/home.ts";
import { words } from "../language/words.ts";
import { LoadDialog } from "../library/LoadDialog.tsx";

const { late } = words.nodeModels;

export function LateLoad({ load, nodeName }: { readonly load: Load; readonly nodeName: string }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const { fleet } = useSnapshot();
  const [choosing, setChoosing] = useState(false);
  const { node, model, waiters } = load;
  const other = anotherHome(load, fleet);
  const again = () => void run(() => client.retryLoad({ node, model }), { failed: late.notAgain(model) });
  const elsewhere = () => {
    if (waiters === 0) return setChoosing(true);
    void run(() => client.cancelLoad({ node, model, elsewhere: true }), {
      failed: words.nodeModels.load.notCancelled(model),
      done: late.sentElsewhere(waiters),
    });
  };
  return (
    <div className="late-load">
      <button type="button" className="button small" aria-label={late.againLabel(model, nodeName)} disabled={busy} onClick={again}>
        {late.again}
      </button>
      {other !== undefined && (
        <button type="button" className="button small" aria-label={late.elsewhereLabel(model, waiters)} disabled={busy} onClick={elsewhere}>
          {waiters === 0 ? late.elsewhereChoose : late.elsewhere}
        </button>
      )}
      {choosing && <LoadDialog model={model} node={other} onClose={() => setChoosing(false)} />}
    </div>
  );
}

/** A node that takes requests, and could load it too or has it. */
function anotherHome({ node, model }: Load, { nodes }: Fleet): NodeId | undefined {
  const here = Object.entries(nodes[node]?.models ?? {}).find(([key, { id }]) => id === model || key === model);
  const key = here?.[0] ?? model;
  const couldToo = ({ id, enabled, health, breaker, models }: Node) =>
    id !== node && enabled && health.state === "up" && breaker.state !== "open" && models[key] !== undefined;
  return Object.values(nodes).find(couldToo)?.id;
}
