// A model that a node failed to serve, set aside there for a while: why, for how long, and how to try again at once.

import type { ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { useAction, useHome } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { words } from "../language/words.ts";
import type { ModelOnNode } from "../models.ts";
import { StateMark } from "./StateMark.tsx";

const { setAside: say } = words.nodeModels;

export function SetAsideRow({ node, model }: { readonly node: Node; readonly model: ModelOnNode }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const now = useNow();
  const { entry } = model;
  const { setAside } = entry;
  if (setAside === undefined || (setAside.until <= now && setAside.freeShare === undefined && setAside.file === undefined)) return null;
  const retry = () =>
    void run(() => client.load({ node: node.id, model: entry.id, force: true }), { failed: say.notLoaded(entry.id, node.name) });
  return (
    <li className="model">
      <div className="model-name">
        <strong>{entry.id}</strong>
        <StateMark tone="warn" word={say.state} />
      </div>
      <div className="model-why">
        <p>{setAside.failure.message}</p>
        <p className="hint">{waitsFor(setAside, now)}</p>
      </div>
      {node.can.load && (
        <button type="button" className="button small" aria-label={say.tryNowLabel(entry.id, node.name)} disabled={busy} onClick={retry}>
          {say.tryNow}
        </button>
      )}
    </li>
  );
}

function waitsFor({ until, freeShare, file }: NonNullable<ModelEntry["setAside"]>, now: number): string {
  if (file !== undefined) return say.untilNewFile;
  return freeShare === undefined ? say.until(until, now) : say.untilMemory;
}
