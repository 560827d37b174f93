// Snapshots on their way to a window: the first whole, later ones as what changed since the one before. Both ends of an ordered carrier keep the
// last snapshot; whoever connects anew begins with a whole one, so that nothing needs replaying. Whoever reads the store sees whole snapshots.
import type { Push, Snapshot } from "./api.ts";
import type { Fleet, ModelEntry, Node } from "./fleet.ts";

type SnapshotPush = Extract<Push, { type: "snapshot" }>;

/** Fields with other values than before, by name; `models`: only the entries that changed, where none came or went. */
export type NodeChange =
  | { readonly whole: Node }
  | { readonly set: Readonly<Record<string, unknown>>; readonly models?: Readonly<Record<string, ModelEntry>> };

export interface SnapshotChange {
  readonly type: "change";
  readonly head: Omit<Snapshot, "fleet" | "notices">;
  /** Absent: as before. */
  readonly notices?: Snapshot["notices"];
  readonly fleet: Omit<Fleet, "nodes" | "loads">;
  /** Absent: as before. */
  readonly loads?: Fleet["loads"];
  readonly nodes: Readonly<Record<string, NodeChange>>;
  /** All nodes, where some came, went or changed places. */
  readonly order?: readonly string[];
}

/** What an ordered carrier transports. */
export type CarriedPush = Push | SnapshotChange;

/** The sending end, one per listener. Told in the order in which the pushes are really sent. */
export class ChangeEncoder {
  #last: Snapshot | undefined;

  encode(push: Push): CarriedPush {
    if (push.type !== "snapshot") return push;
    const before = this.#last;
    this.#last = push.snapshot;
    return before === undefined ? push : changeOf(before, push.snapshot);
  }
}

/** The receiving end. What did not change is the very same object, so that a window draws only what did. */
export class ChangeDecoder {
  #last: Snapshot | undefined;

  /** Undefined: a change without the snapshot before it, which an ordered carrier never delivers. */
  decode(carried: CarriedPush): Push | undefined {
    if (carried.type === "snapshot") this.#last = carried.snapshot;
    if (carried.type !== "change") return carried;
    if (this.#last === undefined) return undefined;
    const push: SnapshotPush = { type: "snapshot", snapshot: changed(this.#last, carried) };
    this.#last = push.snapshot;
    return push;
  }
}

function changeOf(before: Snapshot, { fleet, notices, ...head }: Snapshot): SnapshotChange {
  const { nodes: after, loads, ...rest } = fleet;
  const nodes: Record<string, NodeChange> = {};
  for (const [id, node] of Object.entries(after)) {
    const known = before.fleet.nodes[id];
    if (known !== node) nodes[id] = known === undefined ? { whole: node } : nodeChange(known, node);
  }
  return {
    type: "change",
    head,
    ...(notices === before.notices ? {} : { notices }),
    fleet: rest,
    ...(loads === before.fleet.loads ? {} : { loads }),
    nodes,
    ...(sameKeys(before.fleet.nodes, after) ? {} : { order: Object.keys(after) }),
  };
}

function nodeChange(before: Node, after: Node): NodeChange {
  const { models: oldModels, ...old } = before;
  const { models, ...now } = after;
  // A field that is gone cannot be told as a value; that is rare, and then the node is told whole.
  if (Object.keys(old).some((field) => !Object.hasOwn(now, field))) return { whole: after };
  const known = new Map<string, unknown>(Object.entries(old));
  const set = Object.fromEntries(Object.entries(now).filter(([field, value]) => known.get(field) !== value));
  if (models === oldModels) return { set };
  if (!sameKeys(oldModels, models)) return { set: { ...set, models } };
  return { set, models: Object.fromEntries(Object.entries(models).filter(([key, entry]) => oldModels[key] !== entry)) };
}

function changed(before: Snapshot, { head, notices, fleet, loads, nodes: changes, order }: SnapshotChange): Snapshot {
  const nodes: Record<string, Node> = {};
  for (const id of order ?? Object.keys(before.fleet.nodes)) {
    const node = changedNode(before.fleet.nodes[id], changes[id]);
    if (node !== undefined) nodes[id] = node;
  }
  return { ...head, notices: notices ?? before.notices, fleet: { ...fleet, loads: loads ?? before.fleet.loads, nodes } };
}

function changedNode(before: Node | undefined, change: NodeChange | undefined): Node | undefined {
  if (change === undefined) return before;
  if ("whole" in change) return change.whole;
  if (before === undefined) return undefined;
  const node = { ...before, ...change.set };
  return change.models === undefined ? node : { ...node, models: { ...before.models, ...change.models } };
}

/** The same keys in the same order. */
function sameKeys(a: object, b: object): boolean {
  const [some, others] = [Object.keys(a), Object.keys(b)];
  return some.length === others.length && some.every((key, index) => key === others[index]);
}
