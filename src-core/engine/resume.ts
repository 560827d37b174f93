// Notices that this computer slept or changed its network, also where no event says so (F52): a tick that came far too late, a machine that is older
// than its running clock tells, or other addresses than before. A wall clock that is set is none of these (F50).
import type { Clock } from "./ports.ts";

const tickMs = 5_000;
/** Slept for less than this, nothing is lost: connections and beliefs are as good as they were. */
const leastGapMs = 15_000;
/** An event of the system and our own look tell of the same sleep. */
const sameMs = 10_000;

export interface Resumed {
  readonly because: "sleep" | "network";
  /** Known where we noticed it ourselves. */
  readonly sleptMs?: number | undefined;
}

export class ResumeWatch {
  readonly #clock: Clock;
  readonly #networks: () => string;
  readonly #onResumed: (resumed: Resumed) => void;
  #forget: () => void = () => undefined;
  #tickedAt: number;
  #uptime: number;
  #addresses: string;
  #toldAt = Number.NEGATIVE_INFINITY;

  /** `networks`: changes whenever this machine's addresses do. */
  constructor(clock: Clock, networks: () => string, onResumed: (resumed: Resumed) => void) {
    this.#clock = clock;
    this.#networks = networks;
    this.#onResumed = onResumed;
    this.#tickedAt = clock.monotonic();
    this.#uptime = this.#upMs();
    this.#addresses = networks();
  }

  start(): void {
    this.#tickedAt = this.#clock.monotonic();
    this.#uptime = this.#upMs();
    this.#plan();
  }

  stop(): void {
    this.#forget();
  }

  /** The system said so. */
  tell(because: Resumed["because"]): void {
    if (because === "sleep") this.#resumed({ because });
    else this.#look();
  }

  #plan(): void {
    this.#forget = this.#clock.after(tickMs, () => {
      this.#look();
      this.#plan();
    });
  }

  #look(): void {
    const now = this.#clock.monotonic();
    const uptime = this.#upMs();
    // Some systems stop the running clock during sleep, others let a timer come late.
    const sleptMs = Math.max(uptime - this.#uptime, now - this.#tickedAt) - tickMs;
    this.#tickedAt = now;
    this.#uptime = uptime;
    if (sleptMs > leastGapMs) return this.#resumed({ because: "sleep", sleptMs });
    const addresses = this.#networks();
    if (addresses === this.#addresses) return;
    this.#addresses = addresses;
    this.#resumed({ because: "network" });
  }

  #resumed(resumed: Resumed): void {
    const now = this.#clock.monotonic();
    if (now - this.#toldAt < sameMs && resumed.because === "sleep") return;
    this.#toldAt = now;
    this.#addresses = this.#networks();
    this.#onResumed(resumed);
  }

  #upMs(): number {
    return this.#clock.uptime?.() ?? this.#clock.monotonic();
  }
}
