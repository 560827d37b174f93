// LM Studio: the native interface of 0.4 and later, with instances, loads and unloads; the older list where that is missing. Whoever asks for a
// model that is not there makes it load a copy, and two who ask at once two copies: so every load is one call, after a look at its own list.
// No call stops a load: one that was given up comes into memory all the same, and the next probe shows it.

import { type Failure, fail } from "../contract/failure.ts";
import type { ModelId } from "../contract/ids.ts";
import type { NodeAbilities } from "../contract/node-kinds.ts";
import type { Sighting } from "../contract/sighting.ts";
import { saysOutOfMemory } from "../dialects/out-of-memory.ts";
import type { AdapterInput, LoadOptions, LoadProgress, NodeAdapter, PullProgress } from "../engine/ports.ts";
import { parseJson, postJson } from "./calls.ts";
import { asLoadFailure, classifyRefusal, lacksModel } from "./classify.ts";
import { downloadByJob } from "./downloads.ts";
import { HouseNode } from "./house-node.ts";
import { loadByChat } from "./lm-studio-chat.ts";
import { instanceOf, type Listed, LoadAnswer, NativeList, type Older, OlderList, sightedModel, sightedOlder } from "./lm-studio-shapes.ts";
import type { Answer } from "./read-answer.ts";
import { touch } from "./touch.ts";
import { errorMarks, errorWords } from "./words.ts";

export const lmStudioAbilities: NodeAbilities = {
  load: true,
  unload: true,
  loadsUnlisted: false,
  tellsUsage: true,
  pull: true,
  loadTakes: ["context", "idle-time"],
  dialects: ["openai", "anthropic", "responses"],
};
/** LM Studio 0.3 loads with the first request, and unloads by itself. */
const olderAbilities: NodeAbilities = { load: true, unload: false, loadsUnlisted: false, tellsUsage: true, dialects: ["openai"] };

const as = "an LM Studio server";

export function createLmStudio(input: AdapterInput): NodeAdapter {
  return new LmStudio(input);
}

type Found = { readonly listed: readonly Listed[] } | { readonly older: readonly Older[] } | { readonly failure: Failure };

class LmStudio extends HouseNode {
  override async probe(signal: AbortSignal): Promise<Sighting | { readonly failure: Failure }> {
    const found = await this.#lists(signal);
    if ("failure" in found) return found;
    const { identity } = this.http;
    if ("listed" in found) {
      const models = found.listed.map(sightedModel).filter((model) => model !== undefined);
      return { identity, can: lmStudioAbilities, models };
    }
    const models = found.older.map(sightedOlder).filter((model) => model !== undefined);
    return { identity, variant: "before 0.4", can: olderAbilities, models };
  }

  override async load(
    model: ModelId,
    options: LoadOptions,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<Failure | undefined> {
    const found = await this.#lists(signal);
    if ("failure" in found) return found.failure;
    if ("older" in found) return this.#loadOlder(found.older, model, options, signal);
    const listed = named(found.listed, model);
    if (listed === undefined) return lacksModel(this.http.node, `${model} is not in its list`);
    const instance = instanceOf(listed);
    if (instance !== undefined && holds(instance.config?.context_length, options.contextTokens)) return undefined;
    // Loading what is loaded would make a second copy beside the first.
    const stays = instance === undefined ? undefined : await this.#unloadAll(listed, signal);
    if (stays !== undefined) return asLoadFailure(stays, model);
    const isAlone = found.listed.every((other) => other === listed || other.loaded_instances.length === 0);
    return this.#loadNative(listed, options, isAlone, onProgress, signal);
  }

  override async unload(model: ModelId, signal: AbortSignal): Promise<Failure | undefined> {
    const found = await this.#lists(signal);
    if ("failure" in found) return found.failure;
    if ("older" in found) return fail("unsupported", `${this.http.node} runs an LM Studio before 0.4, which unloads nothing on request.`);
    const listed = named(found.listed, model);
    return listed === undefined ? undefined : this.#unloadAll(listed, signal);
  }

  pull(model: ModelId, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<Failure | undefined> {
    return downloadByJob(this.http, model, onProgress, signal);
  }

  async #lists(signal: AbortSignal): Promise<Found> {
    const native = await this.list("/api/v1/models", NativeList, as, signal);
    if ("list" in native) return { listed: native.list.models };
    if (native.failure.kind !== "malformed-reply") return native;
    const older = await this.list("/api/v0/models", OlderList, as, signal);
    return "list" in older ? { older: older.list.data } : older;
  }

  /**
   * With the progress of the chat stream where nothing else is loaded: a model loaded by a request is one that LM Studio evicts when the next
   * request loads another, so that this way would cost a neighbour its memory. Else, or where the chat is refused, by the plain call.
   */
  async #loadNative(
    { key, type }: Listed,
    { contextTokens, keepAlive }: LoadOptions,
    isAlone: boolean,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<Failure | undefined> {
    // What a chat loads gets the server's own idle time.
    if (isAlone && type === "llm" && keepAlive === undefined) {
      const end = await loadByChat(this.http, { model: key, contextTokens }, onProgress, signal);
      if (end !== "not-begun") return end === "loaded" ? undefined : end.failure;
    }
    const ttl = secondsOf(keepAlive);
    const wish = {
      model: key,
      ...(contextTokens === undefined ? {} : { context_length: contextTokens }),
      ...(ttl === undefined ? {} : { ttl }),
    };
    const answer = await this.http.read(postJson("/api/v1/models/load", wish), signal);
    return "failure" in answer ? answer.failure : this.#loadFailure(key, answer);
  }

  async #loadOlder(older: readonly Older[], model: ModelId, { keepAlive }: LoadOptions, signal: AbortSignal): Promise<Failure | undefined> {
    const listed = older.find(({ id }) => id === model);
    if (listed === undefined) return lacksModel(this.http.node, `${model} is not in its list`);
    if (listed.state === "loaded") return undefined;
    const ttl = secondsOf(keepAlive);
    const more = ttl === undefined ? {} : { ttl };
    return touch(this.http, { model, embeds: listed.type === "embeddings", prefix: "/api/v0", more }, signal);
  }

  /** Every copy: one that stayed would hold the memory, and nobody would see why. */
  async #unloadAll({ loaded_instances }: Listed, signal: AbortSignal): Promise<Failure | undefined> {
    for (const { id } of loaded_instances) {
      const answer = await this.http.read(postJson("/api/v1/models/unload", { instance_id: id }), signal);
      if ("failure" in answer) return answer.failure;
      if (LoadAnswer.safeParse(parseJson(answer.text)).success || /\bnot (?:found|loaded)\b/i.test(errorWords(answer.text))) continue;
      return classifyRefusal({ node: this.http.node, ...answer, body: answer.text }) ?? this.#refused(`did not unload ${id}`, answer);
    }
    return undefined;
  }

  /** Undefined where the answer is a success. 200 alone is none: some versions answer it to what they refuse. */
  #loadFailure(model: string, answer: Answer): Failure | undefined {
    const { node } = this.http;
    if (answer.status < 300 && LoadAnswer.safeParse(parseJson(answer.text)).success) return undefined;
    const words = errorWords(answer.text);
    if (answer.status === 404 || /\bmodel_not_found\b/.test(errorMarks(answer.text))) return lacksModel(node, words);
    if (saysOutOfMemory(words)) return fail("out-of-memory", `${node} has too little memory for ${model}: ${words}`);
    const failure = classifyRefusal({ node, ...answer, body: answer.text });
    return failure === undefined ? this.#refused(`could not load ${model}`, answer) : asLoadFailure(failure, model);
  }

  #refused(what: string, { text }: Answer): Failure {
    return fail("load-failed", `${this.http.node} ${what}: ${errorWords(text)}`);
  }
}

/** By its key or by the name of any of its copies. */
function named(listed: readonly Listed[], model: ModelId): Listed | undefined {
  return listed.find(({ key, loaded_instances }) => key === model || loaded_instances.some(({ id }) => id === model));
}

/** More context than is asked for serves as well. */
function holds(loadedTokens: number | undefined, wantedTokens: number | undefined): boolean {
  return wantedTokens === undefined || loadedTokens === undefined || loadedTokens >= wantedTokens;
}

/** A keep-alive in LM Studio's seconds; absent where it means "stays" or cannot be read. */
function secondsOf(keepAlive: string | number | undefined): number | undefined {
  const told = /^(\d+)(s|m|h)?$/.exec(String(keepAlive ?? ""));
  if (told === null) return undefined;
  const seconds = Number(told[1]) * { s: 1, m: 60, h: 3600 }[told[2] === "m" || told[2] === "h" ? told[2] : "s"];
  return seconds > 0 ? seconds : undefined;
}
