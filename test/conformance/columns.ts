// The nodes of the matrix: one simulated server per dialect, which Homeport may ask in that dialect only. Where it is the client's own, bytes pass.
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import type { Fault } from "../../src-core/simulator/faults.ts";
import type { StartOptions } from "../../src-core/simulator/node.ts";
import type { HomeNode } from "../support/gateway.ts";

export interface Column {
  readonly dialect: Dialect;
  readonly node: (models: StartOptions["models"]) => HomeNode;
  /** A node that takes 20 s before it says anything: it loads, or where nothing is ever loaded, thinks. */
  readonly slow: (model: StartOptions["models"][number]) => HomeNode;
  /** What the gateway tells when that wait has begun. */
  readonly waits: "request-loading" | "attempt-started";
  /** A model for which this dialect has a word for schemas, where others have to call a tool. */
  readonly schemaModels: readonly string[];
  /** A refusal in the node's own envelope. */
  readonly refusal: (message: string) => string;
  /** How its process dies in the middle of an answer. */
  readonly dies: Fault;
}

/** A service, as far as keys go; it stands in the house, so that nobody has to allow the cloud. */
const keyed = { key: "secret", declares: { key: { env: "NODE_KEY" }, place: "lan" } } as const;
const slowMs = 20_000;
const dies: Fault = { fault: "crash-after", frames: 6 };

export const columns: readonly Column[] = [
  {
    dialect: "openai",
    node: (models) => ({ kind: "openai-compatible", models }),
    slow: (model) => ({ kind: "llama-server-router", models: [{ ...model, loadMs: slowMs }] }),
    waits: "request-loading",
    schemaModels: ["m"],
    refusal: (message) => JSON.stringify({ error: { message, type: "BadRequestError", param: null, code: 400 } }),
    dies,
  },
  {
    dialect: "ollama",
    node: (models) => ({ kind: "ollama", models, speaks: ["ollama"] }),
    slow: (model) => ({ kind: "ollama", speaks: ["ollama"], models: [{ ...model, loadMs: slowMs }] }),
    waits: "request-loading",
    schemaModels: ["m"],
    refusal: (message) => JSON.stringify({ error: message }),
    dies,
  },
  {
    dialect: "anthropic",
    node: (models) => ({ kind: "anthropic", models, ...keyed }),
    slow: (model) => ({
      kind: "anthropic",
      models: [{ ...model, firstTokenMs: slowMs }],
      ...keyed,
    }),
    waits: "attempt-started",
    schemaModels: ["m", "claude-opus-4-6"],
    refusal: (message) => JSON.stringify({ type: "error", error: { type: "invalid_request_error", message } }),
    dies,
  },
  {
    dialect: "responses",
    node: (models) => ({ kind: "openai", models, speaks: ["responses"], ...keyed }),
    slow: (model) => ({ kind: "openai", models: [{ ...model, firstTokenMs: slowMs }], speaks: ["responses"], ...keyed }),
    waits: "attempt-started",
    schemaModels: ["m"],
    refusal: (message) => JSON.stringify({ error: { message, type: "invalid_request_error", param: null, code: null } }),
    dies,
  },
];
