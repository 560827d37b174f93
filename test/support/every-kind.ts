// One row for every kind of node: for tests in which all nodes are played by the same double.
import type { NodeKindRow, NodeKinds } from "../../src-core/engine/ports.ts";

export function everyKind(row: NodeKindRow): NodeKinds {
  return {
    ollama: row,
    "llama-server": row,
    "lm-studio": row,
    vllm: row,
    "llama-swap": row,
    neuron: row,
    cortex: row,
    homeport: row,
    "nats-worker": row,
    "openai-compatible": row,
    openai: row,
    anthropic: row,
  };
}
