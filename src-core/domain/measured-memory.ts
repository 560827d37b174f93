// What Homeport measured of the memory of nodes on this machine. A node's own word, and a person's, stand above it: a server may be meant to use
// less than the machine has, or stand behind a tunnel on another one.
import type { EventOf } from "../contract/events.ts";
import type { Fleet, Memory, ModelEntry, Node } from "../contract/fleet.ts";
import type { NodeId } from "../contract/ids.ts";
import { toldBytes } from "./eviction.ts";
import { withFootprint } from "./footprints.ts";
import { own } from "./inventory.ts";
import { canonicalName } from "./names.ts";

/** A person who wrote down so much of the measured total means the same devices. */
const sameShare = 0.05;

export function memoryMeasured(node: Node, { memory: measured }: EventOf<"memory-measured">): Node {
  const { memory } = node;
  if (memory.totalSource === "node" || memory.usedSource === "node") return node;
  const kept = withoutMeasured(memory);
  if (measured === undefined) return kept === memory ? node : { ...node, memory: kept };
  if (kept.totalBytes === undefined) return { ...node, memory: { ...kept, ...measured } };
  if (!isSame(kept.totalBytes, measured.totalBytes)) return kept === memory ? node : { ...node, memory: kept };
  const { usedBytes, usedSource } = measured;
  return { ...node, memory: { ...kept, ...(usedBytes === undefined ? {} : { usedBytes, usedSource }) } };
}

/** What models that went since the last probe held is free again, before the next measurement says so; what came is counted by what it holds. */
export function lessFreed(before: Fleet, after: Fleet, id: NodeId): Fleet {
  const node = own(after.nodes, id);
  const { usedBytes, usedSource } = node?.memory ?? {};
  if (node === undefined || usedSource !== "measured" || usedBytes === undefined) return after;
  const was = own(before.nodes, id);
  const freed = was === undefined || was.models === node.models ? 0 : heldBytes(was.models) - heldBytes(node.models);
  if (freed <= 0) return after;
  const memory = { ...node.memory, usedBytes: Math.max(0, usedBytes - freed) };
  return { ...after, nodes: { ...after.nodes, [id]: { ...node, memory } } };
}

/** Remembered as what the model takes here, where its node never says. */
export function footprintMeasured(node: Node, { model, bytes, contextTokens }: EventOf<"footprint-measured">): Node {
  const key = canonicalName(model);
  const entry = own(node.models, key);
  if (entry === undefined || toldBytes(entry) !== undefined) return node;
  return {
    ...node,
    history: { ...node.history, [key]: withFootprint(own(node.history, key), bytes, contextTokens ?? entry.contextTokens) },
  };
}

function withoutMeasured(memory: Memory): Memory {
  if (memory.totalSource !== "measured" && memory.usedSource !== "measured") return memory;
  const { usedBytes, usedSource, totalBytes, totalSource, limit, ...rest } = memory;
  return {
    ...rest,
    ...(totalSource === "measured" ? {} : { totalBytes, totalSource, limit }),
    ...(usedSource === "measured" ? {} : { usedBytes, usedSource }),
  };
}

function isSame(written: number, measured: number | undefined): boolean {
  return measured !== undefined && Math.abs(measured - written) <= written * sameShare;
}

function heldBytes(models: Node["models"]): number {
  return Object.values(models).reduce((sum, entry: ModelEntry) => sum + (toldBytes(entry) ?? 0), 0);
}
