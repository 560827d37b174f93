// The session loop: asks `nextStep` and obeys. The only place where a request's life is driven; each request ends exactly once.
import type { RequestOutcome, Usage } from "../contract/events.ts";
import { type Failure, fail, failureTable } from "../contract/failure.ts";
import { type AttemptId, mintAttemptId, type NodeId } from "../contract/ids.ts";
import type { Candidate, RouteDecision } from "../contract/route.ts";
import { wires } from "../dialects/wires.ts";
import { entryOn } from "../domain/decide.ts";
import { own } from "../domain/inventory.ts";
import { expectedLoadMs } from "../domain/loads.ts";
import { canonicalName } from "../domain/names.ts";
import { nextStep, type Step } from "../domain/session.ts";
import { type AttemptEnd, attempt } from "./attempt.ts";
import { asHeader, type Course, newCourse, ownHeaders } from "./course.ts";
import type { ClientReply, InferenceCall, RefuseWith } from "./exchange.ts";
import { type Loader, loadPatience } from "./loader.ts";
import { Parallelism } from "./parallelism.ts";
import type { Poller } from "./poller.ts";
import type { Clock, NodeAdapter } from "./ports.ts";
import { Roster } from "./roster.ts";
import type { Store } from "./store.ts";
import { echoOf, upstreamCall } from "./upstream-call.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** Prompt processing may take this long per token before the first byte of a stream is overdue. */
const prefillMsPerToken = 10;
/** A wait without a timer of its own is looked at again after this. */
const longestTurnMs = 5_000;

export interface RouterParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly loader: Loader;
  readonly poller: Poller;
  readonly waitingRoom: WaitingRoom;
  readonly adapterOf: (node: NodeId) => NodeAdapter | undefined;
  readonly refuse: RefuseWith;
}

export class Router {
  readonly #parts: RouterParts;
  readonly #parallelism = new Parallelism();
  readonly #courses = new Roster<Course>();

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  /** Requests under way. */
  get running(): number {
    return this.#courses.size;
  }

  /** Drives one request to its end. Never rejects: a bug ends the request as `internal` and is thrown on for the log. */
  async route(call: InferenceCall, reply: ClientReply): Promise<void> {
    const { facts } = call;
    const course = newCourse(call, reply);
    this.#courses.add(course);
    this.#parts.store.record({ type: "request-received", at: this.#parts.clock.now(), facts });
    this.#parts.poller.traffic();
    reply.onGone(() => this.#leave(course));
    try {
      await this.#drive(course);
    } catch (bug) {
      this.#fail(course, fail("internal", "Homeport failed inside; its log has the details."));
      throw bug;
    } finally {
      course.ticket?.leave();
      this.#courses.remove(course);
    }
  }

  /** Ends a request by the user's wish. False when it is not running. */
  cancel(request: string): boolean {
    const course = this.#courses.all().find(({ call }) => call.facts.id === request);
    if (course === undefined) return false;
    this.#leave(course);
    course.reply.destroy();
    return true;
  }

  /** Ends everything that still runs: the last step of a drain. */
  cancelAll(): void {
    for (const { call } of this.#courses.all()) this.cancel(call.facts.id);
  }

  #leave(course: Course): void {
    course.gone = true;
    course.giveUp?.();
  }

  async #drive(course: Course): Promise<void> {
    const { store, waitingRoom } = this.#parts;
    const key = canonicalName(course.call.facts.model);
    for (;;) {
      if (course.gone) return this.#clientGone(course);
      const ahead = course.ticket === undefined ? waitingRoom.waiting(key) : course.ticket.ahead();
      const step = nextStep(course.session, store.world(), ahead);
      if (step.decision !== undefined) this.#decided(course, step.decision);
      if (step.do === "fail") return this.#fail(course, step.failure);
      if (step.do === "wait") await this.#wait(course, key, step);
      else if (step.do === "load") await this.#load(course, step.candidate);
      else if (await this.#send(course, step.candidate)) return;
    }
  }

  /** Recorded when it changes: a waiter that is judged again tells nothing new. */
  #decided(course: Course, decision: RouteDecision): void {
    const before = course.decision?.candidates[0];
    const now = decision.candidates[0];
    if (before !== undefined && before.node === now?.node && before.model === now.model) return;
    course.decision = decision;
    this.#parts.store.record({ type: "route-decided", at: this.#parts.clock.now(), request: course.call.facts.id, decision });
  }

  async #wait(course: Course, key: string, step: Extract<Step, { do: "wait" }>): Promise<void> {
    const { clock, store, waitingRoom } = this.#parts;
    if (course.ticket === undefined) {
      course.ticket = waitingRoom.enter(key);
      const { candidate } = step;
      if (candidate !== undefined) {
        const position = course.ticket.ahead() + 1;
        store.record({
          type: "request-queued",
          at: clock.now(),
          request: course.call.facts.id,
          node: candidate.node,
          model: candidate.model,
          position,
        });
      }
    }
    const { ticket } = course;
    course.giveUp = () => ticket.leave();
    await ticket.turn(Math.max(0, Math.min(longestTurnMs, course.session.deadline - clock.now())));
    course.giveUp = undefined;
  }

  async #load(course: Course, candidate: Candidate): Promise<void> {
    const { clock, store, loader } = this.#parts;
    const { facts } = course.call;
    course.ticket?.leave();
    course.ticket = undefined;
    store.record({ type: "request-loading", at: clock.now(), request: facts.id, node: candidate.node, model: candidate.model });
    const began = clock.monotonic();
    const options = { contextTokens: facts.contextTokens, keepAlive: facts.keepAlive };
    const wish = { node: candidate.node, model: candidate.model, options, by: "request" as const };
    const outcome = await loader.ensure(wish, (leave) => {
      course.giveUp = leave;
    });
    course.giveUp = undefined;
    const ms = clock.monotonic() - began;
    if (outcome === "left") return;
    course.coldLoadMs = (course.coldLoadMs ?? 0) + ms;
    course.session = { ...course.session, loads: course.session.loads + 1, deadline: course.session.deadline + ms };
    if (outcome === undefined) store.record({ type: "request-loaded", at: clock.now(), request: facts.id, ms });
    else this.#failed(course, candidate, outcome);
  }

  #failed(course: Course, candidate: Candidate, failure: Failure): void {
    const { session } = course;
    course.session = { ...session, failures: [...session.failures, failure], tried: new Set([...session.tried, candidate.node]) };
  }

  /** True when the request is over. */
  async #send(course: Course, candidate: Candidate): Promise<boolean> {
    const { store, clock, adapterOf } = this.#parts;
    const { facts } = course.call;
    const adapter = adapterOf(candidate.node);
    if (adapter === undefined) {
      this.#failed(course, candidate, fail("connect-failed", `${candidate.node} is no longer configured.`, { node: candidate.node }));
      return false;
    }
    course.attempts += 1;
    course.node = candidate.node;
    course.model = candidate.model;
    const id = mintAttemptId(`${facts.id}.${course.attempts}`);
    const running = `${candidate.node}\n${canonicalName(candidate.model)}`;
    store.record({
      type: "attempt-started",
      at: clock.now(),
      request: facts.id,
      attempt: id,
      node: candidate.node,
      model: candidate.model,
    });
    this.#parallelism.started(running, id);
    // The place is given up only now, after the slot was taken: whoever is next judges a true count.
    course.ticket?.leave();
    course.ticket = undefined;
    const sent = attempt(this.#attemptInput(course, candidate, adapter, id, running));
    course.giveUp = sent.abandon;
    const end = await sent.end;
    course.giveUp = undefined;
    this.#parallelism.ended(running, id);
    this.#account(course, candidate, id, end);
    return this.#settle(course, candidate, end);
  }

  #attemptInput(course: Course, candidate: Candidate, adapter: NodeAdapter, id: AttemptId, running: string) {
    const { store, clock } = this.#parts;
    const { facts } = course.call;
    const { requests } = store.config;
    const sentAt = clock.monotonic();
    const left = Math.max(0, course.session.deadline - clock.now());
    const firstByte = requests.firstByteSeconds * 1000 + facts.promptTokens * prefillMsPerToken;
    const firstByteIsDeadline = !facts.stream || firstByte >= left;
    const rename = candidate.model !== facts.model && own(store.fleet.nodes, candidate.node)?.can.anySpelling !== true;
    return {
      node: candidate.node,
      adapter,
      call: upstreamCall(course.call, candidate, rename),
      wire: wires[facts.dialect],
      task: facts.task,
      reply: course.reply,
      clock,
      headers: () => ({ ...ownHeaders(course), "x-homeport-node": candidate.node, "x-homeport-model": asHeader(candidate.model) }),
      echo: !rename ? undefined : echoOf(candidate.model, facts.model),
      onFirstByte: () => this.#firstByte(course, candidate, id, running, clock.monotonic() - sentAt),
      limits: {
        firstByteMs: firstByteIsDeadline ? left : firstByte,
        firstByteIsDeadline,
        betweenChunksMs: requests.betweenChunksSeconds * 1000,
        clientStallMs: requests.clientStallSeconds * 1000,
      },
      loadPatienceMs: () => this.#loadPatienceMs(course, candidate),
    };
  }

  /** A model that we sent to as warm, and that the node has cold by now, is being loaded by the node itself: not silence, but a cold load (F38). */
  #loadPatienceMs(course: Course, { node: id, model }: Candidate): number {
    const { store, clock } = this.#parts;
    const node = own(store.fleet.nodes, id);
    const state = node === undefined ? undefined : entryOn(node, canonicalName(model))?.residency.state;
    if (node === undefined || state === undefined || state === "warm" || state === "sleeping") return 0;
    const usualMs = expectedLoadMs(own(node.history, canonicalName(model))) ?? 0;
    return Math.min(course.session.deadline - clock.now(), Math.max(store.config.loads.minSeconds * 1000, usualMs * loadPatience));
  }

  #firstByte(course: Course, candidate: Candidate, id: AttemptId, running: string, waitedMs: number): void {
    const { store, clock } = this.#parts;
    course.firstByteMs = waitedMs;
    store.record({ type: "first-byte", at: clock.now(), request: course.call.facts.id, attempt: id });
    const slots = this.#parallelism.proven(running, id, waitedMs);
    const node = own(store.fleet.nodes, candidate.node);
    if (slots < 2 || node === undefined || slots <= (own(node.learnedSlots, canonicalName(candidate.model)) ?? 1)) return;
    store.record({ type: "slots-learned", at: clock.now(), node: candidate.node, model: candidate.model, slots });
  }

  /** The node's share of the outcome: exactly once per attempt. */
  #account(course: Course, candidate: Candidate, id: AttemptId, end: AttemptEnd): void {
    const { store, clock, poller } = this.#parts;
    const failure = end.state === "client-gone" ? undefined : end.failure;
    const verdict = verdictOf(end, failure);
    const { node, model } = candidate;
    store.record({ type: "attempt-finished", at: clock.now(), request: course.call.facts.id, attempt: id, node, model, verdict, failure });
    this.#freed(canonicalName(course.call.facts.model), candidate);
    // The node's list was wrong, or the node is: ask it rather than wait for the next round.
    if (failure !== undefined && failureTable[failure.kind].against !== "nobody") void poller.probe(node);
  }

  /** A slot of the model is free under every name it has there. */
  #freed(key: string, { node: id }: Candidate): void {
    const { store, waitingRoom } = this.#parts;
    waitingRoom.freed(key);
    const node = own(store.fleet.nodes, id);
    const entry = node === undefined ? undefined : entryOn(node, key);
    if (entry?.aliases === undefined) return;
    for (const name of [entry.id, ...entry.aliases]) if (canonicalName(name) !== key) waitingRoom.freed(canonicalName(name));
  }

  #settle(course: Course, candidate: Candidate, end: AttemptEnd): boolean {
    switch (end.state) {
      case "answered": {
        const { outcome, status, failure, usage } = end;
        this.#finished(course, outcome, status, failure, usage);
        return true;
      }
      case "client-gone":
        this.#clientGone(course);
        return true;
      case "failed":
        course.held = end.held;
        this.#failed(course, candidate, end.failure);
        return false;
    }
  }

  #clientGone(course: Course): void {
    this.#finished(course, "client-gone", 499);
  }

  #finished(course: Course, outcome: RequestOutcome, status: number, failure?: Failure, usage?: Usage): void {
    const { facts } = course.call;
    const { node, attempts, firstByteMs } = course;
    const at = this.#parts.clock.now();
    this.#parts.store.record({
      type: "request-finished",
      at,
      request: facts.id,
      facts,
      node,
      attempts,
      firstByteMs,
      outcome,
      status,
      failure,
      usage,
    });
  }

  /** Nothing was released yet: the failure is the whole answer. A node's own 4xx goes out as the node wrote it (F23). */
  #fail(course: Course, failure: Failure): void {
    const { reply, held } = course;
    const headers = ownHeaders(course);
    const status = failure.kind === "upstream-rejected" && held !== undefined ? held.status : failureTable[failure.kind].status;
    this.#finished(course, "failed", status, failure);
    if (failure.kind === "upstream-rejected" && held !== undefined) {
      reply.head(held.status, { ...headers, "content-type": held.contentType, "content-length": String(held.body.length) });
      reply.end(held.body);
    } else this.#parts.refuse(reply, failure, headers);
  }
}

function verdictOf(end: AttemptEnd, failure: Failure | undefined): "good" | "bad" | "inconclusive" {
  if (end.state === "client-gone") return end.answered ? "good" : "inconclusive";
  if (failure === undefined) return "good";
  if (failure.kind === "deadline-exceeded" || failure.kind === "cancelled") return "inconclusive";
  // An error blamed on the request still proves the node alive.
  return failureTable[failure.kind].against === "nobody" ? "good" : "bad";
}
