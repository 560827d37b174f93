// The values that gateways share: one bucket of NATS, mirrored here as it changes. Changes go by compare-and-set and are tried again when somebody
// was first; nothing waits longer than two seconds, so that a server which hangs is taken for one that is away.
import { type Failure, fail } from "../../contract/failure.ts";
import type { NatsBucket, NatsEntry, NatsLink, NatsState } from "../nats-port.ts";
import type { Clock } from "../ports.ts";

const answerMs = 2_000;
/** Gateways of a house are few: more lost races in a row are a bug. */
const mostRaces = 50;
/** A bucket that could not be opened although the server is there. */
const openAgainMs = 5_000;
/** Longer than any window of a budget; what nobody writes any more goes by itself. */
const ttlMs = 70 * 24 * 3_600_000;

/** A value as last heard. `seenAt`: when this revision first came here, by the monotonic clock, so that no two clocks are compared. */
export interface Seen {
  readonly text: string;
  readonly revision: number;
  readonly seenAt: number;
}

export type SharedState = "connecting" | "up" | "away";

/** `changed`: it stands there now. `kept`: nothing was to be written. `away`: nobody knows; the server may even have written it. */
export type ChangeEnd = "changed" | "kept" | "away";

type Told = (key: string, seen: Seen | undefined) => void;

export class SharedValues {
  readonly #link: NatsLink;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #mirror = new Map<string, Seen>();
  /** Heard on an earlier connection: whatever is told of them now is newer, also where the server lost its memory and counts afresh. */
  readonly #earlier = new Set<string>();
  readonly #listeners = new Set<Told>();
  readonly #stateListeners = new Set<(state: SharedState, because?: Failure) => void>();
  #state: SharedState = "connecting";
  #bucket: NatsBucket | undefined;
  #opening = false;
  /** The bucket is open, but cannot be followed. */
  #isBlind = false;
  #stopWatch: () => void = () => {};
  readonly #stopState: () => void;
  #forgetTimer: () => void = () => {};
  #stopped = false;

  constructor(link: NatsLink, clock: Clock, name: string) {
    this.#link = link;
    this.#clock = clock;
    this.#name = name;
    this.#stopState = link.onState((state) => void this.#follow(state));
    void this.#follow(link.state());
  }

  get state(): SharedState {
    return this.#state;
  }

  /** Told at every change. Returns the function that stops. */
  onState(callback: (state: SharedState, because?: Failure) => void): () => void {
    this.#stateListeners.add(callback);
    return () => void this.#stateListeners.delete(callback);
  }

  /** Told of every value that is new or changed, by whomever; undefined: removed. Returns the function that stops. */
  onChange(callback: Told): () => void {
    this.#listeners.add(callback);
    return () => void this.#listeners.delete(callback);
  }

  /** Resolves once it is known whether the others can be reached: at once but for the first moments. */
  settled(): Promise<void> | undefined {
    if (this.#state !== "connecting") return undefined;
    return new Promise((resolve) => {
      const done = () => {
        forget();
        stop();
        resolve();
      };
      const forget = this.#clock.after(answerMs, done);
      const stop = this.onState(done);
    });
  }

  /** As last heard, without asking. */
  seen(key: string): Seen | undefined {
    return this.#mirror.get(key);
  }

  entries(): Iterable<readonly [string, Seen]> {
    return this.#mirror;
  }

  /**
   * Writes what `alter` makes of the present text; undefined leaves it. Called again with what is there now when somebody was first. `afresh`: the
   * server is asked first, for whom a present text that is a moment old would mislead.
   */
  async change(key: string, alter: (text: string | undefined) => string | undefined, afresh = false): Promise<ChangeEnd> {
    const bucket = this.#bucket;
    if (bucket === undefined || this.#state !== "up") return "away";
    let now: Seen | undefined = afresh ? undefined : this.#mirror.get(key);
    for (let races = 0; races < mostRaces; races += 1) {
      if (races > 0 || afresh) {
        const entry = await this.#within(bucket.get(key));
        if (isFailure(entry)) return "away";
        now = entry === undefined ? this.#removed(key) : this.#heard(entry);
      }
      const text = alter(now?.text);
      if (text === undefined) return "kept";
      const revision = await this.#within(bucket.compareAndSet(key, bytesOf(text), now?.revision ?? 0));
      if (isFailure(revision)) return "away";
      if (revision === undefined) continue;
      this.#newer(key, { text, revision, seenAt: this.#clock.monotonic() });
      return "changed";
    }
    return "away";
  }

  async put(key: string, text: string): Promise<ChangeEnd> {
    const bucket = this.#bucket;
    if (bucket === undefined || this.#state !== "up") return "away";
    return isFailure(await this.#within(bucket.put(key, bytesOf(text)))) ? "away" : "changed";
  }

  async remove(key: string): Promise<ChangeEnd> {
    const bucket = this.#bucket;
    if (bucket === undefined || this.#state !== "up") return "away";
    return isFailure(await this.#within(bucket.remove(key))) ? "away" : "changed";
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#forgetTimer();
    this.#stopState();
    this.#stopWatch();
    this.#listeners.clear();
    this.#stateListeners.clear();
    await this.#link.close();
  }

  async #follow(state: NatsState): Promise<void> {
    if (this.#stopped) return;
    this.#forgetTimer();
    if (state.state === "away") {
      this.#isBlind = false;
      return this.#lost(state.because);
    }
    if (state.state === "connected") await this.#open();
  }

  async #open(): Promise<void> {
    if (this.#opening) return;
    this.#opening = true;
    const opened =
      this.#bucket ?? (await this.#within(this.#link.bucket(this.#name, { ttlMs, description: "What Homeport's gateways share" })));
    this.#opening = false;
    if (this.#stopped) return;
    if (isFailure(opened)) {
      this.#forgetTimer = this.#clock.after(openAgainMs, () => void this.#follow(this.#link.state()));
      return this.#tell("away", opened.failure);
    }
    if (this.#link.state().state !== "connected") return;
    if (this.#bucket === undefined) {
      this.#bucket = opened;
      // It repeats what is there after each reconnect.
      this.#stopWatch = opened.watch(
        (key, entry) => (entry === undefined ? this.#removed(key) : this.#heard(entry)),
        (trouble) => this.#watched(trouble),
      );
    }
    if (!this.#isBlind) this.#tell("up");
  }

  /** What others write is not heard although the server is there: nothing here may be decided by it. */
  #watched(trouble: Failure | undefined): void {
    this.#isBlind = trouble !== undefined;
    if (trouble !== undefined) return this.#lost(trouble);
    if (this.#state === "away" && this.#link.state().state === "connected") this.#tell("up");
  }

  #lost(because: Failure): void {
    for (const key of this.#mirror.keys()) this.#earlier.add(key);
    this.#tell("away", because);
  }

  #tell(state: SharedState, because?: Failure): void {
    this.#state = state;
    for (const listener of [...this.#stateListeners]) listener(state, because);
  }

  #heard({ key, value, revision }: NatsEntry): Seen {
    const before = this.#mirror.get(key);
    if (before?.revision === revision) return before;
    const seen = { text: new TextDecoder().decode(value), revision, seenAt: this.#clock.monotonic() };
    this.#newer(key, seen);
    return seen;
  }

  /** The watch and the answers to our own writes come in any order: the newest stays. */
  #newer(key: string, seen: Seen): void {
    const before = this.#mirror.get(key);
    if (before !== undefined && before.revision >= seen.revision && !this.#earlier.has(key)) return;
    this.#earlier.delete(key);
    this.#mirror.set(key, seen);
    for (const listener of [...this.#listeners]) listener(key, seen);
  }

  #removed(key: string): undefined {
    if (!this.#mirror.delete(key)) return;
    for (const listener of [...this.#listeners]) listener(key, undefined);
  }

  /** The answer, or a failure when none came in time. */
  #within<T>(answer: Promise<T>): Promise<T | { readonly failure: Failure }> {
    return new Promise((resolve, reject) => {
      const late = { failure: fail("first-byte-timeout", `The bucket ${this.#name} did not answer within ${answerMs / 1000} s.`) };
      const forget = this.#clock.after(answerMs, () => resolve(late));
      answer.finally(forget).then(resolve, reject);
    });
  }
}

function isFailure(answer: unknown): answer is { readonly failure: Failure } {
  return typeof answer === "object" && answer !== null && "failure" in answer;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A name as one part of a key, whatever letters it has. */
export function keyPart(name: string): string {
  return Buffer.from(name).toString("base64url") || "_";
}
