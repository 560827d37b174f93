// What the fleet remembers of models being fetched to nodes, and of models deleted there. Facts about a fetch that is gone change nothing.
import type { EventOf } from "../contract/events.ts";
import type { Fleet } from "../contract/fleet.ts";
import { type Pull, pullKey } from "../contract/pulls.ts";
import { cleared } from "./completion-errors.ts";
import { own } from "./inventory.ts";
import { canonicalName } from "./names.ts";

type PullEvent = EventOf<"pull-asked" | "pull-progressed" | "pull-finished" | "pull-dismissed">;

const keyOf = ({ node, model }: Pick<PullEvent, "node" | "model">) => pullKey(node, canonicalName(model));

/** The fetches after the event. */
export function pullChanged(fleet: Fleet, event: PullEvent): Fleet {
  const key = keyOf(event);
  const before = own(fleet.pulls ?? {}, key);
  if (event.type === "pull-asked") {
    const { node, model, at } = event;
    return withPull(fleet, key, { node, model, state: "waiting", startedAt: at });
  }
  if (before === undefined) return fleet;
  if (event.type === "pull-progressed") return withPull(fleet, key, progressed(before, event));
  const failure = event.type === "pull-finished" && event.failure?.kind !== "cancelled" ? event.failure : undefined;
  if (failure === undefined) {
    const isFetched = event.type === "pull-finished" && event.failure === undefined;
    return withPull(isFetched ? madeWhole(fleet, event) : fleet, key, undefined);
  }
  const { bytesPerSecond: _, stage: _stage, ...rest } = before;
  return withPull(fleet, key, { ...rest, state: "failed", failure });
}

/** The model is gone from the node at once; nobody is sent there while the next probe is on its way. */
export function modelRemoved(fleet: Fleet, { node: id, model }: EventOf<"model-removed">): Fleet {
  const node = own(fleet.nodes, id);
  const key = canonicalName(model);
  if (node === undefined || own(node.models, key) === undefined) return fleet;
  const { [key]: _, ...models } = node.models;
  const aliases = Object.fromEntries(Object.entries(node.aliases).filter(([, target]) => target !== key));
  return { ...fleet, nodes: { ...fleet.nodes, [id]: { ...node, models, aliases } } };
}

/** Fetches to nodes that are configured no more are forgotten; the same fleet where there are none. */
export function pullsOfNodes(fleet: Fleet): Fleet {
  const gone = Object.entries(fleet.pulls ?? {}).filter(([, { node }]) => own(fleet.nodes, node) === undefined);
  return gone.reduce((left, [key]) => withPull(left, key, undefined), fleet);
}

/** Fetched anew, its file is whole: what was held against the old one is over. */
function madeWhole(fleet: Fleet, { node: id, model }: Pick<PullEvent, "node" | "model">): Fleet {
  const node = own(fleet.nodes, id);
  const key = canonicalName(model);
  const entry = node === undefined ? undefined : own(node.models, key);
  if (node === undefined || entry?.setAside?.file === undefined) return fleet;
  return { ...fleet, nodes: { ...fleet.nodes, [id]: { ...node, models: { ...node.models, [key]: cleared(entry) } } } };
}

function progressed(pull: Pull, event: EventOf<"pull-progressed">): Pull {
  const { stage, completedBytes, totalBytes, bytesPerSecond } = event;
  const told = totalBytes === undefined || totalBytes === 0 ? undefined : Math.min(1, (completedBytes ?? 0) / totalBytes);
  const fraction = told === undefined ? pull.fraction : Math.max(pull.fraction ?? 0, told);
  return {
    node: pull.node,
    model: pull.model,
    state: "pulling",
    startedAt: pull.startedAt,
    ...(stage === undefined ? {} : { stage }),
    ...(completedBytes === undefined ? {} : { completedBytes }),
    ...(totalBytes === undefined ? {} : { totalBytes }),
    ...(fraction === undefined ? {} : { fraction }),
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
  };
}

function withPull(fleet: Fleet, key: string, pull: Pull | undefined): Fleet {
  const { pulls: before, ...rest } = fleet;
  const { [key]: _, ...others } = before ?? {};
  const pulls = pull === undefined ? others : { ...before, [key]: pull };
  return Object.keys(pulls).length === 0 ? rest : { ...rest, pulls };
}
