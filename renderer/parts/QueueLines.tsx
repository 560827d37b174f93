// Queues for models that have no row of their own: cold ones that wait for room, and those of a service.
import type { Node } from "../../src-core/contract/fleet.ts";
import { useHome, useQueues } from "../client/home.ts";
import type { ModelOnNode } from "../models.ts";
import { queueOf } from "../queues.ts";
import { QueueLine } from "./QueueLine.tsx";

export function QueueLines({ models }: { readonly models: readonly Pick<ModelOnNode, "key" | "entry">[] }) {
  const { store } = useHome();
  const queues = useQueues();
  if (queues === undefined) return null;
  const nodes = Object.values(store.state().snapshot?.fleet.nodes ?? {});
  const waited = models.flatMap(({ key, entry }) => {
    const queue = entry.residency.state === "cold" && isReadier(nodes, key) ? undefined : queueOf({ queues }, key);
    return queue === undefined ? [] : [{ queue, model: entry.id }];
  });
  if (waited.length === 0) return null;
  return (
    <div className="queue-lines">
      {waited.map(({ queue, model }) => (
        <QueueLine key={model} queue={queue} model={model} />
      ))}
    </div>
  );
}

/** The queue stands where the model is in memory or on its way; a node that has it cold does not claim it too. */
function isReadier(nodes: readonly Node[], key: string): boolean {
  return nodes.some(({ models }) => {
    const state = models[key]?.residency.state;
    return state !== undefined && state !== "cold";
  });
}
