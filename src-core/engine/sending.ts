// One attempt of a course: what it sends, what it tells the fleet, and how long it may take. Made per attempt, and handed to the attempt as
// its input, so that a call costs one object and not a handful of closures.
import type { Usage } from "../contract/events.ts";
import { type Failure, failureTable } from "../contract/failure.ts";
import type { Node } from "../contract/fleet.ts";
import { type AttemptId, mintAttemptId, type NodeId, type RequestId } from "../contract/ids.ts";
import type { Candidate, ChainLink, Task } from "../contract/route.ts";
import type { Repair } from "../contract/routing.ts";
import type { Wire } from "../dialects/wire.ts";
import { wires } from "../dialects/wires.ts";
import { workOf } from "../domain/breakers.ts";
import { entryOn, own } from "../domain/inventory.ts";
import { expectedLoadMs } from "../domain/loads.ts";
import { canonicalName } from "../domain/names.ts";
import { linkOf, lostDeliveries } from "../domain/session.ts";
import { mayBeCut, type Truncation, truncationIn } from "../domain/truncation.ts";
import { attempt } from "./attempt.ts";
import type { AttemptEnd, AttemptInput, AttemptLimits } from "./attempt-side.ts";
import { type Course, ownHeaders } from "./course.ts";
import type { ClientReply } from "./exchange.ts";
import type { Gate } from "./gate.ts";
import { loadPatience } from "./load-call.ts";
import type { Money, Reservation } from "./money.ts";
import type { Parallelism } from "./parallelism.ts";
import type { Poller } from "./poller.ts";
import type { Clock, NodeAdapter, UpstreamCall } from "./ports.ts";
import { preparedCall } from "./prepared-call.ts";
import type { Retries } from "./retries.ts";
import type { Store } from "./store.ts";
import type { Translation } from "./translated-answer.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** Prompt processing may take this long per token before the first byte of a stream is overdue. */
const prefillMsPerToken = 10;

export interface SendingParts {
  readonly store: Store;
  readonly money: Money;
  readonly clock: Clock;
  readonly poller: Poller;
  readonly waitingRoom: WaitingRoom;
  readonly parallelism: Parallelism;
  readonly retries: Retries;
}

export class Sending implements AttemptInput {
  readonly node: NodeId;
  readonly adapter: NodeAdapter;
  readonly call: UpstreamCall;
  readonly wire: Wire;
  readonly task: Task;
  readonly reply: ClientReply;
  readonly clock: Clock;
  readonly echo: ((bytes: Buffer) => Buffer) | undefined;
  readonly limits: AttemptLimits;
  /** Judges the answer before it is released, where the link's profile has a gate. */
  readonly gate: Gate | undefined;
  /** Nothing is to be sent: the prompt is too long however it is cut, or the answer could not be judged by what the request asks. */
  readonly refused: Failure | undefined;
  /** The node speaks another dialect than the client, or its answer is to be repaired. */
  readonly translation: Translation | undefined;
  /** On the monotonic clock. */
  readonly sentAt: number;
  readonly #parts: SendingParts;
  readonly #course: Course;
  readonly #candidate: Candidate;
  readonly #id: AttemptId;
  /** An estimate of what is sent. */
  readonly #promptTokens: number;
  /** Node and model: what runs together. Undefined where slots are declared: there is nothing to learn. */
  readonly #running: string | undefined;
  #reservation: Reservation | undefined;

  /** `repair`: sent instead of the client's body, to ask once more for an answer that keeps to its schema. */
  constructor(parts: SendingParts, course: Course, candidate: Candidate, adapter: NodeAdapter, repair?: Buffer) {
    const { facts } = course.call;
    const { store, clock } = parts;
    const node = own(store.fleet.nodes, candidate.node);
    const prepared = preparedCall(parts, course, candidate, node, repair);
    course.inCloud = node?.place === "cloud";
    course.leftOut = prepared.leftOut;
    course.translation = prepared.translated;
    this.#parts = parts;
    this.#course = course;
    this.#candidate = candidate;
    this.#id = mintAttemptId(`${facts.id}.${course.attempts}`);
    this.#promptTokens = prepared.promptTokens;
    this.#running = learnsSlots(node, candidate.model) ? `${candidate.node}\n${candidate.model}` : undefined;
    this.sentAt = clock.monotonic();
    this.node = candidate.node;
    this.adapter = adapter;
    this.call = prepared.call;
    this.translation = prepared.translation;
    this.gate = prepared.gate;
    this.refused = prepared.refused;
    this.wire = wires[facts.dialect];
    this.task = facts.task;
    this.reply = course.reply;
    this.clock = clock;
    this.echo = prepared.echo;
    this.limits = this.#limitsOf(linkOf(course.session));
    if (prepared.keptTokens !== undefined) this.#tellGuarded(prepared.keptTokens);
  }

  get requestId(): RequestId {
    return this.#course.call.facts.id;
  }

  get deadline(): number {
    return this.#course.session.deadline;
  }

  get lost(): number {
    return lostDeliveries(this.#course.session);
  }

  /** Tells whose smaller context was not taken, so that nobody wonders (demands.md 3.12). */
  #tellGuarded(keptTokens: number): void {
    const { id: request, contextTokens: wantedTokens, client } = this.#course.call.facts;
    const { node, model } = this.#candidate;
    const at = this.#parts.clock.now();
    this.#parts.store.record({ type: "context-guarded", at, request, node, model, wantedTokens, keptTokens, client });
  }

  /** Sets money aside, tells that it starts, gives up the place in the queue, and sends. */
  begin(): Promise<AttemptEnd> {
    const { store, clock, parallelism, money } = this.#parts;
    const { node, model } = this.#candidate;
    this.#reservation = money.reserve(this.#candidate, this.#course.call.facts, linkOf(this.#course.session));
    const work = workOf(this.#course.call.facts);
    store.record({
      type: "attempt-started",
      at: clock.now(),
      request: this.#course.call.facts.id,
      attempt: this.#id,
      node,
      model,
      work,
      translation: this.#course.translation,
      place: this.#course.inCloud ? "cloud" : undefined,
    });
    const { leftOut: dropped } = this.#course;
    if (dropped !== undefined)
      store.record({ type: "context-rescued", at: clock.now(), request: this.#course.call.facts.id, node, model, dropped });
    if (this.#running !== undefined) parallelism.started(this.#running, this.#id);
    // The place is given up only now, after the slot was taken: whoever is next judges a true count.
    this.#course.ticket?.leave(true);
    this.#course.ticket = undefined;
    const sent = attempt(this);
    this.#course.giveUp = sent.abandon;
    return sent.end;
  }

  /** The node's share of the outcome: exactly once per attempt. */
  account(end: AttemptEnd): void {
    const { store, clock, poller, parallelism, waitingRoom } = this.#parts;
    const { node, model } = this.#candidate;
    this.#course.giveUp = undefined;
    if (this.#running !== undefined) parallelism.ended(this.#running, this.#id);
    if (this.#reservation !== undefined) settle(this.#reservation, end);
    const failure = end.state === "client-gone" ? undefined : end.failure;
    const verdict = verdictOf(end, failure);
    if (this.translation?.repairs !== undefined) this.#tellRepaired(this.translation.repairs.applied);
    if (end.state === "answered" && end.usage !== undefined) this.#tellTruncated(end.usage);
    store.record({
      type: "attempt-finished",
      at: clock.now(),
      request: this.#course.call.facts.id,
      attempt: this.#id,
      node,
      model,
      work: workOf(this.#course.call.facts),
      verdict,
      failure,
    });
    waitingRoom.freed(canonicalName(model));
    if (failure !== undefined && isNews(failure)) void poller.probe(node);
  }

  headers(nodes: Readonly<Record<string, string>>, whole = false, usage?: Usage): Record<string, string> {
    const headers = ownHeaders(this.#course, { ...nodes });
    if (!whole) return headers;
    const repaired = this.translation?.repairs?.applied ?? [];
    if (repaired.length > 0) headers["x-homeport-repaired"] = repaired.join(", ");
    const cut = usage === undefined ? undefined : this.#truncation(usage);
    if (cut !== undefined)
      headers["x-homeport-warning"] = `prompt-truncated: the node read ${cut.sawTokens} of about ${cut.estimatedTokens} tokens`;
    return headers;
  }

  #tellRepaired(repairs: readonly Repair[]): void {
    const { store, clock } = this.#parts;
    if (repairs.length > 0) store.record({ type: "answer-repaired", at: clock.now(), request: this.#course.call.facts.id, repairs });
  }

  #tellTruncated(usage: Usage): void {
    const cut = this.#truncation(usage);
    if (cut === undefined) return;
    const { store, clock } = this.#parts;
    const { node, model } = this.#candidate;
    store.record({ type: "prompt-truncated", at: clock.now(), request: this.#course.call.facts.id, node, model, ...cut });
  }

  #truncation(usage: Usage): Truncation | undefined {
    if (!mayBeCut(usage, this.#promptTokens)) return undefined;
    const node = own(this.#parts.store.fleet.nodes, this.node);
    const entry = node === undefined ? undefined : entryOn(node, canonicalName(this.#candidate.model));
    return truncationIn(usage, this.#course.call.facts, this.#promptTokens, entry);
  }

  onFirstByte(): void {
    const { store, clock, parallelism, retries } = this.#parts;
    const { node: id, model } = this.#candidate;
    const waitedMs = clock.monotonic() - this.sentAt;
    this.#course.firstByteMs = waitedMs;
    this.#course.signDueAt = undefined;
    retries.end(this.#course);
    store.record({ type: "first-byte", at: clock.now(), request: this.#course.call.facts.id, attempt: this.#id });
    if (this.#running === undefined) return;
    const slots = parallelism.proven(this.#running, this.#id, waitedMs);
    const node = slots < 2 ? undefined : own(store.fleet.nodes, id);
    if (node === undefined || slots <= (own(node.learnedSlots, canonicalName(model)) ?? 1)) return;
    store.record({ type: "slots-learned", at: clock.now(), node: id, model, slots });
  }

  /** A model that we sent to as warm, and that the node has cold by now, is being loaded by the node itself: not silence, but a cold load (F38). */
  loadPatienceMs(): number {
    const { store, clock } = this.#parts;
    const node = own(store.fleet.nodes, this.#candidate.node);
    const key = canonicalName(this.#candidate.model);
    const state = node === undefined ? undefined : entryOn(node, key)?.residency.state;
    if (node === undefined || state === undefined || state === "warm" || state === "sleeping") return 0;
    const usualMs = expectedLoadMs(own(node.history, key)) ?? 0;
    return Math.min(this.#course.session.deadline - clock.now(), Math.max(store.config.loads.minSeconds * 1000, usualMs * loadPatience));
  }

  #limitsOf({ timeoutMs }: ChainLink): AttemptLimits {
    const { store, clock } = this.#parts;
    const { facts } = this.#course.call;
    const { requests } = store.config;
    const left = Math.max(0, this.#course.session.deadline - clock.now());
    const firstByte = facts.stream ? requests.firstByteSeconds * 1000 + facts.promptTokens * prefillMsPerToken : left;
    return {
      firstByteMs: Math.min(left, firstByte),
      firstByteIsDeadline: firstByte >= left,
      answerMs: timeoutMs,
      betweenChunksMs: requests.betweenChunksSeconds * 1000,
      clientStallMs: requests.clientStallSeconds * 1000,
    };
  }
}

/** What was answered was paid for, also where nobody saw it: an answer turned away, or one whose client had left. */
function settle(reservation: Reservation, end: AttemptEnd): void {
  if (end.state === "answered" || (end.state === "client-gone" && end.answered)) reservation.settle(end.usage);
  else if (end.state === "failed" && (end.usage !== undefined || end.held?.status === 200)) reservation.settle(end.usage);
  else reservation.release();
}

/** The node's list was wrong, or the node is: it is asked rather than waited for. */
function isNews({ kind }: Failure): boolean {
  return failureTable[kind].against !== "nobody" || kind === "upstream-unable";
}

/** Neither the person nor the node says how many requests it serves at once. */
function learnsSlots(node: Node | undefined, model: string): boolean {
  return node !== undefined && node.slots === undefined && own(node.models, canonicalName(model))?.slots === undefined;
}

/** Ends that are not of the node's making. */
const saysNothing: ReadonlySet<Failure["kind"]> = new Set(["deadline-exceeded", "cancelled", "answer-timeout", "interrupted"]);

function verdictOf(end: AttemptEnd, failure: Failure | undefined): "good" | "bad" | "inconclusive" {
  if (end.state === "client-gone") return end.answered ? "good" : "inconclusive";
  if (failure === undefined) return "good";
  if (saysNothing.has(failure.kind)) return "inconclusive";
  // An error blamed on the request still proves the node alive.
  return failureTable[failure.kind].against === "nobody" ? "good" : "bad";
}
