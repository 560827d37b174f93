// Nodes that speak fewer dialects than their kind does, so that a translation can be asked for where bytes would pass untouched.
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import type { NodeAdapter, NodeKindRow, NodeKinds } from "../../src-core/engine/ports.ts";
import { nodeKinds } from "../../src-core/nodes/index.ts";

/** Every kind there is; nodes in `narrowed` tell these dialects only. */
export function kindsSpeaking(narrowed: ReadonlyMap<string, readonly Dialect[]>): NodeKinds {
  if (narrowed.size === 0) return nodeKinds;
  const row = (kind: NodeKindRow): NodeKindRow => ({
    abilities: kind.abilities,
    create: (input) => speaking(kind.create(input), kind, narrowed.get(input.id)),
  });
  return {
    ...nodeKinds,
    ollama: row(nodeKinds.ollama),
    "llama-server": row(nodeKinds["llama-server"]),
    "openai-compatible": row(nodeKinds["openai-compatible"]),
    openai: row(nodeKinds.openai),
    anthropic: row(nodeKinds.anthropic),
  };
}

function speaking(adapter: NodeAdapter, { abilities }: NodeKindRow, dialects: readonly Dialect[] | undefined): NodeAdapter {
  if (dialects === undefined) return adapter;
  const probe = adapter.probe.bind(adapter);
  adapter.probe = async (signal) => {
    const sighting = await probe(signal);
    return "failure" in sighting ? sighting : { ...sighting, can: { ...(sighting.can ?? abilities), dialects } };
  };
  return adapter;
}
