// One timer per attempt that answers "has anything moved?". Progress only moves a number, so a chunk costs no timer.
import type { Clock } from "./ports.ts";

/** A timer that fires this late means our own loop was blocked: what arrived meanwhile is still unread, so look again first (F74). */
const lateMs = 100;
const graceMs = 50;

export class Watchdog {
  readonly #clock: Clock;
  readonly #onSilence: () => void;
  #expiresAt: number;
  #limitMs: number;
  #forget: () => void;

  constructor(clock: Clock, limitMs: number, onSilence: () => void) {
    this.#clock = clock;
    this.#onSilence = onSilence;
    this.#limitMs = limitMs;
    this.#expiresAt = clock.monotonic() + limitMs;
    this.#forget = clock.after(limitMs, () => this.#look());
  }

  /** Something moved. */
  progress(): void {
    this.#expiresAt = this.#clock.monotonic() + this.#limitMs;
  }

  /** A new phase with its own limit, from now. */
  limit(ms: number): void {
    const shorter = ms < this.#limitMs;
    this.#limitMs = ms;
    this.progress();
    if (shorter) {
      this.#forget();
      this.#forget = this.#clock.after(ms, () => this.#look());
    }
  }

  /** Another wait of this length after the silence was told. */
  again(ms: number): void {
    this.#limitMs = ms;
    this.progress();
    this.#forget = this.#clock.after(ms, () => this.#look());
  }

  stop(): void {
    this.#forget();
  }

  #look(): void {
    const left = this.#expiresAt - this.#clock.monotonic();
    if (left > 0) this.#forget = this.#clock.after(left, () => this.#look());
    else if (left < -lateMs) {
      this.#expiresAt = this.#clock.monotonic() + graceMs;
      this.#forget = this.#clock.after(graceMs, () => this.#look());
    } else this.#onSilence();
  }
}
