// neuron: one GPU machine with a management interface (apis.md 7, source-systems.md 4). It tells its memory, loads and unloads on request, and says
// what it cannot serve although it is loaded, and what is recovering: that is waited for, and never loaded a second time.

import { type Failure, fail } from "../contract/failure.ts";
import type { ModelId } from "../contract/ids.ts";
import type { NodeAbilities } from "../contract/node-kinds.ts";
import type { Sighting } from "../contract/sighting.ts";
import type { AdapterInput, LoadOptions, NodeAdapter, UpstreamCall, UpstreamHandle, UpstreamSink } from "../engine/ports.ts";
import { get, parseJson, postJson } from "./calls.ts";
import { asLoadFailure, classifyRefusal, lacksModel } from "./classify.ts";
import { HouseNode } from "./house-node.ts";
import { NeuronDoors } from "./neuron-doors.ts";
import { Discovery, type Listed, LoadError, memoryOf, NeuronHealth, NeuronList, sightedModel } from "./neuron-shapes.ts";
import { errorMarks, errorWords } from "./words.ts";

/** It fetches what it does not have. */
export const neuronAbilities: NodeAbilities = { load: true, unload: true, loadsUnlisted: true, dialects: ["openai"] };

const as = "a neuron";
/** How long a recovering model is left alone (source-systems.md 4.2). */
const recoveringMs = 2_000;

export function createNeuron(input: AdapterInput): NodeAdapter {
  return new Neuron(input);
}

class Neuron extends HouseNode {
  readonly #doors: NeuronDoors;
  /** Asked again until it tells a prompt cap, then kept (source-systems.md 4.7). */
  #discovery: Discovery | undefined;

  constructor(input: AdapterInput) {
    super(input);
    this.#doors = new NeuronDoors(input, this.http);
  }

  override async probe(signal: AbortSignal): Promise<Sighting | { readonly failure: Failure }> {
    const [found, health, discovery] = await Promise.all([
      this.list("/models", NeuronList, as, signal),
      this.http.fetchJson(get("/health"), signal),
      this.#discovery?.max_prompt_tokens === undefined ? this.http.fetchJson(get("/discovery"), signal) : undefined,
    ]);
    if ("failure" in found) return found;
    // What these two do not tell stays unknown; they never make a neuron unhealthy.
    const told = "failure" in health ? undefined : NeuronHealth.safeParse(health.body).data;
    if (discovery !== undefined && !("failure" in discovery)) this.#discovery = Discovery.safeParse(discovery.body).data ?? this.#discovery;
    const models = found.list.map((listed) => sightedModel(listed, this.#discovery, told)).filter((model) => model !== undefined);
    const loaded = models.filter(({ residency }) => residency.state === "warm").map(({ id }) => id);
    await this.#doors.learn(loaded, signal);
    return { identity: this.http.identity, can: neuronAbilities, memory: memoryOf(this.#discovery, told), models };
  }

  override async load(model: ModelId, _options: LoadOptions, _onProgress: unknown, signal: AbortSignal): Promise<Failure | undefined> {
    const found = await this.list("/models", NeuronList, as, signal);
    if ("failure" in found) return found.failure;
    const listed = found.list.find(({ id }) => id === model);
    const { node } = this.http;
    if (listed?.status === "recovering")
      return fail("upstream-busy", `${model} is recovering on ${node}; it is not loaded a second time.`, { retryAfterMs: recoveringMs });
    if (listed !== undefined && listed.status !== "unloaded" && listed.status !== "reloading") return undefined;
    const answer = await this.http.read(postJson("/models/load", { model_id: model, harness: this.#harnessOf(listed) }), signal);
    if ("failure" in answer) return answer.failure;
    const words = errorWords(answer.text);
    if (answer.status < 300 || /already loaded/i.test(words)) return undefined;
    const kind = LoadError.safeParse(parseJson(answer.text)).data?.error.kind;
    if (kind === "repo_fetch_failed" || kind === "empty_repo") return lacksModel(node, kind);
    if (/insufficient_vram/.test(`${errorMarks(answer.text)} ${kind ?? ""}`))
      return fail("out-of-memory", `${node} has too little memory for ${model}: ${words}`);
    if (kind !== undefined || answer.status < 500) return fail("load-failed", `${node} could not load ${model}: ${kind ?? words}`);
    const failure = classifyRefusal({ node, ...answer, body: answer.text });
    return failure === undefined ? undefined : asLoadFailure(failure, model);
  }

  override async unload(model: ModelId, signal: AbortSignal): Promise<Failure | undefined> {
    const answer = await this.http.read(postJson("/models/unload", { model_id: model }), signal);
    if ("failure" in answer) return answer.failure;
    return answer.status === 404 ? undefined : classifyRefusal({ node: this.http.node, ...answer, body: answer.text });
  }

  override send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle {
    return this.#doors.doorOf(call).send(call, sink);
  }

  override flush(calls: "cut" | "keep"): void {
    super.flush(calls);
    this.#doors.flush(calls);
  }

  override async close(): Promise<void> {
    await Promise.all([super.close(), this.#doors.close()]);
  }

  #harnessOf(listed: Listed | undefined): string {
    return listed?.harness ?? this.#discovery?.harnesses?.[0] ?? "candle";
  }
}
