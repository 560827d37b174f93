// A model that a node failed to serve, set aside there for a while: why, for how long, and how to try again at once.

import type { ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { useAction, useHome } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { countdown } from "../format.ts";
import type { ModelOnNode } from "../models.ts";
import { StateMark } from "./StateMark.tsx";

export function SetAsideRow({ node, model }: { readonly node: Node; readonly model: ModelOnNode }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const now = useNow();
  const { entry } = model;
  const { setAside } = entry;
  if (setAside === undefined || (setAside.until <= now && setAside.freeShare === undefined && setAside.file === undefined)) return null;
  const retry = () =>
    void run(() => client.load({ node: node.id, model: entry.id, force: true }), { failed: `${entry.id} did not load on ${node.name}` });
  return (
    <li className="model">
      <div className="model-name">
        <strong>{entry.id}</strong>
        <StateMark tone="warn" word="Set aside here" />
      </div>
      <div className="model-why">
        <p>{setAside.failure.message}</p>
        <p className="hint">{waitsFor(setAside, now)}</p>
      </div>
      {node.can.load && (
        <button type="button" className="button small" aria-label={`Try now: ${entry.id} on ${node.name}`} disabled={busy} onClick={retry}>
          Try now
        </button>
      )}
    </li>
  );
}

function waitsFor({ until, freeShare, file }: NonNullable<ModelEntry["setAside"]>, now: number): string {
  if (file !== undefined) return "Not tried again with this file: fetch it anew there.";
  return freeShare === undefined ? `Tried again in ${countdown(until, now)}` : "Tried again when its memory has changed";
}
