// What a request waits for before it is sent: a slot, a load, a machine that wakes. Each wait can be given up, is told to who watches, and keeps the
// client's stream alive.
import type { Candidate } from "../contract/route.ts";
import { expectedWaitMs } from "../domain/expected-wait.ts";
import { own } from "../domain/inventory.ts";
import { canonicalName } from "../domain/names.ts";
import { type Course, failedOn } from "./course.ts";
import type { KeepAlives } from "./keep-alive.ts";
import type { Loader } from "./loader.ts";
import type { Clock } from "./ports.ts";
import type { Store } from "./store.ts";
import type { WaitingRoom } from "./waiting-room.ts";
import type { Waker } from "./waker.ts";

/** A wait without a timer of its own is looked at again after this. */
const longestTurnMs = 5_000;

interface WaitsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly waitingRoom: WaitingRoom;
  readonly loader: Loader;
  readonly waker: Waker;
}

export class Waits {
  readonly #parts: WaitsParts;
  readonly #keepAlives: KeepAlives;

  constructor(parts: WaitsParts, keepAlives: KeepAlives) {
    this.#parts = parts;
    this.#keepAlives = keepAlives;
  }

  /** Requests for the candidate's model that have waited longer than this one. */
  ahead({ ticket }: Course, candidate: Candidate): number {
    const key = canonicalName(candidate.model);
    return ticket?.key === key ? ticket.ahead() : this.#parts.waitingRoom.waiting(key);
  }

  /** For a slot: until its turn comes, or it is time to look again. Without a candidate: for the first node that tells its models. */
  async turn(course: Course, candidate: Candidate | undefined): Promise<void> {
    this.#keepAlives.waits(course);
    const { clock, waitingRoom } = this.#parts;
    const { facts } = course.call;
    const key = canonicalName(candidate?.model ?? facts.model);
    if (course.ticket?.key !== key) {
      course.ticket?.leave();
      course.ticket = waitingRoom.enter(key, {
        client: facts.client ?? facts.agent,
        lane: facts.lane,
        deadline: course.session.deadline,
        at: facts.at,
      });
      if (candidate !== undefined) this.#queued(course, candidate, course.ticket.ahead() + 1);
    }
    const { ticket } = course;
    course.giveUp = () => ticket.leave();
    await ticket.turn(Math.max(0, Math.min(longestTurnMs, course.session.deadline - clock.now())));
    course.giveUp = undefined;
    if (course.queued !== undefined) course.queuedMs = clock.monotonic() - course.queued.since;
  }

  #queued(course: Course, { node, model }: Candidate, position: number): void {
    const { store, clock } = this.#parts;
    const found = own(store.fleet.nodes, node);
    const place = { key: canonicalName(model), readiness: "warm" as const };
    const expectedMs = found === undefined ? undefined : expectedWaitMs({ ...place, node: found }, store.fleet, clock.now(), position - 1);
    course.queued ??= { position, since: clock.monotonic(), expectedMs };
    store.record({ type: "request-queued", at: clock.now(), request: course.call.facts.id, node, model, position, expectedMs });
  }

  /** For a load, which it joins or starts. Loading puts the deadline off. */
  async load(course: Course, candidate: Candidate): Promise<void> {
    this.#keepAlives.waits(course);
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
    else failedOn(course, candidate, outcome, ms);
  }

  /** Until the machine answers, does not come, or this request's deadline has passed, which waking does not put off. */
  async wake(course: Course, candidate: Candidate): Promise<void> {
    this.#keepAlives.waits(course);
    const { clock, store, waker } = this.#parts;
    const { node, model } = candidate;
    course.ticket?.leave();
    course.ticket = undefined;
    const { id: request } = course.call.facts;
    store.record({ type: "request-waking", at: clock.now(), request, node, model });
    const began = clock.monotonic();
    let forget = () => {};
    const outcome = await waker.ensure(node, "request", (leave) => {
      course.giveUp = leave;
      forget = clock.after(Math.max(0, course.session.deadline - clock.now()), leave);
    });
    forget();
    course.giveUp = undefined;
    const ms = clock.monotonic() - began;
    course.wakeMs = (course.wakeMs ?? 0) + ms;
    store.record({ type: "request-woke", at: clock.now(), request, node, ms });
    if (outcome !== undefined && outcome !== "left") failedOn(course, candidate, outcome, ms);
  }
}
