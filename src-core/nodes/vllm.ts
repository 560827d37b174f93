// vLLM: one base model per server and its LoRA adapters, all in memory for good, unless its sleep mode is on (a development switch of its own).
// Asleep it must not be asked for anything: it would hang. So a load wakes it, and an unload sends it to sleep.

import { type Failure, fail } from "../contract/failure.ts";
import type { ModelId } from "../contract/ids.ts";
import type { NodeAbilities } from "../contract/node-kinds.ts";
import type { SightedResidency, Sighting } from "../contract/sighting.ts";
import type { AdapterInput, LoadOptions, NodeAdapter, UpstreamCall } from "../engine/ports.ts";
import { get, parseJson, postJson } from "./calls.ts";
import { asLoadFailure, classifyRefusal, lacksModel } from "./classify.ts";
import { HouseNode } from "./house-node.ts";
import { touch } from "./touch.ts";
import { dialectsOf, type Figures, readFigures, Sleeping, sightedModel, slotsOf, Version, VllmList } from "./vllm-shapes.ts";

/** Before the first probe: sleep mode and newer dialects are claimed only once they are seen. */
export const vllmAbilities: NodeAbilities = { load: false, unload: false, loadsUnlisted: false, tellsUsage: true, dialects: ["openai"] };

const as = "a vLLM server";
/** What only a restart changes is asked every so many probes. */
const restartEvery = 10;
/** Weights to the memory of the host: back in a moment. Level 2 drops them, and only a person at the machine asks for that. */
const sleepLevel = 1;

export function createVllm(input: AdapterInput): NodeAdapter {
  return new Vllm(input);
}

class Vllm extends HouseNode {
  #version: string | undefined;
  /** Undefined until asked; 404 means that sleep mode is off, not that it is awake. */
  #canSleep: boolean | undefined;
  #probes = 0;

  override async probe(signal: AbortSignal): Promise<Sighting | { readonly failure: Failure }> {
    const isNew = this.#probes++ % restartEvery === 0;
    const [found, asleep, figures, version] = await Promise.all([
      this.list("/v1/models", VllmList, as, signal),
      this.#canSleep === false && !isNew ? undefined : this.#isAsleep(signal),
      this.#figures(signal),
      isNew ? this.http.fetchJson(get("/version"), signal) : undefined,
    ]);
    if ("failure" in found) return found;
    this.#canSleep = asleep !== undefined;
    if (version !== undefined && !("failure" in version)) this.#version = Version.safeParse(version.body).data?.version ?? this.#version;
    const residency = residencyOf(asleep === true, figures);
    const slots = figures === undefined ? undefined : slotsOf(figures);
    return {
      version: this.#version,
      identity: this.http.identity,
      can: this.#abilities(),
      models: found.list.data.map((listed) => sightedModel(listed, residency, slots)).filter((model) => model !== undefined),
    };
  }

  override async load(model: ModelId, _options: LoadOptions, _onProgress: unknown, signal: AbortSignal): Promise<Failure | undefined> {
    const [found, asleep, figures] = await Promise.all([
      this.list("/v1/models", VllmList, as, signal),
      this.#isAsleep(signal),
      this.#figures(signal),
    ]);
    if ("failure" in found) return found.failure;
    if (asleep === undefined) return this.unable();
    if (!found.list.data.some(({ id }) => id === model)) return lacksModel(this.http.node, `${model} is not in its list`);
    if (!asleep) return undefined;
    const failure = await this.#wake(figures, signal);
    if (failure !== undefined) return asLoadFailure(failure, model);
    // The first request after waking is slow; a model that is no chat model refuses it, which says nothing about the waking.
    const cold = await touch(this.http, { model, embeds: false }, signal);
    if (cold !== undefined && cold.kind !== "load-failed") return cold;
    if ((await this.#isAsleep(signal)) !== true) return undefined;
    return fail("load-failed", `${this.http.node} was woken and is asleep again: something else sends it to sleep.`);
  }

  override async unload(model: ModelId, signal: AbortSignal): Promise<Failure | undefined> {
    const asleep = await this.#isAsleep(signal);
    if (asleep === undefined) return this.unable();
    if (asleep) return undefined;
    const failure = await this.#post(`/sleep?level=${sleepLevel}`, signal);
    return failure === undefined ? undefined : asLoadFailure(failure, model);
  }

  protected override unable(): Failure {
    const how = "Start vLLM with --enable-sleep-mode and VLLM_SERVER_DEV_MODE=1 to let Homeport send it to sleep and wake it.";
    return fail("unsupported", `${this.http.node} keeps its one model in memory. ${how}`);
  }

  #abilities(): NodeAbilities {
    const sleeps = this.#canSleep === true;
    return {
      load: sleeps,
      unload: sleeps,
      loadsUnlisted: false,
      tellsUsage: true,
      dialects: dialectsOf(this.#version),
      ...(sleeps ? { wakesByLoad: true } : {}),
    };
  }

  /**
   * From level 1 it comes back whole. From level 2 memory comes back empty, so that the weights are read again before the cache is laid out; so too
   * where the level is unknown, for an answer out of empty weights would look like an answer.
   */
  async #wake(figures: Figures | undefined, signal: AbortSignal): Promise<Failure | undefined> {
    if (figures?.level === 1) return this.#post("/wake_up", signal);
    return (
      (await this.#post("/wake_up?tags=weights", signal)) ??
      (await this.#send(postJson("/collective_rpc", { method: "reload_weights" }), signal)) ??
      (await this.#post("/wake_up?tags=kv_cache", signal))
    );
  }

  #post(path: string, signal: AbortSignal): Promise<Failure | undefined> {
    return this.#send({ method: "POST", path, headers: {} }, signal);
  }

  async #send(call: UpstreamCall, signal: AbortSignal): Promise<Failure | undefined> {
    const answer = await this.http.read(call, signal);
    return "failure" in answer ? answer.failure : classifyRefusal({ node: this.http.node, ...answer, body: answer.text });
  }

  /** Undefined where the server has no sleep mode. */
  async #isAsleep(signal: AbortSignal): Promise<boolean | undefined> {
    const answer = await this.http.read(get("/is_sleeping"), signal);
    if ("failure" in answer || answer.status !== 200) return undefined;
    return Sleeping.safeParse(parseJson(answer.text)).data?.is_sleeping;
  }

  async #figures(signal: AbortSignal): Promise<Figures | undefined> {
    const answer = await this.http.read(get("/metrics"), signal);
    return "failure" in answer || answer.status !== 200 ? undefined : readFigures(answer.text);
  }
}

function residencyOf(asleep: boolean, figures: Figures | undefined): SightedResidency {
  if (!asleep) return { state: "warm" };
  return { state: figures?.level === 2 ? "cold" : "sleeping" };
}
