// What gateways and workers say to each other over NATS: the jobs of source-systems.md 1.5 to 1.8 as they are, and beside them calls that stream.
// Everything here comes from another machine: sizes are bounded, unknown fields are ignored.
import { z } from "zod";

const Name = z.string().max(200);
const Text = z.string().max(2_000);

/** The kinds of work that have a subject of their own. What a worker has no runtime for is answered with `UNSUPPORTED_TYPE`. */
export const JobType = z.enum(["llm", "vision", "stt", "tts", "ocr", "image"]);
export type JobType = z.infer<typeof JobType>;

/** Subjects of a worker below its prefix, `node.{id}`. */
export const workerSubject = {
  capabilities: (prefix: string) => `${prefix}.capabilities.get`,
  job: (prefix: string, type: JobType) => `${prefix}.${type}.request`,
  /** A call that streams: see `StreamHead`. */
  stream: (prefix: string) => `${prefix}.stream.request`,
  load: (prefix: string) => `${prefix}.model.load`,
  unload: (prefix: string) => `${prefix}.model.unload`,
  /** Published by the worker while it loads: `LoadReport`. */
  progress: (prefix: string) => `${prefix}.model.progress`,
  /** Published by the worker when what it can do changed: `CapabilityReport`. */
  changed: (prefix: string) => `${prefix}.capabilities.changed`,
} as const;

/** Every worker answers here; a gateway that looks for workers gathers for half a second (apis.md 8). */
export const sharedDiscoverySubject = "node.capabilities.get";
/** JetStream's key-value bucket of the latest reports, by node id. */
export const capabilityBucket = "homeport_capabilities";

/** `deadline_ts`: epoch milliseconds, 0 for none; below 10^11 it is seconds, as some senders have it. */
export const JobRequest = z.object({
  job_id: Name.optional(),
  trace_id: Name.default(""),
  actor_agent_id: Name.default(""),
  target_agent_id: Name.default(""),
  required_type: z.string().max(40).default("llm"),
  deadline_ts: z.number().nonnegative().default(0),
  idempotency_key: Name.default(""),
  payload: z.record(z.string(), z.unknown()),
  hints: z.record(z.string(), z.unknown()).default({}),
});
export type JobRequest = z.infer<typeof JobRequest>;

export const jobCodes = ["DEADLINE_EXCEEDED", "BUSY", "INVALID_REQUEST", "UNSUPPORTED_TYPE", "PROVIDER_ERROR", "INTERNAL"] as const;
export type JobCode = (typeof jobCodes)[number];

/** Only `job_id` and `status` are sure to be there. `latency_ms` and `queued_ms` in milliseconds. */
export const JobResponse = z.object({
  job_id: Name,
  status: z.enum(["ok", "error", "timeout", "busy"]),
  trace_id: Name.optional(),
  node_id: Name.optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ code: z.string().max(80), message: Text, retryable: z.boolean().optional() }).optional(),
  provider: Name.optional(),
  model: Name.optional(),
  latency_ms: z.number().nonnegative().optional(),
  queued_ms: z.number().nonnegative().optional(),
  cached: z.boolean().optional(),
  usage: z
    .object({ prompt_tokens: z.number().nonnegative().optional(), completion_tokens: z.number().nonnegative().optional() })
    .optional(),
});
export type JobResponse = z.infer<typeof JobResponse>;

/** One served model, as the capability pool records it (source-systems.md 1.2), and what Homeport's workers tell beside it. */
export const ServedModel = z.object({
  name: Name,
  type: z.string().max(40).default("llm"),
  runtime: z.string().max(40).optional(),
  running: z.boolean().optional(),
  size_gb: z.number().nonnegative().optional(),
  base_url: z.string().max(500).optional(),
  bytes: z.number().nonnegative().optional(),
  vram_bytes: z.number().nonnegative().optional(),
  context_tokens: z.number().positive().optional(),
  max_context_tokens: z.number().positive().optional(),
  can: z.array(z.string().max(40)).max(20).optional(),
  state: z.string().max(40).optional(),
  slots: z.number().int().positive().optional(),
  digest: Name.optional(),
  family: Name.optional(),
  parameters: Name.optional(),
  quantization: Name.optional(),
});
export type ServedModel = z.infer<typeof ServedModel>;

export const DeviceReport = z.object({
  name: Name,
  total_bytes: z.number().nonnegative(),
  used_bytes: z.number().nonnegative().optional(),
  utilisation_percent: z.number().min(0).max(100).optional(),
  temperature_c: z.number().optional(),
  /** Whether what does not fit may go beside it (`soft`), or it is the system's memory and decides nothing (`none`); absent: it is all there is. */
  limit: z.enum(["soft", "none"]).optional().catch(undefined),
});
export type DeviceReport = z.infer<typeof DeviceReport>;

/** `homeport`: set by Homeport's own workers, which also stream, load and unload; its number is the version of that protocol. */
export const CapabilityReport = z.object({
  node_id: Name,
  served_models: z.array(ServedModel).max(2_000),
  devices: z.array(DeviceReport).max(64).optional(),
  homeport: z.number().int().positive().optional(),
  version: z.string().max(80).optional(),
  dialects: z.array(z.string().max(40)).max(10).optional(),
  /** What of a `ModelWish` some runtime here heeds beside the model's name: `context`. */
  load_takes: z.array(z.string().max(40)).max(10).optional(),
  at: z.number().optional(),
});
export type CapabilityReport = z.infer<typeof CapabilityReport>;

/**
 * Asked on `model.load` and `model.unload`; answered with `ModelDone` when it is over. `load_id` is the asker's name for a load; an unload with it
 * gives only that load up, and never takes a model out of memory.
 */
export const ModelWish = z.object({ model: Name, context_tokens: z.number().positive().optional(), load_id: Name.optional() });
export type ModelWish = z.infer<typeof ModelWish>;
export const ModelDone = z.object({ ok: z.boolean(), error: Text.optional(), kind: z.string().max(60).optional() });
export type ModelDone = z.infer<typeof ModelDone>;
export const LoadReport = z.object({
  model: Name,
  fraction: z.number().min(0).max(1),
  stage: z.string().max(60).optional(),
  source: z.string().max(40).optional(),
});
export type LoadReport = z.infer<typeof LoadReport>;

/**
 * A call that streams. The gateway publishes to `stream.request` with a reply inbox: header `Homeport-Call` is a `StreamCall` as JSON, payload the
 * body (or its first part: `parts` more follow on the subject that the worker names). The worker answers on the inbox with frames; a frame's
 * place is `Homeport-Seq`, from 0 without gaps, and its kind `Homeport-Kind`:
 *   open  {credit}: always the first, at once. `credit` is the worker's own subject for this call: parts of the body, grants and cancel go there
 *   head  {status, headers, credit}      data  bytes of the answer      beat  nothing to say yet, still at it      end  the answer is whole
 *   error {message, code}: it broke
 * Parts of the body are told from words by their header `Homeport-Seq`, 1 to `parts`; words (`StreamWord`) are JSON without it.
 * Flow: the worker has `window` data frames in flight at most; the gateway grants more by publishing {"grant": n}, and {"cancel": true} ends it.
 * After `end`, `error` or a cancel nothing follows.
 */
export const streamHeader = {
  call: "Homeport-Call",
  seq: "Homeport-Seq",
  kind: "Homeport-Kind",
} as const;
export const StreamCall = z.object({
  id: Name,
  method: z.enum(["GET", "POST", "DELETE"]),
  path: z.string().max(500).startsWith("/"),
  headers: z.record(z.string().max(100), z.string().max(2_000)).default({}),
  deadline_ts: z.number().nonnegative().default(0),
  /** Data frames the worker may send before it needs a grant. */
  window: z.number().int().min(1).max(1_024).default(64),
  /** Parts of the body that follow the first. */
  parts: z.number().int().min(0).max(1_024).default(0),
});
export type StreamCall = z.infer<typeof StreamCall>;
export const StreamOpen = z.object({ credit: z.string().max(300) });
export type StreamOpen = z.infer<typeof StreamOpen>;
export const StreamHead = z.object({
  status: z.number().int().min(100).max(599),
  headers: z.record(z.string(), z.string()),
  credit: z.string().max(300),
});
export type StreamHead = z.infer<typeof StreamHead>;
export const StreamError = z.object({ message: Text, code: z.string().max(80).optional() });
export type StreamError = z.infer<typeof StreamError>;
export const StreamWord = z.union([z.object({ grant: z.number().int().min(1).max(1_024) }), z.object({ cancel: z.literal(true) })]);
export type StreamWord = z.infer<typeof StreamWord>;
/** One request is given to workers so often at most, where each is gone before it answers: it may be what ends them (F69). */
export const mostDeliveries = 3;
/** A worker that has nothing to say says so this often; a gateway that hears nothing for three of them takes the call for lost. */
export const heartbeatMs = 5_000;
