// A request body, read once into one Buffer. Too large is known before reading where the length is declared; too slow is known by a sweep (S-11).
import type { Readable } from "node:stream";
import { type Placed, Roster } from "../engine/roster.ts";
import type { OnBug } from "./doors.ts";

export interface UploadEnd {
  onBody(body: Buffer): void;
  /** The rest stays unread; the caller answers and closes. */
  onRefused(problem: "too-large" | "too-slow"): void;
}

/** The slowest upload that is still let in: after `graceMs`, on average `minBytesPerSecond`. */
export interface UploadPace {
  readonly sweepMs: number;
  readonly graceMs: number;
  readonly minBytesPerSecond: number;
}

const nothing = Buffer.alloc(0);

/** One body under way. Calls back once, or never after `cancel`. */
export class Upload implements Placed {
  place = -1;
  readonly #source: Readable;
  readonly #limitBytes: number;
  readonly #end: UploadEnd;
  readonly #watch: UploadWatch;
  /** The sweep that was last when it began: age is counted in sweeps, so that an upload costs no look at a clock. */
  readonly sweep: number;
  bytes = 0;
  #first: Buffer = nothing;
  #rest: Buffer[] | undefined;
  #over = false;

  constructor(source: Readable, limitBytes: number, end: UploadEnd, watch: UploadWatch) {
    this.#source = source;
    this.#limitBytes = limitBytes;
    this.#end = end;
    this.#watch = watch;
    this.sweep = watch.sweeps;
    watch.running.add(this);
    source.on("data", this.#data);
    source.on("end", this.#ended);
  }

  cancel(): void {
    if (this.#over) return;
    this.#finish();
    this.#source.off("data", this.#data);
    this.#source.off("end", this.#ended);
  }

  #finish(): void {
    this.#over = true;
    this.#watch.running.remove(this);
    this.#first = nothing;
    this.#rest = undefined;
  }

  refuse(problem: "too-large" | "too-slow"): void {
    if (this.#over) return;
    this.cancel();
    this.#source.pause();
    this.#end.onRefused(problem);
  }

  readonly #data = (chunk: Buffer): void => {
    this.bytes += chunk.length;
    if (this.bytes > this.#limitBytes) this.refuse("too-large");
    else if (this.#first.length === 0) this.#first = chunk;
    else if (this.#rest === undefined) this.#rest = [this.#first, chunk];
    else this.#rest.push(chunk);
  };

  readonly #ended = (): void => {
    const body = this.#rest === undefined ? this.#first : Buffer.concat(this.#rest, this.bytes);
    // The source has said its last: taking the listeners off it would only cost time.
    if (this.#over) return;
    this.#finish();
    this.#end.onBody(body);
  };
}

/** Sweeps all uploads of a door with one timer, and refuses those that crawl (F46). */
export class UploadWatch {
  readonly running = new Roster<Upload>();
  /** For what is done with a body: that runs in a socket's event, where nobody else would catch it. */
  readonly onBug: OnBug;
  readonly #pace: UploadPace;
  readonly #timer: ReturnType<typeof setInterval>;
  sweeps = 0;

  constructor(pace: UploadPace, onBug: OnBug) {
    this.#pace = pace;
    this.onBug = onBug;
    this.#timer = setInterval(() => this.#sweep(), pace.sweepMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sweep(): void {
    this.sweeps += 1;
    const { sweepMs, graceMs, minBytesPerSecond } = this.#pace;
    for (const upload of this.running.all()) {
      const ageMs = (this.sweeps - upload.sweep) * sweepMs;
      if (ageMs > graceMs && (upload.bytes * 1000) / ageMs < minBytesPerSecond) upload.refuse("too-slow");
    }
  }
}
