// What a worker's capability report means for the fleet. Reports come from another machine and from programs that are not ours: what they do not
// tell stays unknown, and what they tell in another's name is not believed (S-93).

import type { Memory } from "../contract/fleet.ts";
import { CapabilityReport, type DeviceReport, type ServedModel } from "../contract/jobs.ts";
import { Capability, Dialect, type NodeAbilities } from "../contract/node-kinds.ts";
import type { SightedModel, SightedResidency, Sighting } from "../contract/sighting.ts";
import { modelIdOf } from "./model-list.ts";

/** A worker of ours: it loads and unloads on request and streams. */
export const workerAbilities: NodeAbilities = { load: true, unload: true, loadsUnlisted: false, dialects: ["openai"] };
/** Any other: it takes whole chats as jobs, and loads with the first one. */
export const jobAbilities: NodeAbilities = { load: true, unload: false, loadsUnlisted: false, dialects: ["openai"] };

const bytesPerGigabyte = 1e9;

/** A report as JSON, or undefined where it is none. */
export function reportIn(data: Uint8Array): CapabilityReport | undefined {
  try {
    return CapabilityReport.safeParse(JSON.parse(Buffer.from(data).toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

/** The id of the worker behind a subject: "beast" of `node.beast`. Only the subject is guarded by the server's permissions, so only it is believed. */
export function workerIdOf(subject: string): string {
  return subject.startsWith("node.") ? subject.slice("node.".length) : (subject.split(".").at(-1) ?? subject);
}

/**
 * `identity`: one for the same worker, however many nodes are configured for it. `answered`: whether a model did a job lately, which proves it loaded
 * where a report does not say so (yet).
 */
export function sightingOf(report: CapabilityReport, identity: string, answered: (model: string) => boolean): Sighting {
  const streams = report.homeport !== undefined;
  return {
    version: report.version,
    variant: streams ? "worker" : "worker, not streaming",
    identity,
    can: streams ? abilitiesTold(report) : jobAbilities,
    memory: memoryOf(report.devices ?? []),
    models: report.served_models.map((model) => sightedModel(model, streams, answered)).filter((model) => model !== undefined),
  };
}

/** Of what a load may be told only the context travels in a wish, and not every runtime behind a worker takes it. */
function abilitiesTold(report: CapabilityReport): NodeAbilities {
  const told = { ...workerAbilities, dialects: dialectsOf(report) };
  return report.load_takes?.includes("context") === true ? { ...told, loadTakes: ["context"] } : told;
}

function dialectsOf({ dialects }: CapabilityReport): readonly Dialect[] {
  const known = (dialects ?? []).flatMap((name) => Dialect.safeParse(name).data ?? []);
  return known.length === 0 ? workerAbilities.dialects : known;
}

/** What is used is known only where every device tells. */
function memoryOf(devices: readonly DeviceReport[]): Memory | undefined {
  if (devices.length === 0) return undefined;
  const totalBytes = devices.reduce((sum, device) => sum + device.total_bytes, 0);
  const used = devices.map((device) => device.used_bytes).filter((bytes) => bytes !== undefined);
  const limit = devices.every((device) => device.limit === "none") ? "none" : devices.find((device) => device.limit === "soft")?.limit;
  const known = { totalBytes, totalSource: "node" as const, ...(limit === undefined ? {} : { limit }) };
  if (used.length < devices.length) return known;
  return { ...known, usedBytes: used.reduce((sum, bytes) => sum + bytes, 0), usedSource: "node" };
}

function sightedModel(model: ServedModel, streams: boolean, answered: (model: string) => boolean): SightedModel | undefined {
  const id = modelIdOf(model.name);
  if (id === undefined) return undefined;
  return {
    id,
    residency: !streams && answered(model.name) ? { state: "warm" } : residencyOf(model),
    bytes: model.bytes ?? (model.size_gb === undefined ? undefined : Math.round(model.size_gb * bytesPerGigabyte)),
    contextTokens: model.context_tokens,
    maxContextTokens: model.max_context_tokens,
    can: model.can === undefined && streams ? undefined : abilitiesOf(model),
    slots: model.slots,
    digest: model.digest,
    family: model.family,
    parameters: model.parameters,
    quantization: model.quantization,
  };
}

/** Where only a type is told, it is taken at its word: a job takes a chat, with pictures or without, and no tools. */
function abilitiesOf({ can, type }: ServedModel): readonly Capability[] {
  if (can !== undefined) return can.flatMap((name) => Capability.safeParse(name).data ?? []);
  if (type === "vision") return ["chat", "vision"];
  return type === "llm" || type === "code" ? ["chat"] : [];
}

function residencyOf({ state, running, vram_bytes }: ServedModel): SightedResidency {
  if (state === "loading" || state === "sleeping" || state === "unloading" || state === "cold") return { state };
  if (state !== "warm" && running !== true) return { state: "cold" };
  return { state: "warm", vramBytes: vram_bytes };
}
