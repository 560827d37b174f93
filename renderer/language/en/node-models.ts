// What a node's panel says of its memory and its models: those in it, those on their way, those that wait to be loaded.
import type { FigureSource } from "../../../src-core/contract/fleet.ts";
import { bytes, context, countdown, duration, figure, wholeDuration } from "../../format.ts";
import { count } from "./count.ts";

const totals: Readonly<Record<FigureSource, string>> = {
  node: "Total reported by the node",
  configured: "Total from your settings",
  measured: "Total measured by Homeport",
  estimate: "Total estimated",
};

/** The words carry everything that the bar shows. */
const memory = {
  title: "Graphics memory",
  usedOf: (used: number, total: number) => `${bytes(used)} of ${bytes(total)}`,
  usedAtLeastOf: (used: number, total: number) => `at least ${bytes(used)} of ${bytes(total)}`,
  inAll: (total: number | undefined) => `${bytes(total)} in all`,
  inUse: (used: number) => `${bytes(used)} in use`,
  models: (held: number) => `models ${bytes(held)}`,
  loading: (pending: number) => `loading ${bytes(pending)}`,
  others: (held: number) => `other ${bytes(held)}`,
  notToldApart: (held: number) => `not told apart ${bytes(held)}`,
  free: (free: number) => `${bytes(free)} free`,
  freeUpTo: (free: number) => `up to ${bytes(free)} free`,
  useUnknown: "The node does not tell how much is in use",
  totals,
  totalOnly: (source: FigureSource | undefined) =>
    `The node does not tell how much is in use.${source === undefined ? "" : ` ${totals[source]}.`}`,
  usedOnly: (canSet: boolean) => `Reported by the node; it does not tell the total.${canSet ? " You can set it under Edit node." : ""}`,
} as const;

/** The list, and what stands under it. */
const list = {
  label: (node: string) => `Models in memory on ${node}`,
  unknown: "Its models are not known yet.",
  none: "This node has no models yet. Add one there; it appears here by itself.",
  noneInMemory: (total: number) => `${count(total, "model")}, none in memory.`,
  inAll: (total: number) => `${count(total, "model")} in all.`,
  inAllByItself: (total: number) => `${count(total, "model")} in all. This node loads models by itself.`,
  alwaysReady: (total: number) => `${count(total, "model")}, always ready.`,
  names: (names: readonly string[], more: number) => `${names.join(", ")}${more > 0 ? ` and ${figure(more)} more` : ""}`,
  coldMatches: (names: readonly string[]) => `Not in memory: ${names.join(", ")}`,
} as const;

/** What a row tells of the size of its model: in memory where the node says that, else the file's. */
interface Size {
  readonly vramBytes?: number | undefined;
  readonly heldBytes?: number | undefined;
  readonly fileBytes?: number | undefined;
}

function size({ vramBytes, heldBytes, fileBytes }: Size): string {
  if (vramBytes !== undefined)
    return heldBytes !== undefined && vramBytes < heldBytes ? `${bytes(vramBytes)} of ${bytes(heldBytes)}` : bytes(vramBytes);
  if (heldBytes !== undefined) return bytes(heldBytes);
  return fileBytes === undefined ? "size unknown" : `${bytes(fileBytes)} on disk`;
}

/** Whose figure it is. */
function sizeTitle({ vramBytes, heldBytes, fileBytes }: Size): string {
  if (vramBytes !== undefined)
    return `${bytes(vramBytes)} of device memory${heldBytes === undefined ? "" : `, ${bytes(heldBytes)} in all`}, reported by the node`;
  if (heldBytes !== undefined) return "In memory, reported by the node";
  return fileBytes === undefined
    ? "The node does not say how much memory it takes"
    : "Size of the file; the node does not say how much memory it takes";
}

/** A model in memory. */
const row = {
  size,
  sizeTitle,
  context: (tokens: number) => `${context(tokens)} ctx`,
  contextTitle: (tokens: number) => `Context of ${figure(tokens)} tokens`,
  asLastSeen: "as last seen",
  unloading: "Unloading",
  loadingFor: (ms: number) => `Loading for ${wholeDuration(ms)}`,
  inUse: (requests: number) => `${count(requests, "request")} now`,
  stuckFor: (ms: number) => `Does not unload, for ${wholeDuration(ms)}`,
  sleeping: "sleeping, wakes on use",
  idleFor: (ms: number) => `idle ${wholeDuration(ms)}`,
  inMemoryFor: (ms: number) => `in memory for ${wholeDuration(ms)}`,
  unloadButton: "Unload",
  unloadLabel: (model: string, node: string) => `Unload ${model} from ${node}`,
  unloadTitle: (model: string) => `Unload ${model}?`,
  unloadText: (requests: number, node: string) =>
    `${count(requests, "request")} ${requests === 1 ? "is" : "are"} using it on ${node} right now and may be cut short.`,
  notUnloaded: (model: string) => `${model} was not unloaded`,
  unloadBegun: (model: string, node: string) => `Unloading ${model} from ${node}`,
} as const;

/** Of a time that nobody knows to the second. */
function roughly(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  return wholeDuration((seconds < 90 ? seconds : Math.round(seconds / 60) * 60) * 1_000);
}

const percent = (fraction: number) => `${figure(Math.round(fraction * 100))} %`;

const waiters = (waiting: number) => count(waiting, "waiting request");

/** A load under way. Who waits is not sent elsewhere, but told that it was cancelled: said before and after (UX-29). */
const load = {
  label: (model: string, node: string) => `Loading ${model} on ${node}`,
  sources: { node: "reported by node", measured: "measured", estimate: "estimate" },
  afterAnother: "waiting for another load on this node",
  makingRoom: "making room",
  measured: (fraction: number) => `${percent(fraction)} of its memory`,
  reported: (fraction: number, stage: string | undefined) => (stage === undefined ? percent(fraction) : `${percent(fraction)}, ${stage}`),
  stalled: "no progress for 90 s",
  left: (ms: number) => `about ${roughly(ms)} left`,
  almost: "almost there",
  overdue: (usualMs: number) => `longer than usual (${roughly(usualMs)})`,
  elapsed: (ms: number) => `loading for ${roughly(ms)}`,
  progress: (says: string, source: string | undefined) => (source === undefined ? says : `${says}, ${source}`),
  waiting: (waiting: number) => `${count(waiting, "request")} waiting`,
  byUser: "asked for by you",
  cancelLabel: (model: string, node: string, waiting: number) =>
    `Cancel loading ${model} on ${node}${waiting > 0 ? ` and ${waiters(waiting)}` : ""}`,
  cancelTitle: (waiting: number) => `Ends ${waiters(waiting)} too`,
  cancelled: (model: string, waiting: number) => `${model} is not loaded; ${waiters(waiting)} ended with it`,
  notCancelled: (model: string) => `The load of ${model} goes on`,
} as const;

/** A load that gets nowhere, or takes much longer than usual. */
const late = {
  again: "Try again",
  againLabel: (model: string, node: string) => `Try again: ${model} on ${node}`,
  notAgain: (model: string) => `The load of ${model} was not begun again`,
  elsewhere: "Try elsewhere",
  elsewhereChoose: "Load elsewhere…",
  elsewhereLabel: (model: string, waiting: number) =>
    waiting === 0 ? `Load elsewhere… ${model}` : `Try elsewhere: ${model}, with ${waiters(waiting)}`,
  sentElsewhere: (waiting: number) => `${waiters(waiting)} ${waiting === 1 ? "tries" : "try"} another node`,
} as const;

/** A model that failed here, and is left alone for a while. */
const setAside = {
  state: "Set aside here",
  untilNewFile: "Not tried again with this file: fetch it anew there.",
  until: (until: number, now: number) => `Tried again in ${countdown(until, now)}`,
  untilMemory: "Tried again when its memory has changed",
  tryNow: "Try now",
  tryNowLabel: (model: string, node: string) => `Try now: ${model} on ${node}`,
  notLoaded: (model: string, node: string) => `${model} did not load on ${node}`,
} as const;

/** Choosing what to load. */
const picker = {
  openButton: "Load a model…",
  title: (node: string) => `Load a model on ${node}`,
  searchLabel: "Find a model",
  listLabel: (node: string) => `Models on ${node} that are not in memory`,
  noMatch: (node: string, search: string) => `No model on ${node} matches “${search}”.`,
  size: (size: number | undefined) => (size === undefined ? "size unknown" : bytes(size)),
  usualLoad: (ms: number) => `usually ${duration(ms)}`,
} as const;

export const nodeModels = { memory, list, row, load, late, setAside, picker } as const;
