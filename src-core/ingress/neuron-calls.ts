// A neuron's two calls that change something: load and unload. Both are synchronous: the answer comes when the memory is as it was wished. Statuses
// and words are those of apis.md 7, so that a client that tells failures apart by them goes on doing so.
import { z } from "zod";
import type { Failure } from "../contract/failure.ts";
import type { Fleet, Node } from "../contract/fleet.ts";
import { ModelId } from "../contract/ids.ts";
import { homeOf, neuronModel, statusOf } from "../dialects/neuron-said.ts";
import type { Engine } from "../engine/engine.ts";

export interface NeuronAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterSeconds?: number;
}

/** `devices`, `tensor_parallel`: the runtimes choose for themselves. */
const ModelSpec = z.object({
  model_id: ModelId,
  harness: z.string().max(100).optional().catch(undefined),
  quant: z.string().max(40).nullish().catch(undefined),
});

const mebibyte = 1024 * 1024;
/** How long a client is to wait before it tries again (source-systems.md 4.10). */
const noRoomSeconds = 5;
const recoveringSeconds = 2;
const runtimeDownSeconds = 5;

/** `POST /models/load`. */
export async function neuronLoad(engine: Engine, body: unknown): Promise<NeuronAnswer> {
  const spec = ModelSpec.safeParse(body);
  if (!spec.success) return said(400, "missing field `model_id`, or it is no model's name");
  const { model_id: asked, harness, quant } = spec.data;
  const found = neuronModel(engine.fleet, asked);
  if (found === undefined) return loadUnlisted(engine, asked, harness);
  const homes = found.homes.filter(({ node }) => harness === undefined || node.kind === harness || node.id === harness);
  // A harness that has not this model is another system's word for its own: ours are free to be used.
  const home = homeOf(homes.length === 0 ? found : { ...found, homes });
  const status = statusOf(home);
  if (status === "loaded") return said(400, `model ${home.entry.id} already loaded`);
  if (status === "recovering") return { ...said(503, `model ${home.entry.id} is recovering`), retryAfterSeconds: recoveringSeconds };
  const { quantization } = home.entry;
  if (typeof quant === "string" && quantization !== undefined && quantization.toLowerCase() !== quant.toLowerCase())
    return kinded("quant_not_found", asked, `${asked} is there as ${quantization}, not as ${quant}.`);
  return load(engine, home.node, home.entry.id);
}

/** A model that nobody lists can only come from a runtime that fetches. */
function loadUnlisted(engine: Engine, model: ModelId, harness: string | undefined): NeuronAnswer | Promise<NeuronAnswer> {
  const nodes = Object.values(engine.fleet.nodes).filter(({ enabled, health }) => enabled && health.state === "up");
  if (nodes.length === 0)
    return {
      status: 503,
      body: { error: "no runtime of this worker answers", code: "runtime_unavailable" },
      retryAfterSeconds: runtimeDownSeconds,
    };
  const fetching = nodes.filter(({ can }) => can.load && can.loadsUnlisted);
  const node = fetching.find(({ kind, id }) => kind === harness || id === harness) ?? fetching[0];
  if (node === undefined)
    return kinded("repo_fetch_failed", model, `No runtime of this worker has ${model}, and none fetches models by itself.`);
  return load(engine, node, model);
}

async function load(engine: Engine, node: Node, model: ModelId): Promise<NeuronAnswer> {
  const outcome = await engine.models.load(node.id, model, false);
  return "failure" in outcome ? refused(outcome.failure, model, node) : { status: 200, body: { status: "loaded" } };
}

function refused(failure: Failure, model: ModelId, { memory }: Node): NeuronAnswer {
  const { kind, message } = failure;
  switch (kind) {
    case "out-of-memory":
    case "does-not-fit": {
      const { totalBytes, usedBytes } = memory;
      const free =
        totalBytes === undefined || usedBytes === undefined
          ? {}
          : { free_mb: Math.max(0, Math.round((totalBytes - usedBytes) / mebibyte)) };
      return { status: 503, body: { error: { message, code: "insufficient_vram", ...free } }, retryAfterSeconds: noRoomSeconds };
    }
    case "unknown-model":
    case "upstream-lacks-model":
      return kinded("repo_fetch_failed", model, message);
    case "connect-failed":
    case "upstream-unavailable":
    case "first-byte-timeout":
    case "upstream-busy":
      return { status: 503, body: { error: message, code: "runtime_unavailable" }, retryAfterSeconds: runtimeDownSeconds };
    default:
      return said(400, message);
  }
}

/** `POST /models/unload`: wherever on this machine it is in memory. */
export async function neuronUnload(engine: Engine, body: unknown): Promise<NeuronAnswer> {
  const asked = z.object({ model_id: ModelId }).safeParse(body).data?.model_id;
  if (asked === undefined) return said(400, "missing field `model_id`");
  const held = heldOn(engine.fleet, asked);
  if (held.length === 0) return said(404, `model ${asked} not loaded`);
  for (const { node, entry } of held) {
    const outcome = await engine.models.unload(node.id, entry.id);
    if (outcome !== undefined) return said(outcome.failure.kind === "unsupported" ? 400 : 502, outcome.failure.message);
  }
  return { status: 200, body: { status: "unloaded" } };
}

function heldOn(fleet: Fleet, model: ModelId) {
  const homes = neuronModel(fleet, model)?.homes ?? [];
  return homes.filter(({ entry: { residency } }) => residency.state === "warm" || residency.state === "sleeping");
}

function said(status: number, error: string): NeuronAnswer {
  return { status, body: { error } };
}

function kinded(kind: "repo_fetch_failed" | "quant_not_found", model: ModelId, message: string): NeuronAnswer {
  return { status: 422, body: { error: { kind, model_id: model, message } } };
}
