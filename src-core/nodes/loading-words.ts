// Takes out of a stream what llama-swap says while it loads: its own words, dressed up as a model's reasoning (`sendLoadingState`). They are no
// content: counted as such they would commit the answer to a node that has not begun to work, and be the fastest first byte of the house.
import { z } from "zod";
import type { Failure } from "../contract/failure.ts";
import type { UpstreamHead, UpstreamSink } from "../engine/ports.ts";
import { parseJson } from "./calls.ts";

/** A chunk of a real model has an id and says whose it is; these say nothing but their words. */
const Invented = z.object({
  choices: z.tuple([z.object({ delta: z.strictObject({ reasoning_content: z.string() }) })]),
  id: z.never().optional(),
});

/** One event is small; whoever sends more than this without an end is passed on as he is. */
const longestEventBytes = 64 * 1024;
const none = Buffer.alloc(0);

/** Passes an answer on; a stream from its first real event. Costs nothing after that. */
export class WithoutLoadingWords implements UpstreamSink {
  readonly #sink: UpstreamSink;
  #isLooking = false;
  #held: Buffer = none;

  constructor(sink: UpstreamSink) {
    this.#sink = sink;
  }

  onHead(head: UpstreamHead): void {
    this.#isLooking = head.headers["content-type"]?.startsWith("text/event-stream") === true;
    this.#sink.onHead(head);
  }

  onData(chunk: Buffer): boolean {
    if (!this.#isLooking) return this.#sink.onData(chunk);
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      if (!isInvented(rest.toString("utf8", 0, end))) return this.#passOn(rest);
      rest = rest.subarray(end + 2);
    }
    if (rest.length > longestEventBytes) return this.#passOn(rest);
    this.#held = rest;
    return true;
  }

  onEnd(): void {
    if (this.#held.length > 0) this.#passOn(this.#held);
    this.#sink.onEnd();
  }

  onFailure(failure: Failure): void {
    this.#sink.onFailure(failure);
  }

  #passOn(rest: Buffer): boolean {
    this.#isLooking = false;
    this.#held = none;
    return this.#sink.onData(rest);
  }
}

function isInvented(event: string): boolean {
  return event.startsWith("data:") && Invented.safeParse(parseJson(event.slice(5))).success;
}
