// llama-swap: many models, one process each, started by the first request and stopped to make room. It loads by being asked and tells no progress;
// what runs stands in a list of its own. While it loads it talks in the model's name, which is taken out again.
import { z } from "zod";
import { type Failure, fail } from "../contract/failure.ts";
import type { ModelId } from "../contract/ids.ts";
import type { NodeAbilities } from "../contract/node-kinds.ts";
import type { SightedModel, SightedResidency, Sighting } from "../contract/sighting.ts";
import type { AdapterInput, LoadOptions, NodeAdapter, UpstreamCall, UpstreamHandle, UpstreamSink } from "../engine/ports.ts";
import { get } from "./calls.ts";
import { asLoadFailure, classifyRefusal, lacksModel, retryAfterOf } from "./classify.ts";
import { HouseNode } from "./house-node.ts";
import { WithoutLoadingWords } from "./loading-words.ts";
import { listOf, modelIdOf, Word } from "./model-list.ts";
import { errorWords } from "./words.ts";

export const llamaSwapAbilities: NodeAbilities = { load: true, unload: true, loadsUnlisted: false, tellsUsage: true, dialects: ["openai"] };

const as = "a llama-swap";
/** A load that was given up is stopped with this much time, since its own signal is spent. */
const cancelMs = 5_000;
const busyWaitMs = 1_000;

const Listed = z.object({
  id: z.string(),
  meta: z
    .object({ llamaswap: z.object({ type: Word }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
type Listed = z.infer<typeof Listed>;
const List = z.object({ data: listOf(Listed) });

const RunningList = z.object({ running: listOf(z.object({ model: z.string(), state: Word })) });
type Running = z.infer<typeof RunningList>["running"][number];

export function createLlamaSwap(input: AdapterInput): NodeAdapter {
  return new LlamaSwap(input);
}

class LlamaSwap extends HouseNode {
  override async probe(signal: AbortSignal): Promise<Sighting | { readonly failure: Failure }> {
    const [models, running] = await Promise.all([
      this.list("/v1/models", List, as, signal),
      this.list("/running", RunningList, as, signal),
    ]);
    if ("failure" in models) return models;
    if ("failure" in running) return running;
    const states = new Map(running.list.running.map(({ model, state }) => [model, state ?? "ready"]));
    return {
      identity: this.http.identity,
      can: llamaSwapAbilities,
      models: models.list.data.map((listed) => sighted(listed, states.get(listed.id))).filter((model) => model !== undefined),
    };
  }

  override async load(model: ModelId, _options: LoadOptions, _onProgress: unknown, signal: AbortSignal): Promise<Failure | undefined> {
    const before = await this.#running(signal);
    if ("failure" in before) return before.failure;
    const state = before.running.find((one) => one.model === model)?.state;
    if (state === "ready") return undefined;
    const answer = await this.http.read(get(`/upstream/${segments(model)}/health`), signal);
    // Whoever began the load may still want it; what only we wanted is stopped.
    if (signal.aborted && state !== "starting") await this.unload(model, AbortSignal.timeout(cancelMs));
    if ("failure" in answer) return answer.failure;
    const after = await this.#running(signal);
    if ("failure" in after) return after.failure;
    // Whatever its process said to that path, it runs: not every server has it.
    if (after.running.some((one) => one.model === model && one.state === "ready")) return undefined;
    const words = errorWords(answer.text);
    if (answer.status === 404 || /\b(?:not found|no (?:such )?model)\b/i.test(words)) return lacksModel(this.http.node, words);
    const failure = classifyRefusal({ node: this.http.node, ...answer, body: answer.text });
    return failure === undefined
      ? fail("load-failed", `${this.http.node} did not keep ${model} in memory: its process ended, or another took its place.`)
      : asLoadFailure(failure, model);
  }

  override async unload(model: ModelId, signal: AbortSignal): Promise<Failure | undefined> {
    const answer = await this.http.read({ method: "POST", path: `/api/models/unload/${segments(model)}`, headers: {} }, signal);
    if ("failure" in answer) return answer.failure;
    if (answer.status < 300) return undefined;
    const before = await this.#running(signal);
    if ("failure" in before) return before.failure;
    const others = before.running.filter((one) => one.model !== model);
    if (others.length === before.running.length) return undefined;
    if (answer.status !== 404) return classifyRefusal({ node: this.http.node, ...answer, body: answer.text });
    // Older versions can only unload everything at once.
    if (others.length > 0) return fail("unsupported", `This llama-swap on ${this.http.node} can only unload all its models together.`);
    const all = await this.http.read(get("/unload"), signal);
    return "failure" in all ? all.failure : classifyRefusal({ node: this.http.node, ...all, body: all.text });
  }

  override send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle {
    return this.http.send(call, new WithoutLoadingWords(sink));
  }

  /** Its 429 is a full queue of one model, not a limit on how often somebody may ask (apis.md 9). */
  override classify(status: number, headers: Readonly<Record<string, string>>, body: string): Failure | undefined {
    if (status !== 429) return super.classify(status, headers, body);
    const { node } = this.http;
    const retryAfterMs = retryAfterOf(headers, busyWaitMs);
    return fail("upstream-busy", `${node} has as many requests for this model as it takes: ${errorWords(body)}`, { retryAfterMs });
  }

  async #running(signal: AbortSignal): Promise<{ readonly running: readonly Running[] } | { readonly failure: Failure }> {
    const found = await this.list("/running", RunningList, as, signal);
    return "failure" in found ? found : found.list;
  }
}

/** Names may hold slashes, which its routes take as they are. */
function segments(model: ModelId): string {
  return model.split("/").map(encodeURIComponent).join("/");
}

function sighted({ id: name, meta }: Listed, state: string | undefined): SightedModel | undefined {
  const id = modelIdOf(name);
  // A peer's model is loaded, if at all, by the peer: here it counts as there.
  const isPeers = meta?.llamaswap?.type === "peer";
  return id === undefined ? undefined : { id, residency: isPeers ? { state: "warm" } : residencyOf(state) };
}

function residencyOf(state: string | undefined): SightedResidency {
  switch (state) {
    case "ready":
      return { state: "warm" };
    case "starting":
      return { state: "loading" };
    case "stopping":
      return { state: "unloading" };
    default:
      return { state: "cold" };
  }
}
