// A neuron client written from the document alone (apis.md 7): it knows nothing of Homeport, defaults what is absent, and takes "already loaded"
// for success whatever the status.
import { z } from "zod";

const Device = z.object({
  index: z.number(),
  name: z.string().optional(),
  vram_total_mb: z.number().optional(),
  compute_capability: z.string().optional(),
});
const Discovery = z.object({
  hostname: z.string(),
  os: z.string(),
  kernel: z.string(),
  driver_version: z.string().optional(),
  devices: z.array(Device),
  harnesses: z.array(z.string()),
  cuda_unavailable_reason: z.string().optional(),
  max_prompt_tokens: z.number(),
});
const Health = z.object({
  uptime_secs: z.number(),
  devices: z.array(
    z.object({
      index: z.number(),
      vram_used_mb: z.number().optional(),
      vram_free_mb: z.number().optional(),
      utilization_pct: z.number().optional(),
      temp_c: z.number().optional(),
    }),
  ),
  activation: z.object({
    state: z.enum(["pre_warming", "ready"]),
    pending: z.array(z.string()),
    in_progress: z.string().optional(),
    completed: z.array(z.string()),
    failed: z.array(z.object({ model_id: z.string(), error: z.string() })),
  }),
  models: z.array(
    z.object({
      id: z.string(),
      in_flight: z.number(),
      queue_depth: z.number(),
      max_in_flight: z.number().optional(),
      max_queue_depth: z.number(),
      tok_s_decode: z.number().optional(),
    }),
  ),
});
const Model = z.object({
  id: z.string(),
  harness: z.string(),
  status: z.string(),
  devices: z.array(z.number()),
  vram_used_mb: z.number().optional(),
  capabilities: z.array(z.string()).optional(),
  limit: z.object({ context: z.number() }).optional(),
  tool_call: z.boolean(),
  reasoning: z.boolean(),
  servable: z.object({ ok: z.boolean(), reason: z.string().optional(), detail: z.string().optional() }).optional(),
});

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export class PlainNeuronClient {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, token?: string) {
    this.#url = url;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  async get(path: string): Promise<Answered> {
    const answer = await fetch(`${this.#url}${path}`, { headers: this.#headers });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  }

  async post(path: string, body: unknown): Promise<Answered> {
    const headers = { ...this.#headers, "content-type": "application/json" };
    const answer = await fetch(`${this.#url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  }

  discovery = async () => Discovery.parse((await this.get("/discovery")).body);
  health = async () => Health.parse((await this.get("/health")).body);
  models = async () => z.array(Model).parse((await this.get("/models")).body);

  async load(model: string, more: object = {}): Promise<boolean> {
    const { status, body } = await this.post("/models/load", { model_id: model, harness: "candle", ...more });
    return status === 200 || JSON.stringify(body).includes("already loaded");
  }

  unload = (model: string) => this.post("/models/unload", { model_id: model });
  endpoint = (model: string) => this.get(`/models/${encodeURIComponent(model)}/endpoint`);
  capabilities = (model: string) => this.get(`/models/${encodeURIComponent(model)}/capabilities`);
}
