// What a node is: its kind, where it stands, what it speaks and what it can be asked to do.
import { z } from "zod";

/** `openai` and `anthropic` are services with a key and limits of their own; `openai-compatible` is a server of the house. */
export const NodeKind = z.enum([
  "ollama",
  "llama-server",
  "lm-studio",
  "vllm",
  "llama-swap",
  "neuron",
  "cortex",
  "homeport",
  "nats-worker",
  "openai-compatible",
  "openai",
  "anthropic",
]);
export type NodeKind = z.infer<typeof NodeKind>;

export const Place = z.enum(["this-machine", "lan", "cloud"]);
export type Place = z.infer<typeof Place>;

/** A wire language between us and a client or node. `responses` is OpenAI's newer one, which only its own service speaks in full. */
export const Dialect = z.enum(["openai", "ollama", "anthropic", "responses"]);
export type Dialect = z.infer<typeof Dialect>;

export const Capability = z.enum(["chat", "completion", "tools", "vision", "embedding", "rerank", "thinking", "insert", "audio"]);
export type Capability = z.infer<typeof Capability>;

/** What a load may be told. */
export const LoadTaking = z.enum(["context", "idle-time"]);

/** What this node can be asked to do. Set from its kind, refined by what a probe saw (a llama-server router can load, a single one cannot). */
export const NodeAbilities = z
  .object({
    load: z.boolean(),
    unload: z.boolean(),
    /** May be asked to load a model that it does not list (a worker that fetches); false for servers that load only what they list. */
    loadsUnlisted: z.boolean(),
    /** Takes any spelling of a listed name and echoes it (Ollama): the body then passes untouched. */
    anySpelling: z.boolean().optional(),
    /** A stream of OpenAI's dialect ends with exact usage where its body asks for that, and other bodies are not refused for asking. */
    tellsUsage: z.boolean().optional(),
    /** Asleep it must not be asked for anything: only a load call wakes it (vLLM). Others wake by themselves. */
    wakesByLoad: z.boolean().optional(),
    /** Its list is asked for no more often than this while it is well: politeness towards services that others run. */
    listEverySeconds: z.number().optional(),
    /** Fetches models from its library to its disk, and deletes them there, on request. */
    pull: z.boolean().optional(),
    remove: z.boolean().optional(),
    /** What a load may be told: how much context, and how long the model stays without use. Absent: neither. */
    loadTakes: z.array(LoadTaking).readonly().optional(),
    dialects: z.array(Dialect).readonly(),
  })
  .readonly();
export type NodeAbilities = z.infer<typeof NodeAbilities>;
