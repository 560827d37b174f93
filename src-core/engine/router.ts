// The session loop: asks `nextStep` and obeys. The only place where a request's life is driven; each request ends exactly once.
import type { RequestOutcome, Usage } from "../contract/events.ts";
import { type Failure, fail, failureTable, statusOf } from "../contract/failure.ts";
import type { NodeId } from "../contract/ids.ts";
import type { Candidate, RouteDecision } from "../contract/route.ts";
import { wires } from "../dialects/wires.ts";
import { own } from "../domain/inventory.ts";
import { resolve } from "../domain/resolve.ts";
import { nextStep } from "../domain/session.ts";
import type { Affinity } from "./affinity.ts";
import type { AttemptEnd, HeldAnswer } from "./attempt-side.ts";
import type { ShareAsking } from "./cluster/budget-shares.ts";
import { type Course, failedOn, failureHeaders, newCourse, ownHeaders, withAttempts } from "./course.ts";
import type { ClientReply, InferenceCall, RefuseWith } from "./exchange.ts";
import { placeImages, takesOnlyBytes } from "./inline-images.ts";
import { KeepAlives } from "./keep-alive.ts";
import type { Loader } from "./loader.ts";
import type { Money } from "./money.ts";
import { Parallelism } from "./parallelism.ts";
import type { Poller } from "./poller.ts";
import type { Clock, ImageFetcher, NodeAdapter } from "./ports.ts";
import { Retries } from "./retries.ts";
import { Roster } from "./roster.ts";
import { Sending } from "./sending.ts";
import type { Store } from "./store.ts";
import type { WaitingRoom } from "./waiting-room.ts";
import { Waits } from "./waits.ts";
import type { Waker } from "./waker.ts";

export interface RouterParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly loader: Loader;
  readonly poller: Poller;
  readonly waker: Waker;
  readonly waitingRoom: WaitingRoom;
  readonly money: Money;
  /** Of budgets that other gateways use too; absent: there are none. */
  readonly shares?: ShareAsking | undefined;
  readonly affinity: Affinity;
  readonly images: ImageFetcher;
  readonly adapterOf: (node: NodeId) => NodeAdapter | undefined;
  readonly refuse: RefuseWith;
}

export class Router {
  readonly #parts: RouterParts & { readonly parallelism: Parallelism; readonly retries: Retries };
  readonly #courses = new Roster<Course>();
  readonly #keepAlives: KeepAlives;
  readonly #waits: Waits;

  constructor(parts: RouterParts) {
    this.#parts = { ...parts, parallelism: new Parallelism(), retries: new Retries() };
    this.#keepAlives = new KeepAlives(parts.clock, this.#courses, parts.store);
    this.#waits = new Waits(parts, this.#keepAlives);
  }

  /** Requests under way. */
  get running(): number {
    return this.#courses.size;
  }

  /** Drives one request to its end. Never rejects: a bug ends the request as `internal` and is thrown on for the log. */
  async route(call: InferenceCall, reply: ClientReply): Promise<void> {
    const { facts } = call;
    const { store, clock, poller, affinity } = this.#parts;
    const resolution = resolve(facts, store);
    const now = clock.now();
    const course = newCourse(call, reply, "kind" in resolution ? undefined : resolution, affinity.hint(facts.conversation, now));
    this.#courses.add(course);
    this.#keepAlives.watch();
    store.record({ type: "request-received", at: now, facts });
    poller.traffic();
    reply.onGone(() => this.#leave(course));
    try {
      if ("kind" in resolution) this.#fail(course, resolution);
      else {
        if (resolution.because !== "model" || resolution.chain.length > 1)
          store.record({ type: "request-resolved", at: now, request: facts.id, resolution });
        await this.#drive(course);
      }
    } catch (bug) {
      this.#fail(course, fail("internal", "Homeport failed inside; its log has the details."));
      throw bug;
    } finally {
      course.ticket?.leave();
      this.#parts.retries.end(course);
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
    course.signDueAt = undefined;
    course.giveUp?.();
  }

  async #drive(course: Course): Promise<void> {
    const { store } = this.#parts;
    const ahead = (candidate: Candidate) => this.#waits.ahead(course, candidate);
    for (;;) {
      const asked = this.#parts.shares?.ready(course.call.facts, course.session.resolution.chain);
      if (asked !== undefined) await asked;
      if (course.gone) return this.#clientGone(course);
      const step = nextStep(course.session, store.world(), ahead);
      course.session = step.session;
      if (step.decision !== undefined) this.#decided(course, step.decision);
      const spent = step.do === "fail" ? undefined : this.#outOfRetries(course);
      if (spent !== undefined) return this.#fail(course, spent);
      switch (step.do) {
        case "fail":
          return this.#fail(course, step.failure);
        case "wait":
          await this.#waits.turn(course, step.candidate);
          break;
        case "load":
          await this.#waits.load(course, step.candidate);
          break;
        case "wake":
          await this.#waits.wake(course, step.candidate);
          break;
        case "send":
          if (course.call.facts.imageUrls === true && takesOnlyBytes(own(store.fleet.nodes, step.candidate.node))) {
            this.#keepAlives.waits(course);
            const failure = await placeImages(course, this.#parts.images, store.config.images);
            if (failure !== undefined && !course.gone) return this.#fail(course, failure);
            // Fetching took its time: where to send is judged anew.
            break;
          }
          for (let sending = this.#sendingTo(course, step.candidate); sending !== undefined; ) {
            const end = await sending.begin();
            sending.account(end);
            if (this.#settle(course, step.candidate, end)) return;
            // One repair on the same node before leaving it: the model is told what was wrong with its answer.
            const repair = end.state === "failed" && !course.gone ? end.repair : undefined;
            sending = repair === undefined ? undefined : this.#sendingTo(course, step.candidate, repair);
          }
      }
    }
  }

  /** When too many requests are being tried again, the first error is the answer: retries must not bury a house that is already in trouble. */
  #outOfRetries(course: Course): Failure | undefined {
    const { failures } = course.session;
    const last = failures.at(-1)?.failure;
    if (last === undefined || failureTable[last.kind].next !== "other-node") return undefined;
    return this.#parts.retries.begin(course, this.#courses.size) ? undefined : failures[0]?.failure;
  }

  /** Recorded when it changes: a waiter that is judged again tells nothing new. */
  #decided(course: Course, decision: RouteDecision): void {
    const before = course.decision?.candidates[0];
    const now = decision.candidates[0];
    const isSame = before !== undefined && before.node === now?.node && before.model === now.model;
    if (isSame && course.decision?.relaxed === decision.relaxed) return;
    course.decision = decision;
    this.#parts.store.record({ type: "route-decided", at: this.#parts.clock.now(), request: course.call.facts.id, decision });
  }

  /** Undefined where the node left the configuration a moment ago, or its answer could not be judged: the next step goes elsewhere, or ends. */
  #sendingTo(course: Course, candidate: Candidate, repair?: Buffer): Sending | undefined {
    const adapter = this.#parts.adapterOf(candidate.node);
    if (adapter === undefined) {
      failedOn(course, candidate, fail("connect-failed", `${candidate.node} is no longer configured.`, { node: candidate.node }));
      return undefined;
    }
    course.attempts += 1;
    course.node = candidate.node;
    course.model = candidate.model;
    const sending = new Sending(this.#parts, course, candidate, adapter, repair);
    this.#keepAlives.sent(course, sending.sentAt);
    if (sending.refused === undefined) return sending;
    failedOn(course, candidate, sending.refused);
    return undefined;
  }

  /** True when the request is over. */
  #settle(course: Course, candidate: Candidate, end: AttemptEnd): boolean {
    switch (end.state) {
      case "answered":
        this.#parts.affinity.keep(course.call.facts.conversation, candidate.node, this.#parts.clock.now());
        this.#finished(course, end.outcome, end.status, end.failure, end.usage);
        return true;
      case "client-gone":
        this.#clientGone(course);
        return true;
      case "failed":
        course.held = end.held;
        if (end.failure.kind === "refused" && end.held !== undefined)
          course.refused ??= { answer: end.held, node: candidate.node, model: candidate.model };
        failedOn(course, candidate, end.failure, end.ms);
        return false;
    }
  }

  #clientGone(course: Course): void {
    this.#finished(course, "client-gone", 499);
  }

  #finished(course: Course, outcome: RequestOutcome, status: number, failure?: Failure, usage?: Usage): void {
    course.signDueAt = undefined;
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

  /** Nothing was released yet: the failure is the whole answer, unless a model's refusal was kept or the node's own 4xx says it better (F23). */
  #fail(course: Course, failure: Failure): void {
    const { held, refused } = course;
    if (refused !== undefined) {
      course.node = refused.node;
      course.model = refused.model;
      return this.#release(course, refused.answer, "ok");
    }
    // In a dialect the client does not read, the node's own words would not be read either.
    const isReadable = course.translation === undefined && !course.reply.headSent;
    if (failure.kind === "upstream-rejected" && held !== undefined && isReadable) return this.#release(course, held, "failed", failure);
    this.#finished(course, "failed", statusOf(failure), failure);
    // The client was told that it waits: the failure is a frame of its stream, and no terminator follows.
    if (course.reply.headSent) return course.reply.end(Buffer.from(wires[course.call.facts.dialect].failureFrame(failure)));
    this.#parts.refuse(course.reply, withAttempts(failure, course), failureHeaders(course));
  }

  #release(course: Course, { status, contentType, body }: HeldAnswer, outcome: RequestOutcome, failure?: Failure): void {
    const { reply } = course;
    this.#finished(course, outcome, status, failure);
    if (!reply.headSent) reply.head(status, { ...ownHeaders(course), "content-type": contentType, "content-length": String(body.length) });
    reply.end(body);
  }
}
