// What apps send and are answered, for a person who asked to see it (S-82): off until switched on, one client at a time, for a quarter of an hour,
// in this object's memory and nowhere else, and gone when it ends. A request that comes while it is off costs one look at one field.
import { type Captured, type CaptureState, captureMinutes, mostCaptured } from "../contract/capture.ts";
import { CapturedReply } from "./captured-reply.ts";
import type { ClientReply, InferenceCall } from "./exchange.ts";
import type { Clock } from "./ports.ts";

export interface CaptureParts {
  readonly clock: Clock;
  /** Hides keys in a text. */
  readonly redact: (text: string) => string;
  /** The view changed. */
  readonly onChange: () => void;
}

interface Session {
  readonly client: string | null;
  readonly until: number;
  /** Oldest first, by request. */
  readonly kept: Map<string, CapturedReply>;
  readonly forgetTimer: () => void;
}

const captureMs = captureMinutes * 60_000;

export class Capture {
  readonly #parts: CaptureParts;
  #session: Session | undefined;

  constructor(parts: CaptureParts) {
    this.#parts = parts;
  }

  /** Undefined while it is off. */
  get view(): CaptureState | undefined {
    const session = this.#live();
    if (session === undefined) return undefined;
    const { client, until, kept } = session;
    return { client, until, requests: [...kept.values()].map(({ id }) => id) };
  }

  /** Begins, or begins the time anew. Null: of apps that have no key of their own. */
  start(client: string | null): CaptureState {
    const { clock, onChange } = this.#parts;
    const before = this.#live();
    before?.forgetTimer();
    if (before?.client !== client) this.stop();
    const kept = this.#session?.kept ?? new Map<string, CapturedReply>();
    const until = clock.now() + captureMs;
    this.#session = { client, until, kept, forgetTimer: clock.after(captureMs, () => this.stop()) };
    onChange();
    return { client, until, requests: [...kept.values()].map(({ id }) => id) };
  }

  /** Ends it and forgets everything, what is still being answered included. */
  stop(): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    session.forgetTimer();
    for (const reply of session.kept.values()) reply.forget();
    this.#parts.onChange();
  }

  /** The reply to answer through: this one itself while nobody captures its client. */
  heard(call: InferenceCall, reply: ClientReply): ClientReply {
    if (this.#session === undefined) return reply;
    const session = this.#live();
    if (session === undefined || session.client !== (call.facts.client ?? null)) return reply;
    const heard = new CapturedReply(call, reply);
    session.kept.set(heard.id, heard);
    const [oldest] = session.kept.keys();
    if (session.kept.size > mostCaptured && oldest !== undefined) drop(session, oldest);
    this.#parts.onChange();
    return heard;
  }

  /** One of them, keys hidden. */
  find(request: string): Captured | undefined {
    return this.#live()?.kept.get(request)?.told(this.#parts.redact);
  }

  /** Forgets one of them. False where there is none of this id. */
  forget(request: string): boolean {
    const session = this.#live();
    const isThere = session !== undefined && drop(session, request);
    if (isThere) this.#parts.onChange();
    return isThere;
  }

  /** Timers stand still while a computer sleeps; the quarter of an hour does not. */
  #live(): Session | undefined {
    if (this.#session !== undefined && this.#parts.clock.now() >= this.#session.until) this.stop();
    return this.#session;
  }
}

function drop({ kept }: Session, request: string): boolean {
  kept.get(request)?.forget();
  return kept.delete(request);
}
