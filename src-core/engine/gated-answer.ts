// A streamed answer that is judged before it is released. Until the gate is sure, whole frames are held in the order they came, each looked at once;
// then they go out as they were and the rest of the stream passes as any other (`stream-answer.ts`).
import { fail } from "../contract/failure.ts";
import type { AttemptSide, HeldAnswer } from "./attempt-side.ts";
import { framesIn, join, lastFrameEnd } from "./frames.ts";
import type { Gate, StreamGate } from "./gate.ts";
import { endsWhole, longestFrameBytes, StreamAnswer } from "./stream-answer.ts";

/** Enough for the finish, usage and done frames. */
const endBytes = 16_384;

export class GatedStream extends StreamAnswer {
  readonly #attempt: AttemptSide;
  readonly #gate: StreamGate;
  #frames: Buffer[] = [];
  /** The beginning of a frame whose end has not come yet. */
  #rest: Buffer | undefined;

  constructor(attempt: AttemptSide, gate: Gate) {
    super(attempt);
    this.#attempt = attempt;
    this.#gate = gate.stream();
  }

  override onData(chunk: Buffer): boolean {
    return this.#attempt.committed ? super.onData(chunk) : this.#judge(chunk);
  }

  override onEnd(): void {
    if (this.#attempt.committed) super.onEnd();
    else this.#ended();
  }

  #judge(chunk: Buffer): boolean {
    const { wire, node } = this.#attempt.input;
    const bytes = join(this.#rest, chunk);
    const whole = lastFrameEnd(bytes, wire.frameEnd);
    this.#rest = whole < bytes.length ? bytes.subarray(whole) : undefined;
    if ((this.#rest?.length ?? 0) > longestFrameBytes) {
      this.#attempt.fail(fail("malformed-reply", `${node} sent an event without an end.`));
      return true;
    }
    if (whole === 0) return true;
    const fresh = bytes.subarray(0, whole);
    this.#frames.push(fresh);
    for (const frame of framesIn(fresh, wire.frameEnd)) {
      const told = wire.failureIn(frame);
      if (told !== undefined) {
        this.#attempt.fail(told);
        return true;
      }
      this.heldFrames += 1;
      const next = this.#gate.push(frame);
      if (next === "release") return this.#release();
      if (next === "hold") continue;
      if (!next.ok) this.#attempt.fail(next.failure);
      return true;
    }
    return true;
  }

  /** Everything held goes out; what is no whole frame yet stays behind, as in any stream. */
  #release(): boolean {
    const held = Buffer.concat(this.#frames);
    const rest = this.#rest;
    this.#frames = [];
    this.#rest = undefined;
    this.#attempt.commit();
    const open = held.length === 0 || this.#attempt.write(held);
    if (rest !== undefined) super.onData(rest);
    return open;
  }

  #ended(): void {
    const { wire, task, node, echo } = this.#attempt.input;
    const rest = this.#rest;
    const last = rest?.toString("utf8").trim() ?? "";
    const told = last === "" ? undefined : wire.failureIn(last);
    if (told !== undefined) return this.#attempt.fail(told);
    const held = Buffer.concat(rest === undefined ? this.#frames : [...this.#frames, rest]);
    const end = held.subarray(Math.max(0, held.length - endBytes)).toString("utf8");
    if (!endsWhole(rest) || !wire.terminated(end, task))
      return this.#attempt.fail(fail("stream-broken", `${node} ended its answer without finishing it.`));
    if (last !== "") this.#gate.push(last);
    const verdict = this.#gate.end();
    if (!verdict.ok) {
      const kept: HeldAnswer = {
        status: this.#attempt.head.status,
        contentType: this.#attempt.head.headers["content-type"] ?? "text/event-stream",
        body: echo === undefined ? held : echo(held),
      };
      return this.#attempt.fail(verdict.failure, kept, { repair: verdict.repair, usage: wire.usageIn(end) });
    }
    this.#release();
    super.onEnd();
  }
}
