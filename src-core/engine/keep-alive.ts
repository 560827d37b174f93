// Signs of life for clients whose stream has no content yet: some give up after seconds of silence, and retry into the same load. The status
// line is held for a while first, so that a quick failure keeps its real status; from the first sign on, a failure is told inside the stream.
// One timer looks after all requests: who is answered quickly pays nothing.
import type { RequestFacts } from "../contract/route.ts";
import { wires } from "../dialects/wires.ts";
import { type Course, ownHeaders } from "./course.ts";
import type { Clock } from "./ports.ts";
import type { Roster } from "./roster.ts";
import type { Store } from "./store.ts";
import { waitWords } from "./wait-words.ts";

/** While it waits for a load or a slot: what fails at once fails within this. */
const waitGraceMs = 3_000;
/** While a node reads the prompt: most nodes that refuse have done so by then, and their status says more than a frame could. */
const prefillGraceMs = 15_000;
/** As often as apis.md 10 asks for. */
const everyMs = 5_000;
const lookEveryMs = 1_000;

export class KeepAlives {
  readonly #clock: Clock;
  readonly #courses: Roster<Course>;
  readonly #store: Pick<Store, "config" | "fleet">;
  #isWatching = false;

  constructor(clock: Clock, courses: Roster<Course>, store: Pick<Store, "config" | "fleet">) {
    this.#clock = clock;
    this.#courses = courses;
    this.#store = store;
  }

  /** A request is under way: somebody may come to wait. */
  watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#clock.after(lookEveryMs, () => this.#look());
  }

  /** It waits for a load or a slot. One that waited before keeps its place in time. */
  waits(course: Course): void {
    if (needsSigns(course.call.facts)) course.signDueAt ??= this.#clock.monotonic() + (course.reply.headSent ? everyMs : waitGraceMs);
  }

  /** It was sent, at this instant of the monotonic clock; `silenceEnds` follows with the first byte. */
  sent(course: Course, at: number): void {
    if (needsSigns(course.call.facts)) course.signDueAt = at + (course.reply.headSent ? everyMs : prefillGraceMs);
  }

  #look(): void {
    this.#isWatching = false;
    const now = this.#clock.monotonic();
    for (const course of this.#courses.all()) if (course.signDueAt !== undefined && course.signDueAt <= now) this.#tell(course, now);
    if (this.#courses.size > 0) this.watch();
  }

  #tell(course: Course, now: number): void {
    const { call, reply } = course;
    const { streamType, keepAliveFrame, waitFrame } = wires[call.facts.dialect];
    course.signDueAt = now + everyMs;
    if (!reply.headSent) reply.head(200, { ...ownHeaders(course), "content-type": streamType });
    const at = this.#clock.now();
    const says = waitFrame === undefined || call.facts.task !== "chat" ? undefined : waitWords(course, this.#store, at);
    const frame = says === undefined ? keepAliveFrame(call.facts, at) : waitFrame?.(call.facts, at, says);
    if (frame !== undefined) reply.write(Buffer.from(frame));
  }
}

/** Only a stream that people wait for needs one. */
function needsSigns({ stream, task }: RequestFacts): boolean {
  return stream && (task === "chat" || task === "completion");
}
