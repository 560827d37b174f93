// Answers that come whole: a body that is held until its end, so that one cut short can still be failed over (F14), and a node's refusal.
import { fail } from "../contract/failure.ts";
import { errorText } from "../dialects/node-errors.ts";
import { parsed } from "../dialects/shapes.ts";
import type { Answer, AttemptSide } from "./attempt-side.ts";
import { endsLikeJson, join } from "./frames.ts";

/** Larger bodies are released as they come, and no gate judges them. */
const heldBytes = 1024 * 1024;
/** A refusal is read up to this size. */
const refusalBytes = 64 * 1024;

export class WholeAnswer implements Answer {
  readonly #attempt: AttemptSide;
  #held: Buffer | undefined;

  constructor(attempt: AttemptSide) {
    this.#attempt = attempt;
  }

  onData(chunk: Buffer): boolean {
    const held = join(this.#held, chunk);
    this.#held = held.length <= heldBytes ? held : undefined;
    if (this.#held !== undefined) return true;
    if (!this.#attempt.committed) this.#attempt.commit();
    return this.#attempt.write(held);
  }

  onEnd(): void {
    const body = this.#held ?? Buffer.alloc(0);
    if (this.#attempt.committed) this.#endedLarge(body);
    else this.#ended(body);
  }

  usageSoFar(): undefined {}

  #ended(body: Buffer): void {
    const { wire, node, echo, gate } = this.#attempt.input;
    if (!endsLikeJson(body)) return this.#attempt.fail(fail("malformed-reply", `${node} sent an answer that was cut short.`));
    const told = startsLikeError(body) ? wire.failureIn(body.toString("utf8")) : undefined;
    if (told !== undefined) return this.#attempt.fail(told);
    const bytes = echo === undefined ? body : echo(body);
    const usage = wire.usageIn(endOf(body));
    const verdict = gate?.judgeWhole(body);
    if (verdict === undefined || verdict.ok) return this.#attempt.answer(bytes, usage);
    const { status, headers } = this.#attempt.head;
    const held = { status, contentType: headers["content-type"] ?? "application/json", body: bytes };
    this.#attempt.fail(verdict.failure, held, { repair: verdict.repair, usage });
  }

  #endedLarge(rest: Buffer): void {
    const { wire, node } = this.#attempt.input;
    if (rest.length > 0) this.#attempt.write(rest);
    const text = this.#attempt.tail.text();
    if (endsLikeJson(Buffer.from(text))) this.#attempt.done(wire.usageIn(text));
    else this.#attempt.break(fail("stream-broken", `${node} sent an answer that was cut short.`));
  }
}

/** A status that is no success: classified by the node's kind, and kept so that a 4xx reaches the client as it was (F23). */
export class RefusedAnswer implements Answer {
  readonly #attempt: AttemptSide;
  #body: Buffer | undefined;

  constructor(attempt: AttemptSide) {
    this.#attempt = attempt;
  }

  onData(chunk: Buffer): boolean {
    if ((this.#body?.length ?? 0) < refusalBytes) this.#body = join(this.#body, chunk);
    return true;
  }

  usageSoFar(): undefined {}

  onEnd(): void {
    const body = this.#body ?? Buffer.alloc(0);
    const { adapter, node, wire, translation } = this.#attempt.input;
    const { status, headers } = this.#attempt.head;
    const told =
      adapter.classify(status, headers, body.toString("utf8")) ?? fail("upstream-unavailable", `${node} answered with status ${status}.`);
    if (translation !== undefined && translation.from !== translation.to) {
      // The node's own words, in the envelope that the client knows.
      const message = errorText(parsed(body.toString("utf8")), told.message);
      const shown = wire.failureBody({ ...told, message }, translation.context.requestId);
      return this.#attempt.fail(told, { status, contentType: "application/json", body: Buffer.from(shown) });
    }
    this.#attempt.fail(told, { status, contentType: headers["content-type"] ?? "application/json", body });
  }
}

/** Usage stands at the end; bytes are read one by one as letters, since all that is looked for is ASCII. */
const endBytes = 16_384;

function endOf(body: Buffer): string {
  return body.toString("latin1", Math.max(0, body.length - endBytes));
}

function startsLikeError(body: Buffer): boolean {
  return body.length < refusalBytes && /^\s*\{\s*"error"/.test(body.toString("latin1", 0, 24));
}
