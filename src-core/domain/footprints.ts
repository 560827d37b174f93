// How much device memory a model takes on a node with a given context: what was measured there comes first, then what the person wrote, then an
// estimate that is called one. Unknown stays unknown.
import type { LoadHistory, ModelEntry, Node } from "../contract/fleet.ts";
import { catalogued } from "./catalogue.ts";
import { own } from "./inventory.ts";
import { perValue } from "./per-value.ts";
import type { World } from "./world.ts";

/** Device memory, and who told it. */
export interface Footprint {
  readonly bytes: number;
  readonly source: "measured" | "configured" | "estimate";
}

/** Weights, and buffers for computing beside them: 10 % is what llama.cpp and Ollama reserve for ordinary batches, rounded up. */
const buffersFactor = 1.1;
/** What Ollama allocates where nobody asks for a context (observed.md 3). */
const ordinaryContextTokens = 4096;
/** A weight of a 4-bit file with its scales; of a larger file there are then fewer than we think, and the estimate errs upwards. */
const bytesPerParameter = 0.6;
const kib = 1024;
/** Contexts remembered per model and node. */
const mostContexts = 8;

/**
 * Bytes of key and value cache per token, at 16 bit: 2 × layers × heads of keys and values × head size × 2. By parameters, in billions, up to which it
 * holds; the greater of the published architectures in each class: Qwen 2.5 0.5B, Llama 3.2 1B and 3B, Llama 3 8B, Phi 4 14B, Qwen 2.5 32B,
 * Llama 3 70B, Llama 3.1 405B.
 */
const cacheBytesPerToken: readonly (readonly [billions: number, bytes: number])[] = [
  [0.6, 24 * kib],
  [2, 32 * kib],
  [4, 112 * kib],
  [9, 128 * kib],
  [16, 200 * kib],
  [36, 256 * kib],
  [80, 320 * kib],
  [Number.POSITIVE_INFINITY, 512 * kib],
];

/**
 * What the model (by canonical name) takes on this node. `contextTokens`: the context it is to have; absent: the catalogue's, else the one it had
 * there last, else the server's usual one.
 */
export function footprintOf(
  node: Node,
  key: string,
  world: Pick<World, "config">,
  entry: ModelEntry | undefined,
  contextTokens?: number,
): Footprint | undefined {
  const catalogue = catalogued(key, world);
  const wanted = contextTokens ?? catalogue?.contextTokens;
  const history = own(node.history, key);
  if (history?.footprintBytes !== undefined) {
    const measured = measuredAt(history, history.footprintBytes, wanted, entry);
    if (measured !== undefined) return measured;
  }
  if (catalogue?.bytes !== undefined) return { bytes: catalogue.bytes, source: "configured" };
  return entry?.bytes === undefined ? undefined : { bytes: estimateOf(entry, entry.bytes, wanted), source: "estimate" };
}

/** The history with one more measurement; the same history where it says nothing new. */
export function withFootprint(history: LoadHistory | undefined, bytes: number, contextTokens: number | undefined): LoadHistory {
  const before = history ?? { ms: [] };
  const at = contextTokens === undefined ? undefined : String(contextTokens);
  if (before.footprintBytes === bytes && (at === undefined || before.footprints?.[at] === bytes)) return before;
  if (at === undefined) return { ...before, footprintBytes: bytes };
  const others = Object.entries(before.footprints ?? {}).filter(([tokens]) => tokens !== at);
  return { ...before, footprintBytes: bytes, footprints: Object.fromEntries([...others.slice(1 - mostContexts), [at, bytes]]) };
}

/** Measured at this context, or between two that were; from the nearest one, what the cache differs by is estimated. */
function measuredAt(history: LoadHistory, last: number, wanted: number | undefined, entry: ModelEntry | undefined): Footprint | undefined {
  if (wanted === undefined || history.footprints === undefined) return { bytes: last, source: "measured" };
  const points = pointsOf(history.footprints);
  const next = points.findIndex(({ tokens }) => tokens >= wanted);
  const above = next < 0 ? undefined : points[next];
  if (above?.tokens === wanted) return { bytes: above.bytes, source: "measured" };
  const below = next < 0 ? points.at(-1) : points[next - 1];
  if (below !== undefined && above !== undefined) {
    const share = (wanted - below.tokens) / (above.tokens - below.tokens);
    return { bytes: Math.round(below.bytes + share * (above.bytes - below.bytes)), source: "measured" };
  }
  const nearest = below ?? above;
  if (nearest === undefined) return { bytes: last, source: "measured" };
  const bytes = nearest.bytes + (wanted - nearest.tokens) * cachePerToken(entry);
  return { bytes: Math.max(bytes, Math.round(nearest.bytes / 2)), source: "estimate" };
}

interface Point {
  readonly tokens: number;
  readonly bytes: number;
}

/** By context, smallest first. */
const pointsOf = perValue((footprints: NonNullable<LoadHistory["footprints"]>): readonly Point[] =>
  Object.entries(footprints)
    .map(([tokens, bytes]) => ({ tokens: Number(tokens), bytes }))
    .sort((a, b) => a.tokens - b.tokens),
);

/** Weights × 1.1 + context × cache per token: conservative, for models never seen loaded here. */
function estimateOf(entry: ModelEntry, weights: number, wanted: number | undefined): number {
  const asked = wanted ?? entry.contextTokens ?? ordinaryContextTokens;
  const context = Math.min(asked, entry.maxContextTokens ?? asked);
  return Math.round(weights * buffersFactor + context * cachePerToken(entry));
}

function cachePerToken(entry: ModelEntry | undefined): number {
  const billions = entry === undefined ? 0 : billionsOf(entry);
  for (const [upTo, bytes] of cacheBytesPerToken) if (billions <= upTo) return bytes;
  return 512 * kib;
}

/** From the node's own words ("7.6B", "8x7B", "151K"), else from the size of the file. */
function billionsOf({ parameters, bytes }: ModelEntry): number {
  const said = parameters === undefined ? undefined : billionsIn(parameters);
  return said ?? (bytes ?? 0) / bytesPerParameter / 1e9;
}

/** A house has few sizes of models, and many models: remembered by the words, which are short and come from few makers. */
const read = new Map<string, number | undefined>();
const mostRead = 1_000;

function billionsIn(words: string): number | undefined {
  if (read.has(words)) return read.get(words);
  const said = /^(?:(\d{1,3})\s*x\s*)?(\d{1,6}(?:\.\d{1,6})?)\s*([KMBT])/i.exec(words.trim());
  const [, experts = "1", count = "0", unit = "B"] = said ?? [];
  const billions = said === null ? undefined : Number(experts) * Number(count) * (unitBillions[unit.toUpperCase()] ?? 1);
  if (read.size < mostRead) read.set(words, billions);
  return billions;
}

const unitBillions: Readonly<Record<string, number>> = { K: 1e-6, M: 1e-3, B: 1, T: 1e3 };
