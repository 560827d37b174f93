// A JetStream key-value bucket over whatever connection the link has now. Every failure is an answer; a lost race is one of its own.
import type { KV, KvEntry, Kvm, KvWatchEntry } from "@nats-io/kv";
import { type Failure, fail } from "../contract/failure.ts";
import type { NatsBucket, NatsEntry } from "../engine/nats-port.ts";
import type { Clock } from "../engine/ports.ts";
import { BucketWatch } from "./nats-watch.ts";

/** What a bucket needs of its link. */
export interface BucketLine {
  readonly clock: Clock;
  /** One per connection; undefined while there is none. */
  store(): Promise<Kvm> | undefined;
  /** Calls back now if connected, and at every later connection. Returns the function that stops. */
  onConnected(callback: () => void): () => void;
  away(): Failure;
}

export interface BucketOptions {
  readonly ttlMs?: number;
  readonly description?: string;
}

/** JetStream's codes for "somebody was first". */
const wrongLastSequence: ReadonlySet<number> = new Set([10_071, 10_164]);
const nameInUse = 10_058;

export class Bucket implements NatsBucket {
  readonly #line: BucketLine;
  readonly #name: string;
  readonly #options: BucketOptions;
  /** The opened bucket, by the connection it was opened on. */
  #opened: { readonly on: Promise<Kvm>; readonly kv: Promise<KV> } | undefined;

  constructor(line: BucketLine, name: string, options: BucketOptions) {
    this.#line = line;
    this.#name = name;
    this.#options = options;
  }

  /** Opens it, or makes it where there is none. */
  async open(): Promise<Failure | undefined> {
    const opened = await this.#with(async () => undefined);
    return isFailure(opened) ? opened.failure : undefined;
  }

  get(key: string) {
    return this.#with(async (kv) => told(await kv.get(key)));
  }

  compareAndSet(key: string, value: Uint8Array, revision: number) {
    return this.#with((kv) => unlessLost(revision === 0 ? kv.create(key, value) : kv.update(key, value, revision)));
  }

  put(key: string, value: Uint8Array) {
    return this.#with((kv) => kv.put(key, value));
  }

  remove(key: string, revision?: number) {
    return this.#with(async (kv) => {
      const removed = kv.delete(key, revision === undefined ? {} : { previousSeq: revision }).then(() => true);
      return (await unlessLost(removed)) ?? false;
    });
  }

  /** Repeats what is there after each reconnect: what changed meanwhile is told, and what did not is told again. */
  watch(
    onChange: (key: string, entry: NatsEntry | undefined) => void,
    onTrouble: (trouble: Failure | undefined) => void = () => {},
  ): () => void {
    const watch = new BucketWatch<KvWatchEntry>({
      clock: this.#line.clock,
      isConnected: () => this.#line.store() !== undefined,
      open: () => this.#with((kv) => kv.watch()),
      onEntry: (entry) => onChange(entry.key, told(entry)),
      onTrouble,
    });
    const forget = this.#line.onConnected(() => watch.begin());
    return () => {
      forget();
      watch.stop();
    };
  }

  async #with<T>(act: (kv: KV) => Promise<T>): Promise<T | { readonly failure: Failure }> {
    const on = this.#line.store();
    if (on === undefined) return { failure: this.#line.away() };
    try {
      if (this.#opened?.on !== on) this.#opened = { on, kv: on.then((store) => this.#create(store)) };
      return await act(await this.#opened.kv);
    } catch (error) {
      // A bucket that could not be opened is tried again by whoever asks next.
      if (this.#opened?.on === on) this.#opened = undefined;
      return { failure: fail("connect-failed", `The NATS bucket ${this.#name} did not answer: ${wordOf(error)}.`) };
    }
  }

  async #create(store: Kvm): Promise<KV> {
    const { ttlMs, description } = this.#options;
    try {
      return await store.create(this.#name, {
        ...(ttlMs === undefined ? {} : { ttl: ttlMs }),
        ...(description === undefined ? {} : { description }),
      });
    } catch (error) {
      // Somebody else made it in this moment, with other words: theirs is as good.
      if (codeOf(error) === nameInUse) return store.open(this.#name);
      throw error;
    }
  }
}

function told(entry: KvEntry | KvWatchEntry | null): NatsEntry | undefined {
  if (entry === null || entry.operation !== "PUT") return undefined;
  return { key: entry.key, value: entry.value, revision: entry.revision, at: entry.created.getTime() };
}

/** Undefined where somebody was first. */
async function unlessLost<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (wrongLastSequence.has(codeOf(error) ?? 0)) return undefined;
    throw error;
  }
}

/** JetStream's own, where it is one. */
function codeOf(error: unknown): number | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : undefined;
}

function isFailure(value: unknown): value is { readonly failure: Failure } {
  return typeof value === "object" && value !== null && "failure" in value;
}

function wordOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : "for no reason it told";
}
