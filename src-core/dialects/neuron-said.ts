// What a neuron says of its machine and its models (apis.md 7), written from what we believe of the runtimes behind us. An unknown figure is left
// out: absent fields must default, and zero would be a claim.
import type { Device, DeviceReading } from "../contract/devices.ts";
import type { Fleet, ModelEntry, Node } from "../contract/fleet.ts";
import type { Capability } from "../contract/node-kinds.ts";
import { canonicalName } from "../domain/names.ts";
import { type ListedModel, listedModels } from "./model-lists.ts";
import type { JsonObject } from "./shapes.ts";

const mebibyte = 1024 * 1024;

/** What does not change while the machine runs. */
export interface NeuronHost {
  readonly hostname: string;
  readonly os: string;
  readonly kernel: string;
}

/** `GET /discovery`. `max_prompt_tokens` 0: unknown. `memory` is ours: whether the server may go beyond the device is told by it. */
export function neuronDiscovery(host: NeuronHost, { devices, driver, without }: DeviceReading, fleet: Fleet): JsonObject {
  return {
    ...host,
    ...(driver === undefined ? {} : { driver_version: driver }),
    devices: devices.map(({ index, name, totalBytes, architecture, memory }) => ({
      index,
      name,
      ...mebibytes("vram_total_mb", totalBytes),
      compute_capability: architecture ?? "",
      memory,
    })),
    harnesses: harnessesIn(fleet),
    ...(without === undefined ? {} : { cuda_unavailable_reason: without }),
    max_prompt_tokens: 0,
  };
}

/** The kinds of runtime behind us, as a client may name one in a load. */
export function harnessesIn(fleet: Fleet): readonly string[] {
  return [...new Set(Object.values(fleet.nodes).flatMap(({ enabled, kind }) => (enabled ? [kind] : [])))];
}

export interface NeuronHealthParts {
  readonly uptimeMs: number;
  readonly reading: DeviceReading;
  readonly fleet: Fleet;
  /** Who waits for a model, by its canonical name. */
  readonly waiting: (key: string) => number;
  readonly queueDepth: number;
}

/** `GET /health`. */
export function neuronHealth({ uptimeMs, reading, fleet, waiting, queueDepth }: NeuronHealthParts): JsonObject {
  const models = listedModels(fleet);
  return {
    uptime_secs: Math.floor(uptimeMs / 1000),
    devices: reading.devices.map(deviceHealth),
    activation: activationOf(fleet, models),
    models: models.map((model) => ({
      id: homeOf(model).entry.id,
      in_flight: model.homes.reduce((sum, { node }) => sum + inFlight(node, model.key), 0),
      queue_depth: waiting(model.key),
      ...maxInFlight(model),
      max_queue_depth: queueDepth,
      ...decodeRate(model),
    })),
  };
}

function deviceHealth({ index, totalBytes, usedBytes, utilisationPercent, temperatureC }: Device): JsonObject {
  const freeBytes = totalBytes === undefined || usedBytes === undefined ? undefined : Math.max(0, totalBytes - usedBytes);
  return {
    index,
    ...mebibytes("vram_used_mb", usedBytes),
    ...mebibytes("vram_free_mb", freeBytes),
    ...(utilisationPercent === undefined ? {} : { utilization_pct: utilisationPercent }),
    ...(temperatureC === undefined ? {} : { temp_c: temperatureC }),
  };
}

/** Loads under way and waiting, and models that failed to load lately. We never load before anybody asks, so there is no "pre_warming". */
function activationOf(fleet: Fleet, models: readonly ListedModel[]): JsonObject {
  const loads = Object.values(fleet.loads);
  const now = loads.find(({ stage }) => stage === "loading");
  const failed = models.flatMap(({ homes }) =>
    homes.flatMap(({ entry }) => (entry.setAside === undefined ? [] : [{ model_id: entry.id, error: entry.setAside.failure.message }])),
  );
  return {
    state: "ready",
    pending: loads.filter((load) => load !== now).map(({ model }) => model),
    ...(now === undefined ? {} : { in_progress: now.model }),
    completed: models.filter((model) => statusOf(homeOf(model)) === "loaded").map((model) => homeOf(model).entry.id),
    failed,
  };
}

/** `GET /models`: a bare array, one entry per model however many runtimes have it. */
export function neuronModels(fleet: Fleet, devices: readonly Device[]): readonly JsonObject[] {
  const places = devices.map(({ index }) => index);
  return listedModels(fleet).map((model) => {
    const home = homeOf(model);
    const { entry, node } = home;
    const status = statusOf(home);
    const context = entry.contextTokens ?? entry.maxContextTokens;
    const words = capabilityWords(entry.can);
    return {
      id: entry.id,
      harness: node.kind,
      status,
      devices: status === "loaded" ? places : [],
      ...(status === "loaded" ? mebibytes("vram_used_mb", heldBytes(entry)) : {}),
      ...(words === undefined ? {} : { capabilities: words }),
      ...(context === undefined ? {} : { limit: { context } }),
      tool_call: entry.can?.includes("tools") === true,
      reasoning: entry.can?.includes("thinking") === true,
      servable: servableOf(home),
    };
  });
}

export interface NeuronHome {
  readonly node: Node;
  readonly entry: ModelEntry;
}

/** The home that a model is told by: the one that has it in memory, else one that answers, else the first. */
export function homeOf({ homes }: ListedModel): NeuronHome {
  const home = homes.find((one) => statusOf(one) === "loaded" && isUp(one)) ?? homes.find(isUp) ?? homes[0];
  if (home === undefined) throw new Error("a listed model has a home");
  return home;
}

/** A model by any of its names, as this machine's clients may spell it. */
export function neuronModel(fleet: Fleet, id: string): ListedModel | undefined {
  const asked = canonicalName(id);
  return listedModels(fleet).find(({ key, homes }) => key === asked || homes.some(({ node }) => node.aliases[asked] === key));
}

/** In neuron's words. What sleeps has its weights elsewhere: a load brings it back. */
export function statusOf({ entry }: NeuronHome): "loaded" | "unloaded" | "reloading" | "recovering" {
  if (entry.hindrance?.is === "recovering") return "recovering";
  switch (entry.residency.state) {
    case "warm":
      return "loaded";
    case "loading":
      return "reloading";
    default:
      return "unloaded";
  }
}

function isUp({ node }: NeuronHome): boolean {
  return node.health.state === "up" || node.health.state === "flapping";
}

function servableOf({ node, entry }: NeuronHome): JsonObject {
  if (entry.hindrance?.is === "not-servable") return { ok: false, reason: "not_servable", detail: entry.hindrance.says };
  if (node.health.state === "down") return { ok: false, reason: "runtime_down", detail: node.health.because.message };
  if (node.breaker.state === "open") return { ok: false, reason: "runtime_failing", detail: node.breaker.says };
  if (entry.setAside !== undefined) return { ok: false, reason: "load_failed", detail: entry.setAside.failure.message };
  return { ok: true };
}

const words: Readonly<Partial<Record<Capability, string>>> = {
  chat: "text",
  completion: "text",
  tools: "tools",
  vision: "vision",
  thinking: "reasoning",
  embedding: "embedding",
  rerank: "rerank",
  audio: "audio",
};

/** Undefined where the runtime does not say what its model can: "cannot say" is not "none". */
export function capabilityWords(can: readonly Capability[] | undefined): readonly string[] | undefined {
  return can === undefined ? undefined : [...new Set(can.flatMap((one) => words[one] ?? []))];
}

function heldBytes({ residency }: ModelEntry): number | undefined {
  return residency.state === "warm" ? (residency.vramBytes ?? residency.bytes) : undefined;
}

function inFlight({ inFlight: counts }: Node, key: string): number {
  return Object.hasOwn(counts, key) ? (counts[key] ?? 0) : 0;
}

function maxInFlight({ key, homes }: ListedModel): JsonObject {
  const slots = homes.flatMap(
    ({ node, entry }) => entry.slots ?? node.slots ?? (Object.hasOwn(node.learnedSlots, key) ? (node.learnedSlots[key] ?? []) : []),
  );
  return slots.length === 0 ? {} : { max_in_flight: slots.reduce((sum, one) => sum + one, 0) };
}

function decodeRate({ key, homes }: ListedModel): JsonObject {
  const rates = homes.flatMap(({ node }) => {
    const figures = node.figures !== undefined && Object.hasOwn(node.figures, key) ? node.figures[key] : undefined;
    return figures?.tokensPerSecond ?? [];
  });
  return rates.length === 0 ? {} : { tok_s_decode: Math.max(...rates) };
}

function mebibytes(field: string, bytes: number | undefined): JsonObject {
  return bytes === undefined ? {} : { [field]: Math.round(bytes / mebibyte) };
}
