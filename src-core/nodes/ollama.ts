// Ollama, native and compatible routes. It tells everything about its models but the progress of a load and its own queue, so a load is one
// silent call that we hold open: dropping it stops the load. Cloud models are not listed: a prompt must not leave the house by a name.

import { type Failure, fail } from "../contract/failure.ts";
import type { ModelId } from "../contract/ids.ts";
import type { Capability, NodeAbilities } from "../contract/node-kinds.ts";
import type { Sighting } from "../contract/sighting.ts";
import { saysOutOfMemory } from "../dialects/out-of-memory.ts";
import type { AdapterInput, LoadOptions, NodeAdapter, PullProgress, UpstreamCall, UpstreamHandle, UpstreamSink } from "../engine/ports.ts";
import { get, parseJson, postJson } from "./calls.ts";
import { asLoadFailure, classifyRefusal, lacksModel, notA, probeRefusal, rejected } from "./classify.ts";
import { removedFrom } from "./downloads.ts";
import { createNodeHttp, type NodeHttp } from "./http.ts";
import {
  capabilitiesOf,
  isRemote,
  Loaded,
  type Running,
  RunningList,
  Show,
  sameName,
  sightedModel,
  type Tag,
  Tags,
  Version,
} from "./ollama-shapes.ts";
import { followPull } from "./pull-stream.ts";
import type { Answer } from "./read-answer.ts";
import { errorWords, presentable } from "./words.ts";

export const ollamaAbilities: NodeAbilities = {
  load: true,
  unload: true,
  loadsUnlisted: false,
  tellsUsage: true,
  anySpelling: true,
  pull: true,
  remove: true,
  loadTakes: ["context", "idle-time"],
  dialects: ["ollama", "openai"],
};

const as = "an Ollama server";
/** The version changes only with a restart; asking every time would be noise. */
const versionEvery = 10;
/** Older servers tell capabilities only one model at a time; so many are learned per probe, in the background. */
const learnedPerProbe = 4;
const learnMs = 5_000;

export function createOllama(input: AdapterInput): NodeAdapter {
  return new Ollama(createNodeHttp({ ...input, node: input.id }));
}

class Ollama implements NodeAdapter {
  readonly #http: NodeHttp;
  readonly #closing = new AbortController();
  /** By digest: the same weights can do the same things under every name. */
  readonly #learned = new Map<string, readonly Capability[] | undefined>();
  readonly #embedsOnly = new Set<string>();
  #learning = false;
  #version: string | undefined;
  #probes = 0;

  constructor(http: NodeHttp) {
    this.#http = http;
  }

  async probe(signal: AbortSignal): Promise<Sighting | { readonly failure: Failure }> {
    const asksVersion = this.#version === undefined || this.#probes % versionEvery === 0;
    this.#probes += 1;
    const [tags, running, version] = await Promise.all([
      this.#list("/api/tags", Tags, signal),
      this.#list("/api/ps", RunningList, signal),
      asksVersion ? this.#http.fetchJson(get("/api/version"), signal) : undefined,
    ]);
    if ("failure" in tags) return tags;
    if ("failure" in running) return running;
    if (version !== undefined && !("failure" in version)) this.#version = Version.safeParse(version.body).data?.version ?? this.#version;
    return {
      version: this.#version,
      identity: this.#http.identity,
      can: ollamaAbilities,
      models: this.#models(tags.models, running.models),
    };
  }

  async load(model: ModelId, options: LoadOptions, _onProgress: unknown, signal: AbortSignal): Promise<Failure | undefined> {
    const running = await this.#list("/api/ps", RunningList, signal);
    if ("failure" in running) return running.failure;
    const loaded = running.models.find(({ name }) => sameName(name) === sameName(model));
    if (loaded !== undefined && suffices(loaded, options)) return undefined;
    const embeds = this.#embedsOnly.has(sameName(model));
    const failure = await this.#ask(embeds ? "/api/embed" : "/api/generate", model, options, signal);
    const onlyEmbeds = !embeds && failure?.kind === "upstream-rejected" && /does not support generate/i.test(failure.message);
    const last = onlyEmbeds ? await this.#ask("/api/embed", model, options, signal) : failure;
    return last === undefined ? undefined : asLoadFailure(last, model);
  }

  async unload(model: ModelId, signal: AbortSignal): Promise<Failure | undefined> {
    return this.#ask("/api/generate", model, { keepAlive: 0 }, signal);
  }

  pull(model: ModelId, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<Failure | undefined> {
    return followPull({ http: this.#http, model, call: postJson("/api/pull", { model, stream: true }) }, onProgress, signal);
  }

  remove(model: ModelId, signal: AbortSignal): Promise<Failure | undefined> {
    return removedFrom(this.#http, { ...postJson("/api/delete", { model }), method: "DELETE" }, model, signal);
  }

  send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle {
    return this.#http.send(call, sink);
  }

  fetchJson(call: UpstreamCall, signal: AbortSignal) {
    return this.#http.fetchJson(call, signal);
  }

  classify(status: number, headers: Readonly<Record<string, string>>, body: string): Failure | undefined {
    return classifyOllama(this.#http.node, { status, headers, text: body });
  }

  flush(calls: "cut" | "keep"): void {
    this.#http.flush(calls);
  }

  close(): Promise<void> {
    this.#closing.abort();
    return this.#http.close();
  }

  async #list<T>(path: string, shape: { safeParse(body: unknown): { readonly data?: T | undefined } }, signal: AbortSignal) {
    const answer = await this.#http.read(get(path), signal);
    if ("failure" in answer) return answer;
    const node = this.#http.node;
    if (answer.status !== 200) return { failure: probeRefusal({ node, ...answer, body: answer.text }, as) };
    const { data } = shape.safeParse(parseJson(answer.text));
    return data === undefined ? { failure: notA(node, as) } : data;
  }

  #models(tags: readonly Tag[], running: readonly Running[]): Sighting["models"] {
    const local = tags.filter((tag) => !isRemote(tag));
    const remote = new Set(tags.filter(isRemote).map(({ name }) => sameName(name)));
    const byName = new Map(running.map((entry) => [sameName(entry.name), entry]));
    const listed = new Set(local.map(({ name }) => sameName(name)));
    // A model deleted while it is loaded still fills memory.
    const unlisted = running.filter(({ name }) => !listed.has(sameName(name)) && !remote.has(sameName(name)));
    this.#learn(local);
    this.#embedsOnly.clear();
    return [
      ...local.map((tag) => this.#sighted(tag, byName.get(sameName(tag.name)))),
      ...unlisted.map((entry) => sightedModel(undefined, entry, undefined)),
    ].filter((model) => model !== undefined);
  }

  #sighted(tag: Tag, running: Running | undefined) {
    const can = capabilitiesOf(tag.capabilities) ?? (tag.digest === undefined ? undefined : this.#learned.get(tag.digest));
    if (can?.includes("embedding") === true && !can.includes("completion")) this.#embedsOnly.add(sameName(tag.name));
    return sightedModel(tag, running, can);
  }

  /** Asks an older server what a few of its models can do. The next probe knows; this one does not wait. */
  #learn(tags: readonly Tag[]): void {
    if (this.#learning) return;
    const unknown = tags.filter(
      ({ capabilities, digest }) => capabilities === undefined && digest !== undefined && !this.#learned.has(digest),
    );
    if (unknown.length === 0) return;
    this.#learning = true;
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(learnMs)]);
    const asked = unknown.slice(0, learnedPerProbe).map(async ({ name, digest }) => {
      const answer = await this.#http.fetchJson(postJson("/api/show", { model: name }), signal);
      if (digest !== undefined && !("failure" in answer))
        this.#learned.set(digest, capabilitiesOf(Show.safeParse(answer.body).data?.capabilities));
    });
    void Promise.allSettled(asked).then(() => {
      this.#learning = false;
    });
  }

  /** A call without a prompt: loads, keeps or (with 0) unloads. Answered when the model is in memory, or gone. */
  async #ask(path: string, model: ModelId, options: LoadOptions, signal: AbortSignal): Promise<Failure | undefined> {
    const body = {
      model,
      stream: false,
      ...(path === "/api/embed" ? { input: "" } : {}),
      ...(options.keepAlive === undefined ? {} : { keep_alive: options.keepAlive }),
      ...(options.contextTokens === undefined ? {} : { options: { num_ctx: options.contextTokens } }),
    };
    const answer = await this.#http.read(postJson(path, body), signal);
    if ("failure" in answer) return answer.failure;
    const failure = classifyOllama(this.#http.node, answer);
    if (failure !== undefined) return failure;
    const told = Loaded.safeParse(parseJson(answer.text)).data?.error;
    if (told === undefined) return undefined;
    const kind = saysOutOfMemory(told) ? "out-of-memory" : "load-failed";
    return fail(kind, `${this.#http.node} could not load ${model}: ${presentable(told)}`);
  }
}

/** A loaded model is asked again only to change its context or to renew its stay: another context would reload it. */
function suffices(loaded: Running, { contextTokens, keepAlive }: LoadOptions): boolean {
  return keepAlive === undefined && (contextTokens === undefined || loaded.context_length === contextTokens);
}

/** Ollama's habits: any 404 of an API route means the model; 401 and 403 may concern a single model's account, not our key. */
function classifyOllama(node: string, { status, headers, text: body }: Answer): Failure | undefined {
  const words = errorWords(body);
  if (status === 404 && !words.startsWith("404 page not found")) return lacksModel(node, words);
  if ((status === 401 && /signin_url|sign in/i.test(body)) || (status === 403 && /cloud/i.test(body))) return rejected(node, status, words);
  return classifyRefusal({ node, status, headers, body });
}
