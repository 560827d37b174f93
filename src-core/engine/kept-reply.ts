// A reply to `/v1/responses` that is looked at while it goes out, so that the answer can be asked for again: a whole body, or the last event of a
// stream, which holds everything. It is parsed once, at the end; a stream's other events are never parsed here.

import { dataOf } from "../dialects/openai.ts";
import { responseIn } from "../dialects/openai-responses-reply.ts";
import { isObject, type JsonObject, parsed } from "../dialects/shapes.ts";
import type { ClientReply } from "./exchange.ts";
import { framesIn } from "./frames.ts";

/** Answers longer than this are not kept. */
const longestBytes = 16 * 1024 * 1024;
const lastEvents = ["response.completed", "response.incomplete"] as const;

export class KeptReply implements ClientReply {
  /** Read off by whoever refuses. */
  readonly dialect = "responses";
  readonly #reply: ClientReply;
  readonly #onResponse: (response: JsonObject) => void;
  #state: "none" | "whole" | "stream" = "none";
  #parts: Buffer[] = [];
  #bytes = 0;

  /** `onResponse`: told once, after the client was, and never for an answer that failed or broke. */
  constructor(reply: ClientReply, onResponse: (response: JsonObject) => void) {
    this.#reply = reply;
    this.#onResponse = onResponse;
  }

  get headSent(): boolean {
    return this.#reply.headSent;
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    if (status === 200) this.#state = headers["content-type"]?.startsWith("text/event-stream") === true ? "stream" : "whole";
    this.#reply.head(status, headers);
  }

  write(chunk: Buffer): boolean {
    this.#look(chunk);
    return this.#reply.write(chunk);
  }

  onDrain(callback: () => void): void {
    this.#reply.onDrain(callback);
  }

  end(chunk?: Buffer): void {
    if (chunk !== undefined) this.#look(chunk);
    this.#reply.end(chunk);
    const response = this.#response();
    this.#parts = [];
    this.#state = "none";
    if (response !== undefined) this.#onResponse(response);
  }

  destroy(): void {
    this.#parts = [];
    this.#state = "none";
    this.#reply.destroy();
  }

  onGone(callback: () => void): void {
    this.#reply.onGone(callback);
  }

  /** Of a stream only what may hold its last event is held: a search in bytes, and nothing else, per chunk. */
  #look(chunk: Buffer): void {
    if (this.#state === "none") return;
    if (this.#state === "stream" && this.#parts.length === 0 && !lastEvents.some((name) => chunk.includes(name))) return;
    this.#parts.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes <= longestBytes) return;
    this.#parts = [];
    this.#state = "none";
  }

  #response(): JsonObject | undefined {
    if (this.#parts.length === 0) return undefined;
    const bytes = Buffer.concat(this.#parts);
    if (this.#state === "whole") return finished(parsed(bytes.toString("utf8")));
    for (const frame of framesIn(bytes, "\n\n").reverse()) {
      const event = parsed(dataOf(frame) ?? "");
      const type = isObject(event) ? event["type"] : undefined;
      if (lastEvents.some((name) => name === type)) return finished(event);
    }
    return undefined;
  }
}

function finished(event: unknown): JsonObject | undefined {
  const response = responseIn(event);
  return response?.["status"] === "completed" || response?.["status"] === "incomplete" ? response : undefined;
}
