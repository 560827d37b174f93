// A worker on NATS (source-systems.md 1.5 to 1.8): what it tells of itself, loads on request, and answers. Ours stream; any other takes whole chats
// as jobs. Reached through a server that it shares with others, so nothing is believed but what comes on its own subjects.
import { randomUUID } from "node:crypto";
import { type Failure, FailureKind, fail } from "../contract/failure.ts";
import type { ModelId } from "../contract/ids.ts";
import { LoadReport, ModelDone, type ModelWish, type StreamCall, workerSubject } from "../contract/jobs.ts";
import type { NodeAbilities } from "../contract/node-kinds.ts";
import type { Sighting } from "../contract/sighting.ts";
import type {
  AdapterInput,
  CallOf,
  LoadOptions,
  LoadProgress,
  NatsRoute,
  NodeAdapter,
  UpstreamCall,
  UpstreamHandle,
  UpstreamSink,
} from "../engine/ports.ts";
import { asLoadFailure, classifyRefusal, notA } from "./classify.ts";
import { fixedHeaders, requestHeaders } from "./headers.ts";
import { NatsCall } from "./nats-call.ts";
import { askJob, NatsJob } from "./nats-job.ts";
import { jsonBytes, jsonIn, type NatsLine, nobodyListens } from "./nats-line.ts";
import { reportIn, sightingOf, workerAbilities, workerIdOf } from "./nats-report.ts";
import { readAnswer } from "./read-answer.ts";

export const natsWorkerAbilities: NodeAbilities = workerAbilities;

const as = "a worker";
/** The engine gives up on a probe sooner. */
const probeMs = 15_000;
/** Longer than the engine gives any load. */
const loadMs = 24 * 3_600_000;
const unloadMs = 60_000;
/** Told of changes more often than this, the worker is still asked no more often. */
const changePauseMs = 250;
/** What Ollama gives a model after its last answer. */
const staysMs = 5 * 60_000;
const answerBytes = 8 * 1024 * 1024;
const longestHeader = 2_000;

export function createNatsWorker(input: AdapterInput): NodeAdapter {
  return input.nats === undefined ? new Unreachable(input.id) : new NatsWorker(input, input.nats);
}

class NatsWorker implements NodeAdapter {
  readonly #line: NatsLine;
  readonly #input: AdapterInput;
  readonly #fixed: readonly string[];
  readonly #running = new Set<NatsCall | NatsJob>();
  /** When a model last did a job: reports of plain workers may be old, and an answer proves more. */
  readonly #answered = new Map<string, number>();
  /** Until it has told, it is taken for one of ours: only those are asked for anything before a probe. */
  #streams = true;
  #toldAt = Number.NEGATIVE_INFINITY;
  #forgetChange: (() => void) | undefined;

  constructor(input: AdapterInput, { link, subject, clock }: NatsRoute) {
    this.#input = input;
    this.#line = { node: input.id, link, subject, clock };
    this.#fixed = fixedHeaders(undefined, "bearer", input.instance);
    link.subscribe(workerSubject.changed(subject), ({ data }) => this.#changed(data));
    // Back again: nobody waits for the next round to use it.
    link.onState(({ state }) => state === "connected" && this.#input.onChanged?.());
  }

  async probe(signal: AbortSignal): Promise<Sighting | { readonly failure: Failure }> {
    const { node, subject } = this.#line;
    await this.#beginning(signal);
    const answer = await this.#ask(workerSubject.capabilities(subject), {}, probeMs, signal);
    if ("failure" in answer) return answer;
    const report = reportIn(answer.data);
    if (report === undefined) return { failure: notA(node, as) };
    if (!this.#isItsOwn(report.node_id)) {
      const says = `What answers on ${subject} calls itself ${JSON.stringify(report.node_id)}. Correct the node's subject in the settings.`;
      return { failure: fail("malformed-reply", says) };
    }
    this.#streams = report.homeport !== undefined;
    return sightingOf(report, this.#input.url, (model) => this.#answeredLately(model));
  }

  async load(
    model: ModelId,
    { contextTokens }: LoadOptions,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<Failure | undefined> {
    const { link, node, subject } = this.#line;
    if (!this.#streams) return this.#touch(model);
    const stop = link.subscribe(workerSubject.progress(subject), ({ data }) => {
      const told = LoadReport.safeParse(jsonIn(data)).data;
      if (told?.model === model)
        onProgress({ fraction: told.fraction, stage: told.stage, ...(told.source === "measured" ? { source: told.source } : {}) });
    });
    const wish: ModelWish = { model, load_id: randomUUID(), ...(contextTokens === undefined ? {} : { context_tokens: contextTokens }) };
    const answer = await this.#ask(workerSubject.load(subject), wish, loadMs, signal);
    stop();
    // Given up here: the worker is told, and stops it unless somebody else waits for it.
    if (signal.aborted) link.publish(workerSubject.unload(subject), jsonBytes(wish));
    return "failure" in answer ? answer.failure : doneOr(answer.data, model, node);
  }

  async unload(model: ModelId, signal: AbortSignal): Promise<Failure | undefined> {
    const { node, subject } = this.#line;
    if (!this.#streams) return fail("unsupported", `${node} decides by itself what it unloads.`);
    const wish: ModelWish = { model };
    const answer = await this.#ask(workerSubject.unload(subject), wish, unloadMs, signal);
    return "failure" in answer ? answer.failure : doneOr(answer.data, model, node);
  }

  send(call: UpstreamCall, sink: UpstreamSink, of: CallOf = {}): UpstreamHandle {
    if (!this.#streams) return this.#job(call, sink, of);
    const handle = new NatsCall(this.#line, sink, (over) => this.#running.delete(over));
    this.#running.add(handle);
    handle.begin({ call: this.#streamCall(call, of), body: call.body });
    return handle;
  }

  async fetchJson(call: UpstreamCall, signal: AbortSignal) {
    const { node } = this.#line;
    const answer = await readAnswer(node, (sink) => this.send(call, sink), signal, answerBytes);
    if ("failure" in answer) return answer;
    const body = jsonIn(Buffer.from(answer.text));
    if (body !== undefined || answer.status > 299) return { status: answer.status, body: body ?? answer.text };
    return { failure: fail("malformed-reply", `${node} answered ${call.path} with something that is not JSON.`) };
  }

  classify(status: number, headers: Readonly<Record<string, string>>, body: string): Failure | undefined {
    return classifyRefusal({ node: this.#line.node, status, headers, body });
  }

  async close(): Promise<void> {
    this.#forgetChange?.();
    const gone = fail("connect-failed", `${this.#line.node} was changed or removed in the settings while this request ran.`);
    for (const call of [...this.#running]) call.fail(gone);
    await this.#line.link.close();
  }

  #job(call: UpstreamCall, sink: UpstreamSink, of: CallOf): UpstreamHandle {
    const job = new NatsJob(this.#line, sink, (model) => this.#answered.set(model, this.#line.clock.monotonic()));
    this.#running.add(job);
    void job.begin(call, of).finally(() => this.#running.delete(job));
    return job;
  }

  /** Such a worker loads with the first job, so it is given the shortest there is. */
  async #touch(model: ModelId): Promise<Failure | undefined> {
    const answer = await askJob(this.#line, { model, messages: [{ role: "user", content: "Hi" }], max_tokens: 1 }, {});
    if ("failure" in answer) return asLoadFailure(answer.failure, model);
    this.#answered.set(model, this.#line.clock.monotonic());
    return undefined;
  }

  #answeredLately(model: string): boolean {
    const at = this.#answered.get(model);
    return at !== undefined && this.#line.clock.monotonic() - at < staysMs;
  }

  #streamCall({ method, path, headers }: UpstreamCall, { requestId, deadline = 0 }: CallOf): StreamCall {
    const told = requestHeaders(this.#fixed, headers, "bearer", true);
    const pairs = told.flatMap((name, index) => {
      const value = told[index + 1] ?? "";
      return index % 2 === 0 && value.length <= longestHeader ? [[name, value] as const] : [];
    });
    // A call is never repeated over the wire, so each has an id of its own, told apart from other attempts of its request.
    const id = `${requestId ?? "own"}.${randomUUID().slice(0, 8)}`;
    const asked = { id, path, headers: Object.fromEntries(pairs), deadline_ts: Math.floor(deadline), window: 64, parts: 0 };
    return { ...asked, method: method === "HEAD" ? "GET" : method };
  }

  /** A push is only a reason to ask: who may publish on a subject is for the server to say, and what was said long ago may come late. */
  #changed(data: Uint8Array): void {
    const report = reportIn(data);
    const { subject, clock } = this.#line;
    if (report === undefined || !this.#isItsOwn(report.node_id)) {
      this.#input.onForged?.(
        `a report on ${workerSubject.changed(subject)} that ${report === undefined ? "is none" : "names another worker"}`,
      );
      return;
    }
    if (this.#forgetChange !== undefined) return;
    const waitMs = Math.max(0, this.#toldAt + changePauseMs - clock.monotonic());
    this.#forgetChange = clock.after(waitMs, () => {
      this.#forgetChange = undefined;
      this.#toldAt = clock.monotonic();
      this.#input.onChanged?.();
    });
  }

  #isItsOwn(id: string): boolean {
    return id === workerIdOf(this.#line.subject);
  }

  /** The first probe comes before the first connection: it waits for whatever becomes of that. */
  #beginning(signal: AbortSignal): Promise<void> {
    const { link } = this.#line;
    if (link.state().state !== "connecting" || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        stop();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const stop = link.onState(done);
      signal.addEventListener("abort", done, { once: true });
    });
  }

  async #ask(subject: string, question: object, ms: number, signal: AbortSignal) {
    const { link, node } = this.#line;
    const cancelled = { failure: fail("cancelled", `The question to ${node} was given up.`) };
    if (signal.aborted) return cancelled;
    let onAbort = () => {};
    const aborted = new Promise<typeof cancelled>((resolve) => {
      onAbort = () => resolve(cancelled);
      signal.addEventListener("abort", onAbort, { once: true });
    });
    const answer = await Promise.race([link.request(subject, jsonBytes(question), ms), aborted]);
    signal.removeEventListener("abort", onAbort);
    if (!("failure" in answer) || answer.failure.kind !== "connect-failed" || link.state().state !== "connected") return answer;
    return { failure: nobodyListens(this.#line) };
  }
}

function doneOr(data: Uint8Array, model: ModelId, node: string): Failure | undefined {
  const done = ModelDone.safeParse(jsonIn(data)).data;
  if (done === undefined) return fail("load-failed", `${node} answered for ${model} with something that is no answer.`);
  if (done.ok) return undefined;
  const kind = FailureKind.safeParse(done.kind).data;
  const says = `${node} could not do it for ${model}: ${done.error ?? "it does not say why"}`;
  return fail(kind !== undefined && ofLoads.has(kind) ? kind : "load-failed", says);
}

const ofLoads: ReadonlySet<FailureKind> = new Set([
  "load-failed",
  "out-of-memory",
  "upstream-lacks-model",
  "upstream-busy",
  "does-not-fit",
]);

/** Where nothing was given to reach NATS by: every question is answered with that. */
class Unreachable implements NodeAdapter {
  readonly #failure: Failure;

  constructor(node: string) {
    this.#failure = fail("unsupported", `${node} is reached over NATS, which this program was started without.`);
  }

  probe() {
    return Promise.resolve({ failure: this.#failure });
  }

  load() {
    return Promise.resolve(this.#failure);
  }

  unload() {
    return Promise.resolve(this.#failure);
  }

  send(_call: UpstreamCall, sink: UpstreamSink): UpstreamHandle {
    queueMicrotask(() => sink.onFailure(this.#failure));
    return { resume: () => {}, abort: () => {} };
  }

  fetchJson() {
    return Promise.resolve({ failure: this.#failure });
  }

  classify(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
