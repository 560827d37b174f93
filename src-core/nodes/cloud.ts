// A service in the cloud: it has everything in memory, loads nothing for us, wants a key, and limits how often it is asked. Nothing is sent
// without a key, nor a key over a line that others can read. Two of them behind one address are not one server: no identity is told.

import { type Failure, fail } from "../contract/failure.ts";
import type { NodeAbilities } from "../contract/node-kinds.ts";
import type { SightedModel, Sighting } from "../contract/sighting.ts";
import type { AdapterInput, NodeAdapter, UpstreamCall, UpstreamHandle, UpstreamHead, UpstreamSink } from "../engine/ports.ts";
import { get, parseJson } from "./calls.ts";
import { notA, probeRefusal } from "./classify.ts";
import { classifyCloud, usedUp } from "./cloud-refusals.ts";
import type { HeaderWays } from "./headers.ts";
import { createNodeHttp, type NodeHttp } from "./http.ts";
import { placeOf } from "./node-url.ts";
import type { Answer } from "./read-answer.ts";

/** A list changes a few times a year; its owner pays for our questions. */
export const listEverySeconds = 300;
/** Nobody says how many calls at once are welcome: the limits tell when there are too many. */
export const cloudSlots = 64;

/** What one family of services does its own way. */
export interface CloudHabits {
  /** "an OpenAI service". */
  readonly as: string;
  readonly abilities: NodeAbilities;
  readonly ways: HeaderWays;
  readonly listPath: string;
  /** The models of a list; undefined where it is none. */
  models(body: unknown): readonly SightedModel[] | undefined;
  /** A call as this service wants it. */
  prepared(call: UpstreamCall): UpstreamCall;
}

export function createCloud(input: AdapterInput, habits: CloudHabits): NodeAdapter {
  const { id, url, key, certificate } = input;
  return new Cloud(createNodeHttp({ node: id, url, key, certificate, ways: habits.ways, closed: obstacle(input) }), habits, input.onLimit);
}

/** Why nothing may be sent at all. */
function obstacle({ id, url, key, preset, keyRemedy }: AdapterInput): Failure | undefined {
  if (key === undefined || key === "") {
    const remedy = keyRemedy ?? "name its key in the settings";
    return fail("upstream-misconfigured", `The key of ${id} is missing: ${remedy}.`, { node: id, field: "key" });
  }
  if (!/^[\x21-\x7e]+$/.test(key))
    return fail("upstream-misconfigured", `The key of ${id} holds a space or a letter that no key has. Set it again.`, { node: id });
  if (url.toLowerCase().startsWith("http:") && placeOf(url) === "cloud") {
    const what = preset === undefined ? "An" : "The";
    return fail("upstream-misconfigured", `${what} address of ${id} must begin with https://, or others could read its key.`, {
      node: id,
      field: "url",
    });
  }
  return undefined;
}

class Cloud implements NodeAdapter {
  readonly #http: NodeHttp;
  readonly #habits: CloudHabits;
  readonly #onLimit: AdapterInput["onLimit"];

  constructor(http: NodeHttp, habits: CloudHabits, onLimit: AdapterInput["onLimit"]) {
    this.#http = http;
    this.#habits = habits;
    this.#onLimit = onLimit;
  }

  async probe(signal: AbortSignal): Promise<Sighting | { readonly failure: Failure }> {
    const { as, abilities, listPath } = this.#habits;
    const answer = await this.#http.read(this.#habits.prepared(get(listPath)), signal);
    if ("failure" in answer) return answer;
    if (answer.status !== 200) return { failure: this.#refused(answer) };
    const models = this.#habits.models(parseJson(answer.text));
    return models === undefined ? { failure: notA(this.#http.node, as) } : { can: abilities, models };
  }

  load(): Promise<Failure | undefined> {
    return Promise.resolve(this.#unable());
  }

  unload(): Promise<Failure | undefined> {
    return Promise.resolve(this.#unable());
  }

  send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle {
    const watched = this.#onLimit === undefined ? sink : new LimitWatch(this.#http.node, sink, this.#onLimit);
    return this.#http.send(this.#habits.prepared(call), watched);
  }

  fetchJson(call: UpstreamCall, signal: AbortSignal) {
    return this.#http.fetchJson(this.#habits.prepared(call), signal);
  }

  classify(status: number, headers: Readonly<Record<string, string>>, body: string): Failure | undefined {
    return classifyCloud({ node: this.#http.node, status, headers, body }, Date.now());
  }

  flush(calls: "cut" | "keep"): void {
    this.#http.flush(calls);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** A list that is refused for want of a right path means the wrong address; anything else means what it always means. */
  #refused(answer: Answer): Failure {
    const refusal = { node: this.#http.node, ...answer, body: answer.text };
    if ([400, 404, 405, 501].includes(answer.status)) return probeRefusal(refusal, this.#habits.as);
    return classifyCloud(refusal, Date.now()) ?? notA(this.#http.node, this.#habits.as);
  }

  #unable(): Failure {
    return fail("unsupported", `${this.#http.node} is a service in the cloud: there is nothing to load or to unload.`);
  }
}

/** Passes everything on and looks at the head: an answer that used up the limit pauses the node before the next call is refused. */
class LimitWatch implements UpstreamSink {
  readonly #node: string;
  readonly #sink: UpstreamSink;
  readonly #onLimit: (failure: Failure) => void;

  constructor(node: string, sink: UpstreamSink, onLimit: (failure: Failure) => void) {
    this.#node = node;
    this.#sink = sink;
    this.#onLimit = onLimit;
  }

  onHead(head: UpstreamHead): void {
    if (head.status < 300) {
      const failure = usedUp(this.#node, head.headers, Date.now());
      if (failure !== undefined) this.#onLimit(failure);
    }
    this.#sink.onHead(head);
  }

  onData(chunk: Buffer): boolean {
    return this.#sink.onData(chunk);
  }

  onEnd(): void {
    this.#sink.onEnd();
  }

  onFailure(failure: Failure): void {
    this.#sink.onFailure(failure);
  }
}
