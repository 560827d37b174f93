// What a worker tells of itself, from what it believes of its runtimes: one entry per model, however many runtimes have it, as the capability pool
// records it (source-systems.md 1.2). Addresses of runtimes are not told: they mean this machine's loopback, and nobody else's.
import type { Config } from "../contract/config.ts";
import type { Fleet, ModelEntry, Node } from "../contract/fleet.ts";
import type { CapabilityReport, ServedModel } from "../contract/jobs.ts";
import { catalogued } from "./catalogue.ts";
import { typeOf } from "./model-types.ts";

/** The version of what Homeport's workers and gateways say beyond plain jobs. */
const protocolVersion = 1;
const bytesPerGb = 1e9;

/** `at`: epoch milliseconds. Models of runtimes that are down are not served. */
export function capabilityReport(
  { id, version, at }: { readonly id: string; readonly version: string; readonly at: number },
  fleet: Fleet,
  config: Config,
): CapabilityReport {
  const nodes = Object.values(fleet.nodes).filter((node) => node.enabled && node.health.state !== "down" && node.seenAt !== undefined);
  const models = new Map<string, ServedModel>();
  for (const node of nodes) {
    for (const [key, entry] of Object.entries(node.models)) {
      const served = servedModel(key, entry, node, config);
      const before = models.get(key);
      if (before === undefined || (served.running === true && before.running !== true)) models.set(key, served);
    }
  }
  const takesContext = nodes.some((node) => node.can.loadTakes?.includes("context") === true);
  return {
    node_id: id,
    served_models: [...models.values()],
    homeport: protocolVersion,
    version,
    dialects: [...new Set(nodes.flatMap((node) => node.can.dialects))],
    ...(takesContext ? { load_takes: ["context"] } : {}),
    at,
  };
}

function servedModel(key: string, entry: ModelEntry, node: Node, config: Config): ServedModel {
  const { residency } = entry;
  const inMemory = residency.state === "warm" ? residency.vramBytes : undefined;
  const slots = entry.slots ?? node.slots;
  const said: ServedModel = {
    name: entry.id,
    type: typeOf(entry, catalogued(key, { config })),
    runtime: node.kind.replaceAll("-", "_"),
    running: residency.state === "warm",
    state: residency.state,
  };
  return {
    ...said,
    ...(entry.bytes === undefined ? {} : { size_gb: Math.round((entry.bytes / bytesPerGb) * 100) / 100, bytes: entry.bytes }),
    ...(inMemory === undefined ? {} : { vram_bytes: inMemory }),
    ...(entry.contextTokens === undefined ? {} : { context_tokens: entry.contextTokens }),
    ...(entry.maxContextTokens === undefined ? {} : { max_context_tokens: entry.maxContextTokens }),
    ...(entry.can === undefined ? {} : { can: [...entry.can] }),
    ...(slots === undefined ? {} : { slots }),
  };
}
