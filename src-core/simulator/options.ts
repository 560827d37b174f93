// What a simulated node is made of, as a schema: tests, the demo fleet and `simulate --config` describe nodes in the same words.
// Sizes are bytes, lengths milliseconds, contexts tokens.
import { z } from "zod";
import { DeviceConfig } from "../contract/config.ts";
import { NodeId } from "../contract/ids.ts";
import { Place } from "../contract/node-kinds.ts";
import { quirkNames } from "./quirks.ts";

/** A server that can be simulated. The router is a llama-server started without a model. */
export const SimulatedKind = z.enum([
  "ollama",
  "llama-server",
  "llama-server-router",
  "lm-studio",
  "vllm",
  "llama-swap",
  "neuron",
  "cortex",
  "homeport",
  "openai-compatible",
  "openai",
  "anthropic",
]);
export type SimulatedKind = z.infer<typeof SimulatedKind>;

/** Ollama's words for what a model can do, plus `rerank`. */
export const SimulatedCapability = z.enum(["completion", "tools", "vision", "embedding", "rerank", "thinking", "insert"]);

/** How a load goes wrong: fails with a text, runs out of memory, or never moves on. */
export const LoadFault = z.discriminatedUnion("fault", [
  z.strictObject({ fault: z.literal("failed"), message: z.string().optional() }).readonly(),
  z.strictObject({ fault: z.literal("out-of-memory") }).readonly(),
  z.strictObject({ fault: z.literal("stuck"), atFraction: z.number().min(0).max(1).default(0) }).readonly(),
]);
export type LoadFault = z.infer<typeof LoadFault>;

/** An answer that is more than text. A call's arguments are an object; each dialect spells them its own way. */
export const SimulatedAnswer = z
  .strictObject({
    thinking: z.string().default(""),
    text: z.string().default(""),
    calls: z
      .array(z.strictObject({ name: z.string().min(1), arguments: z.record(z.string(), z.unknown()) }).readonly())
      .readonly()
      .default([]),
  })
  .readonly();
export type SimulatedAnswer = z.infer<typeof SimulatedAnswer>;

export const SimulatedModel = z
  .strictObject({
    name: z.string().min(1).max(512),
    bytes: z.number().int().positive().default(4_000_000_000).describe("Size of the weights on disk."),
    residentBytes: z.number().int().positive().optional().describe("Memory it really takes once loaded; the size on disk when absent."),
    reportedBytes: z.number().int().min(0).optional().describe("A lie about that memory, where the kind reports any."),
    vramBytes: z.number().int().min(0).optional().describe("The part on graphics devices; all of it when absent."),
    contextTokens: z.number().int().positive().default(8192).describe("The longest context the model was trained for."),
    capabilities: z.array(SimulatedCapability).readonly().default(["completion"]),
    loadMs: z.number().min(0).default(0),
    firstTokenMs: z.number().min(0).default(0),
    tokensPerSecond: z.number().min(0).default(0).describe("0 is as fast as possible."),
    replyTokens: z.number().int().min(0).optional().describe("Length of an answer nobody cuts short; found from the prompt when absent."),
    says: z
      .array(z.union([z.string(), SimulatedAnswer]))
      .readonly()
      .optional()
      .describe(
        "Its answers, whatever is asked: the first that does not stand in the conversation yet, else the last. Invented when absent.",
      ),
    promptCache: z.boolean().default(true).describe("llama-server: what it read of a prompt is not read again."),
    warm: z.boolean().default(false),
    family: z.string().default("llama"),
    parameters: z.string().default("8.0B"),
    quantization: z.string().default("Q4_K_M"),
    revision: z.string().optional().describe("Another build under the same name: its digest differs."),
    loadFault: LoadFault.optional(),
    hindrance: z.enum(["recovering", "not-servable"]).optional().describe("neuron, cortex: what it says of this model."),
  })
  .readonly();
export type SimulatedModel = z.infer<typeof SimulatedModel>;

export const SimulatedNodeOptions = z
  .strictObject({
    id: NodeId.optional(),
    name: z.string().optional(),
    kind: SimulatedKind,
    place: Place.optional().describe("Where Homeport is told it stands; the local network when absent."),
    host: z
      .string()
      .min(1)
      .default("127.0.0.1")
      .describe("The address it listens on and is told at: this machine's own where other hosts shall reach it."),
    port: z.number().int().min(0).max(65_535).default(0),
    models: z.array(SimulatedModel).min(1).readonly(),
    memoryBytes: z.number().int().positive().optional().describe("Memory for models; without it everything fits."),
    devices: z.array(DeviceConfig).readonly().default([]),
    slots: z.number().int().min(1).optional().describe("Requests served at once per model: 1 for Ollama, 2 for llama-server, 64 else."),
    maxLoaded: z.number().int().min(1).optional(),
    maxQueue: z.number().int().min(0).default(512).describe("Ollama: requests that may wait for a load."),
    defaultContextTokens: z.number().int().positive().default(4096).describe("Ollama: context where the client asks for none."),
    keepAliveMs: z.number().min(0).nullable().default(300_000).describe("Ollama: idle time before a model is unloaded; null stays."),
    sleepIdleMs: z.number().positive().optional().describe("llama-server: idle time before a model sleeps."),
    devMode: z.boolean().default(false).describe("vLLM: sleep and wake are served; what is not warm sleeps at the start."),
    key: z.string().min(1).optional().describe("The API key callers must send."),
    limit: z
      .strictObject({ requests: z.number().int().min(1), everyMs: z.number().positive() })
      .readonly()
      .optional()
      .describe("Services in the cloud: so many requests in so long, told in the headers of every answer."),
    version: z.string().optional(),
    library: z.array(SimulatedModel).readonly().optional().describe("What can be fetched; anything when absent."),
    pullBytesPerSecond: z.number().positive().default(400_000_000),
    diskBytes: z.number().int().positive().optional().describe("Room for models on disk; without it every one fits."),
    quirks: z.array(z.enum(quirkNames)).readonly().default([]).describe("Habits of real servers that its answers have, in this order."),
    dropsEveryMs: z.number().positive().optional().describe("A flaky node: refuses connections now and then, about this often."),
    dropsForMs: z.number().positive().default(20_000),
  })
  .readonly();
export type SimulatedNodeOptions = z.infer<typeof SimulatedNodeOptions>;
