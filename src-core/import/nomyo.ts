// A NOMYO `config.yaml` (source-systems.md 2.2, 2.3).
import type { ConfigDocument } from "../contract/config.ts";
import { baseOf, Drafts, isCloud, isOllamaPort, keyRef, type NodeDraft } from "./drafts.ts";
import type { Part } from "./part.ts";

const defaultSlots = 1;
const noCache = "Homeport keeps no cache of answers.";

export function fromNomyo(source: Part): ConfigDocument {
  const drafts = new Drafts();
  for (const [at, url] of source.texts("endpoints").entries()) drafts.at(url, kindOf(url), source, `endpoints[${at}]`);
  for (const [at, url] of source.texts("llama_server_endpoints").entries())
    drafts.at(url, "llama-server", source, `llama_server_endpoints[${at}]`);
  readSlots(source, drafts);
  readKeys(source, drafts);
  const document: ConfigDocument = {
    nodes: drafts.all().map(({ models: _, ...node }) => node),
    policy: source.flag("priority_routing") === true ? "priority" : "balanced",
    affinity: readAffinity(source),
  };
  const gatewayKey = keyRef(source.text("nomyo-router-api-key"), "homeport", source, "nomyo-router-api-key");
  if (gatewayKey !== undefined) document.gateway = { key: gatewayKey };
  const cloud = drafts.all().filter(isCloud);
  if (cloud.length > 0) {
    document.cloud = { allowed: true };
    source.note(
      "endpoints",
      `requests may leave the house for ${cloud.map(({ id }) => id).join(", ")}, as before. cloud.allowed: false ends that.`,
    );
  }
  readCache(source);
  source.rest();
  return document;
}

/** With `/v1` it is an OpenAI server, unless it listens on Ollama's port. */
function kindOf(url: string): NodeDraft["kind"] {
  return /\/v1(\/|$)/.test(url) && !isOllamaPort(url) ? "openai-compatible" : "ollama";
}

function readSlots(source: Part, drafts: Drafts): void {
  const slots = source.number("max_concurrent_connections") ?? defaultSlots;
  for (const node of drafts.all()) node.slots = slots;
  for (const [url, part] of source.named("endpoint_config")) {
    const own = part.number("max_concurrent_connections");
    const node = drafts.find(url);
    if (node === undefined) part.note("", "there is no endpoint with this address; left out.");
    else if (own !== undefined) node.slots = own;
    part.rest();
  }
}

function readKeys(source: Part, drafts: Drafts): void {
  const keys = source.part("api_keys");
  for (const url of keys.keys) {
    const written = keys.text(url);
    const node = drafts.find(url);
    if (node === undefined) {
      keys.note(url, `there is no endpoint ${JSON.stringify(baseOf(url))}; its key was left out.`);
      continue;
    }
    const ref = keyRef(written, node.id, keys, url);
    if (ref !== undefined) node.key = ref;
  }
}

function readAffinity(source: Part): NonNullable<ConfigDocument["affinity"]> {
  const enabled = source.flag("conversation_affinity") ?? false;
  const ttlSeconds = source.number("conversation_affinity_ttl");
  return ttlSeconds === undefined ? { enabled } : { enabled, ttlSeconds };
}

const cacheKeys = ["cache_backend", "cache_similarity", "cache_ttl", "cache_history_weight", "cache_db_path", "cache_redis_url"] as const;

/** A cache that was off is missed by nobody. */
function readCache(source: Part): void {
  if (source.flag("cache_enabled") === true) source.leave(noCache, "cache_enabled", ...cacheKeys);
  else source.skip(...cacheKeys);
}
