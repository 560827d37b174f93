// llama-server as a router: many models, loaded and unloaded by its own calls, which answer before the work is done. Only its list decides what
// is loaded; its events are a prompt to read that list again (UX-24).

import { type Failure, fail } from "../contract/failure.ts";
import type { ModelId } from "../contract/ids.ts";
import type { Capability, NodeAbilities } from "../contract/node-kinds.ts";
import type { Sighting } from "../contract/sighting.ts";
import { saysOutOfMemory } from "../dialects/out-of-memory.ts";
import type { LoadProgress, PullProgress } from "../engine/ports.ts";
import { get, parseJson, postJson } from "./calls.ts";
import { asLoadFailure, classifyRefusal, lacksModel, notA } from "./classify.ts";
import { downloadByRouter, removedFrom, withoutFetching } from "./downloads.ts";
import type { NodeHttp } from "./http.ts";
import { type Listed, ModelList, Props, residencyOf, sightedModel } from "./llama-server-shapes.ts";
import { followEvents } from "./router-events.ts";
import { ProgressBar } from "./router-progress.ts";
import { errorWords } from "./words.ts";

const routerAbilities: NodeAbilities = { load: true, unload: true, loadsUnlisted: false, tellsUsage: true, dialects: ["openai"] };

/** The list is read at least so often during a load, whatever the events say or fail to say. */
const rereadMs = 500;
/** So many failing reads of the list in a row end a load. */
const mostMisses = 4;
/** A load that was given up is cancelled with this much time, since its own signal is spent. */
const cancelMs = 5_000;
/** Details of a loaded model are asked once per loading; so many per probe. */
const detailsPerProbe = 4;

export class LlamaRouter {
  readonly #http: NodeHttp;
  /** What a loaded model said of itself; forgotten when it is unloaded. */
  readonly #props = new Map<string, Props>();

  constructor(http: NodeHttp) {
    this.#http = http;
  }

  /** Also while it fetches models: only what is there whole is listed. */
  async sighting(
    listed: readonly Listed[],
    version: string | undefined,
    refused: ReadonlySet<Capability>,
    signal: AbortSignal,
  ): Promise<Sighting> {
    const models = withoutFetching(listed);
    await this.#readDetails(models, signal);
    const seen = models.map((one) => sightedModel(one, residencyOf(one), this.#props.get(one.id), refused));
    return {
      version,
      variant: "router",
      identity: this.#http.identity,
      can: abilitiesOf(listed),
      models: seen.filter((model) => model !== undefined),
    };
  }

  async load(model: ModelId, onProgress: (progress: LoadProgress) => void, signal: AbortSignal): Promise<Failure | undefined> {
    const before = await this.#statusOf(model, signal);
    if ("failure" in before) return before.failure;
    if (isThere(before.value)) return undefined;
    const bar = new ProgressBar(onProgress);
    const events = followEvents(this.#http, model, (event) => bar.update(event));
    // A load that somebody else began is followed, not cancelled.
    const isOurs = before.value !== "loading";
    try {
      const refused = isOurs ? await this.#post("/models/load", model, /already (?:running|loaded)/i, signal) : undefined;
      if (refused !== undefined) return asLoadFailure(refused, model);
      return await this.#untilThere(model, events, signal);
    } finally {
      events.stop();
      if (signal.aborted && isOurs) await this.unload(model, AbortSignal.timeout(cancelMs));
    }
  }

  unload(model: ModelId, signal: AbortSignal): Promise<Failure | undefined> {
    return this.#post("/models/unload", model, /not (?:running|loaded)/i, signal);
  }

  pull(model: ModelId, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<Failure | undefined> {
    return downloadByRouter(this.#http, model, onProgress, signal);
  }

  remove(model: ModelId, signal: AbortSignal): Promise<Failure | undefined> {
    const call = { ...get(`/models?model=${encodeURIComponent(model)}`), method: "DELETE" as const };
    return removedFrom(this.#http, call, model, signal);
  }

  async #untilThere(
    model: ModelId,
    events: { readonly next: (ms: number, signal: AbortSignal) => Promise<void> },
    signal: AbortSignal,
  ): Promise<Failure | undefined> {
    for (let misses = 0; ; ) {
      const status = await this.#statusOf(model, signal);
      if ("failure" in status) {
        misses += 1;
        if (status.failure.kind === "cancelled" || misses >= mostMisses) return status.failure;
      } else {
        misses = 0;
        if (isThere(status.value)) return undefined;
        if (status.value !== "loading") return this.#failed(model, status);
      }
      await events.next(rereadMs, signal);
      if (signal.aborted) return fail("cancelled", `Loading ${model} on ${this.#http.node} was given up.`);
    }
  }

  #failed(model: ModelId, { exit_code, failed }: NonNullable<Listed["status"]>): Failure {
    const { node } = this.#http;
    if (failed !== true) return fail("load-failed", `${model} was unloaded on ${node} before it had finished loading.`);
    const code = exit_code === undefined ? "" : ` (exit code ${exit_code})`;
    return fail("load-failed", `${node} could not load ${model}: its process ended${code}. The log of llama-server on ${node} says why.`);
  }

  /** The model's own line in the list; missing from the list is a failure. */
  async #statusOf(model: ModelId, signal: AbortSignal): Promise<NonNullable<Listed["status"]> | { readonly failure: Failure }> {
    const { node } = this.#http;
    const answer = await this.#http.read(get("/models"), signal);
    if ("failure" in answer) return answer;
    const list = ModelList.safeParse(parseJson(answer.text)).data?.data;
    if (answer.status !== 200 || list === undefined) {
      return { failure: classifyRefusal({ node, ...answer, body: answer.text }) ?? notA(node, "a llama-server router") };
    }
    const listed = list.find(({ id, aliases }) => id === model || aliases?.includes(model) === true);
    return listed?.status ?? { failure: lacksModel(node, `${model} is not in its list`) };
  }

  /** `isDone`: the refusal that says the wish is fulfilled already. */
  async #post(path: string, model: ModelId, isDone: RegExp, signal: AbortSignal): Promise<Failure | undefined> {
    const { node } = this.#http;
    const answer = await this.#http.read(postJson(path, { model }), signal);
    if ("failure" in answer) return answer.failure;
    const words = errorWords(answer.text);
    if (answer.status === 400 && isDone.test(words)) return undefined;
    if (answer.status === 404) return lacksModel(node, words);
    if (answer.status >= 400 && saysOutOfMemory(words))
      return fail("out-of-memory", `${node} has too little memory for ${model}: ${words}`);
    return classifyRefusal({ node, ...answer, body: answer.text });
  }

  /** Slots and context of what is loaded. `autoload=false` makes sure that the question loads nothing. */
  async #readDetails(models: readonly Listed[], signal: AbortSignal): Promise<void> {
    const loaded = models.filter(({ status }) => status?.value === "loaded");
    const ids = new Set(loaded.map(({ id }) => id));
    for (const id of this.#props.keys()) if (!ids.has(id)) this.#props.delete(id);
    const unknown = loaded.filter(({ id }) => !this.#props.has(id)).slice(0, detailsPerProbe);
    await Promise.all(
      unknown.map(async ({ id }) => {
        const answer = await this.#http.fetchJson(get(`/props?model=${encodeURIComponent(id)}&autoload=false`), signal);
        if ("failure" in answer || answer.status !== 200) return;
        const props = Props.safeParse(answer.body);
        if (props.success) this.#props.set(id, props.data);
      }),
    );
  }
}

/** Builds that tell what may be removed also fetch; a file that somebody put in a folder is not theirs to delete. */
function abilitiesOf(models: readonly Listed[]): NodeAbilities {
  if (models.every(({ can_remove }) => can_remove === undefined)) return routerAbilities;
  return { ...routerAbilities, pull: true, ...(models.some(({ can_remove }) => can_remove === true) ? { remove: true } : {}) };
}

/** A sleeping model wakes by itself with the next request. */
function isThere(value: string): boolean {
  return value === "loaded" || value === "sleeping";
}
