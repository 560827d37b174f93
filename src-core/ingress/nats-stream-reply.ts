// The reply of a call that streams over NATS: frames numbered without gaps, at most as many under way as the gateway granted, a beat where there is
// nothing to say. Gone is gone at once: with a cancel, or with the link.

import { heartbeatMs, streamHeader } from "../contract/jobs.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import type { ClientReply } from "../engine/exchange.ts";
import type { NatsLink } from "../engine/nats-port.ts";
import type { Clock } from "../engine/ports.ts";
import { newRequestId } from "./visit.ts";

/** What a frame's headers may take of a message. */
const headerBytes = 512;

export interface StreamTo {
  readonly link: Pick<NatsLink, "publish" | "maxPayloadBytes">;
  readonly clock: Clock;
  readonly inbox: string;
  /** The subject on which words about this call are heard. */
  readonly credit: string;
  /** Data frames before the first grant. */
  readonly window: number;
  /** Called once, however it ends. */
  readonly onOver: () => void;
}

type FrameKind = "open" | "head" | "data" | "beat" | "end" | "error";
const nothing = new Uint8Array(0);

export class StreamReply implements ClientReply {
  readonly id = newRequestId();
  dialect: Dialect = "openai";
  headSent = false;
  readonly #to: StreamTo;
  #waiting: Buffer[] = [];
  #granted: number;
  #seq = 0;
  #state: "answering" | "ending" | "over" = "answering";
  #spoke = true;
  #onDrain: (() => void) | undefined;
  #onGone: (() => void)[] = [];
  #forgetBeat: () => void;

  /** Opens the call: the gateway hears at once that it was taken, and where to cancel it. */
  constructor(to: StreamTo) {
    this.#to = to;
    this.#granted = to.window;
    this.#forgetBeat = () => {};
    this.#frame("open", json({ credit: to.credit }));
    this.#beatLater();
  }

  get isOver(): boolean {
    return this.#state === "over";
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#state !== "answering" || this.headSent) return;
    this.headSent = true;
    this.#frame("head", json({ status, headers, credit: this.#to.credit }));
  }

  write(chunk: Buffer): boolean {
    if (this.#state !== "answering") return true;
    this.#add(chunk);
    this.#flush();
    return this.#waiting.length === 0;
  }

  onDrain(callback: () => void): void {
    if (this.#waiting.length === 0) callback();
    else this.#onDrain = callback;
  }

  end(chunk?: Buffer): void {
    if (this.#state !== "answering") return;
    if (chunk !== undefined) this.#add(chunk);
    this.#state = "ending";
    this.#flush();
  }

  destroy(): void {
    this.break("The answer was cut: the gateway did not take it in time.", "stalled");
  }

  /** Ends it with an error frame, where the answer cannot tell it any more. */
  break(message: string, code: string): void {
    if (this.#state === "over") return;
    this.#frame("error", json({ message, code }));
    this.#finish();
  }

  onGone(callback: () => void): void {
    if (this.#state !== "over") this.#onGone.push(callback);
  }

  /** More data frames may go. */
  grant(frames: number): void {
    this.#granted += frames;
    this.#flush();
  }

  /** The gateway left, or cannot be reached: nothing more is said, and what works for it stops. */
  leave(): void {
    if (this.#state === "over") return;
    const told = this.#onGone;
    this.#finish();
    for (const callback of told) callback();
  }

  #add(chunk: Buffer): void {
    const most = Math.max(1, this.#to.link.maxPayloadBytes() - headerBytes);
    for (let at = 0; at < chunk.length; at += most) this.#waiting.push(chunk.subarray(at, at + most));
  }

  #flush(): void {
    let sent = 0;
    while (sent < this.#waiting.length && this.#granted > 0 && this.#state !== "over") {
      const chunk = this.#waiting[sent];
      sent += 1;
      this.#granted -= 1;
      if (chunk !== undefined) this.#frame("data", chunk);
    }
    if (sent > 0) this.#waiting = this.#waiting.slice(sent);
    if (this.#waiting.length > 0 || this.#state === "over") return;
    if (this.#state === "ending") {
      this.#frame("end", nothing);
      return this.#finish();
    }
    const drained = this.#onDrain;
    this.#onDrain = undefined;
    drained?.();
  }

  #frame(kind: FrameKind, data: Uint8Array): void {
    const headers = { [streamHeader.seq]: String(this.#seq), [streamHeader.kind]: kind };
    this.#seq += 1;
    this.#spoke = true;
    if (!this.#to.link.publish(this.#to.inbox, data, { headers })) this.leave();
  }

  #beatLater(): void {
    if (this.#state === "over") return;
    this.#forgetBeat = this.#to.clock.after(heartbeatMs, () => {
      if (!this.#spoke) this.#frame("beat", nothing);
      this.#spoke = false;
      this.#beatLater();
    });
  }

  #finish(): void {
    this.#state = "over";
    this.#forgetBeat();
    this.#waiting = [];
    this.#onDrain = undefined;
    this.#onGone = [];
    this.#to.onOver();
  }
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
