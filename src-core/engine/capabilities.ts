// What all nodes serve, grouped by node, in the words of the capability pool (source-systems.md 1.2, 1.9). Told from memory: no node is asked.
import type { Config } from "../contract/config.ts";
import type { Fleet, ModelEntry, Node } from "../contract/fleet.ts";
import { catalogued } from "../domain/catalogue.ts";
import { typeOf } from "../domain/model-types.ts";

/** One served model on one node. `node_age_s`: since when the node was not heard; null: never. */
export interface PooledModel {
  readonly name: string;
  readonly type: string;
  readonly runtime: string;
  readonly node: string;
  readonly local: boolean;
  readonly base_url?: string;
  readonly running: boolean;
  readonly size_gb?: number;
  readonly node_age_s: number | null;
}

export interface CapabilityPool {
  readonly served_models: readonly PooledModel[];
  readonly local_node: string | null;
  readonly node_count: number;
  readonly nodes: Readonly<Record<string, { readonly node_age_s: number | null; readonly served_models: readonly PooledModel[] }>>;
}

const bytesPerGigabyte = 1e9;

/** `withAddresses`: also where the nodes are, which is not for everyone who may use their models. Nodes that are off or down serve nothing. */
export function capabilityPool(fleet: Fleet, config: Config, now: number, withAddresses: boolean): CapabilityPool {
  const serving = Object.values(fleet.nodes).filter(
    (node) => node.enabled && node.health.state !== "down" && node.duplicateOf === undefined,
  );
  const nodes = Object.fromEntries(
    serving.map((node) => {
      const age = node.seenAt === undefined ? null : Math.max(0, Math.round((now - node.seenAt) / 1000));
      const models = Object.entries(node.models).map(([key, entry]) => pooled(key, entry, node, age, config, withAddresses));
      return [node.id, { node_age_s: age, served_models: models }] as const;
    }),
  );
  return {
    served_models: Object.values(nodes).flatMap((node) => node.served_models),
    local_node: serving.find((node) => node.place === "this-machine")?.id ?? null,
    node_count: serving.length,
    nodes,
  };
}

function pooled(key: string, entry: ModelEntry, node: Node, age: number | null, config: Config, withAddress: boolean): PooledModel {
  const { bytes } = entry;
  const isCloud = node.place === "cloud";
  return {
    name: entry.id,
    type: isCloud ? "cloud_llm" : typeOf(entry, catalogued(key, { config })),
    runtime: isCloud ? "cloud" : runtimeOf(node),
    node: node.id,
    local: node.place === "this-machine",
    ...(withAddress ? { base_url: node.url } : {}),
    running: entry.residency.state === "warm",
    ...(bytes === undefined ? {} : { size_gb: Math.round((bytes / bytesPerGigabyte) * 100) / 100 }),
    node_age_s: age,
  };
}

/** A node's kind as the pool and jobs call it: `llama_server`. */
export function runtimeOf({ kind }: Pick<Node, "kind">): string {
  return kind.replaceAll("-", "_");
}
