// A streamed answer. Before the first content its frames are held, so that a node failing right after "200 OK" can still be replaced (F12);
// afterwards whole frames go out as they came, and an incomplete one waits for its end. `onData` is the only code that runs per chunk.
import type { Usage } from "../contract/events.ts";
import { fail } from "../contract/failure.ts";
import { dataOf } from "../dialects/openai.ts";
import { field, parsed } from "../dialects/shapes.ts";
import type { Wire } from "../dialects/wire.ts";
import type { Answer, AttemptSide } from "./attempt-side.ts";
import { endsLikeJson, framesIn, join, lastFrameEnd, mayTellFailure } from "./frames.ts";

/** One frame longer than this is not a frame (F18). */
export const longestFrameBytes = 4 * 1024 * 1024;

export class StreamAnswer implements Answer {
  readonly #attempt: AttemptSide;
  /** Bytes not released yet: everything before the commit, an incomplete frame after it. */
  #held: Buffer | undefined;
  /** How much of what is held before the commit was looked at already. */
  #looked = 0;
  #chunks = 0;
  /** Frames that came before the commit and were held on purpose: they say nothing of the speed since. */
  protected heldFrames = 0;

  constructor(attempt: AttemptSide) {
    this.#attempt = attempt;
  }

  onData(chunk: Buffer): boolean {
    return this.#attempt.committed ? this.#release(chunk) : this.#hold(chunk);
  }

  onEnd(): void {
    if (this.#attempt.committed) this.#ended();
    else this.#endedUnseen();
  }

  usageSoFar(): Usage | undefined {
    return this.#usage("");
  }

  #hold(chunk: Buffer): boolean {
    const held = join(this.#held, chunk);
    this.#held = held;
    const { wire, node } = this.#attempt.input;
    const whole = lastFrameEnd(held, wire.frameEnd);
    if (held.length > longestFrameBytes) {
      this.#attempt.fail(fail("malformed-reply", `${node} sent an event without an end, or events without content.`));
      return true;
    }
    const fresh = held.subarray(this.#looked, whole);
    this.#looked = Math.max(this.#looked, whole);
    for (const frame of framesIn(fresh, wire.frameEnd)) {
      const told = wire.failureIn(frame);
      if (told !== undefined) {
        this.#attempt.fail(told);
        return true;
      }
      if (wire.isContent(frame)) return this.#open(held, whole);
    }
    return true;
  }

  #open(held: Buffer, whole: number): boolean {
    this.#attempt.commit();
    this.#held = whole < held.length ? held.subarray(whole) : undefined;
    return this.#attempt.write(held.subarray(0, whole));
  }

  #release(chunk: Buffer): boolean {
    this.#chunks += 1;
    const bytes = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
    const { wire, node } = this.#attempt.input;
    const whole = lastFrameEnd(bytes, wire.frameEnd);
    if (mayTellFailure(bytes) && this.#tells(bytes)) return true;
    if (whole === bytes.length) {
      this.#held = undefined;
      return this.#attempt.write(bytes);
    }
    this.#held = bytes.subarray(whole);
    if (this.#held.length > longestFrameBytes) {
      this.#attempt.break(fail("stream-broken", `${node} sent an event without an end.`));
      return true;
    }
    return whole === 0 ? true : this.#attempt.write(bytes.subarray(0, whole));
  }

  /** vLLM lets `[DONE]` follow an error, and its older errors stand in no envelope that a client knows (apis.md 6). True: told, and over. */
  #tells(bytes: Buffer): boolean {
    const { wire } = this.#attempt.input;
    let from = 0;
    for (const frame of framesIn(bytes, wire.frameEnd)) {
      const at = bytes.indexOf(frame, from);
      from = at + Buffer.byteLength(frame);
      const failure = wire.failureIn(frame);
      if (failure === undefined) continue;
      const told = isTold(frame, wire);
      const good = told ? from + lastFrameEnd(bytes.subarray(from, from + 4), wire.frameEnd) : at;
      if (good > 0) this.#attempt.write(bytes.subarray(0, good));
      this.#attempt.break(failure, told);
      return true;
    }
    return false;
  }

  /** Ended before any content: a finished, empty answer is an answer; anything else is a failure nobody has seen yet. */
  #endedUnseen(): void {
    const { wire, task, node } = this.#attempt.input;
    const held = this.#held ?? Buffer.alloc(0);
    const text = held.toString("utf8");
    const told = wire.failureIn(text.trim());
    if (told !== undefined) return this.#attempt.fail(told);
    if (!wire.terminated(text, task) || !endsWhole(held.subarray(this.#looked)))
      return this.#attempt.fail(fail("stream-broken", `${node} ended its answer before saying anything.`));
    this.#open(held, held.length);
    this.#held = undefined;
    this.#ended();
  }

  /** "Ended" is not "finished": both real servers end crashed streams cleanly with 200 (observed.md 4.1). */
  #ended(): void {
    const { wire, task, node } = this.#attempt.input;
    const rest = this.#held;
    const text = this.#attempt.tail.text() + (rest?.toString("utf8") ?? "");
    if (endsWhole(rest) && wire.terminated(text, task)) return this.#attempt.done(this.#usage(text), rest);
    const lastFrame = framesIn(Buffer.from(text), wire.frameEnd).at(-1);
    const told = lastFrame === undefined ? undefined : wire.failureIn(lastFrame);
    if (told !== undefined && rest === undefined) return this.#attempt.break(told, isTold(lastFrame ?? "", wire));
    const unsent = rest === undefined ? undefined : wire.failureIn(rest.toString("utf8").trim());
    this.#attempt.break(unsent ?? fail("stream-broken", `${node} ended its answer without finishing it.`));
  }

  /** What the node said; where it said nothing, chunks counted by us, marked as an estimate. */
  #usage(text: string): Usage | undefined {
    const told = this.#attempt.input.wire.usageIn(text);
    const seen = this.#chunks + this.heldFrames;
    if (told?.tokensPerSecond !== undefined || seen === 0) return told;
    const seconds = this.#attempt.sinceCommit() / 1000;
    const tokensOut = told?.tokensOut ?? seen;
    const speed = seconds > 0 && this.heldFrames === 0 ? { tokensPerSecond: tokensOut / seconds } : {};
    return { ...told, tokensOut, ...speed, estimated: told?.tokensOut === undefined };
  }
}

/** Whether the rest of a stream is no more than a last frame without its end: some servers write `[DONE]` and hang up. */
export function endsWhole(rest: Buffer | undefined): boolean {
  return rest === undefined || rest.length === 0 || endsLikeJson(rest) || rest.toString("latin1").trimEnd().endsWith("data: [DONE]");
}

/** Whether clients take this frame for an error: one in the dialect's own envelope, not a bare line in an event stream. */
function isTold(frame: string, { frameEnd }: Wire): boolean {
  const said = frameEnd === "\n" ? frame : (dataOf(frame) ?? "");
  return field(parsed(said), "error") != null;
}
