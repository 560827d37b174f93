// Which gateways live: each writes its key again every few seconds, and one whose key stood still for three times as long is gone. While the others
// cannot be reached, those that lived when the line went are counted: they may go on as this one does.
import type { PresenceRecord } from "../../contract/cluster.ts";
import type { Clock } from "../ports.ts";
import type { SharedValues } from "./shared-values.ts";

const beatMs = 5_000;
const goneMs = 3 * beatMs;
const prefix = "gateway.";

export class Presence {
  readonly #values: SharedValues;
  readonly #clock: Clock;
  readonly #me: string;
  readonly #text: string;
  /** When the line went and came back, by the monotonic clock. Those who were cut off like us get time to be heard again. */
  #wentAt: number | undefined;
  #backAt: number | undefined;
  #forget: () => void = () => {};
  readonly #stopState: () => void;

  constructor(values: SharedValues, clock: Clock, me: string, name: string) {
    this.#values = values;
    this.#clock = clock;
    this.#me = me;
    this.#text = JSON.stringify({ name } satisfies PresenceRecord);
    this.#stopState = values.onState((state) => {
      if (state === "away") this.#went();
      else if (state === "up") void this.#beat();
    });
    this.#later();
    if (values.state === "up") void this.#beat();
  }

  /** How many live, this one included. */
  get living(): number {
    let count = 1;
    for (const [key] of this.#values.entries()) {
      const id = key.startsWith(prefix) ? key.slice(prefix.length) : this.#me;
      if (id !== this.#me && this.lives(id)) count += 1;
    }
    return count;
  }

  lives(gateway: string): boolean {
    if (gateway === this.#me) return true;
    const seen = this.#values.seen(prefix + gateway);
    return seen !== undefined && this.#asOf() - seen.seenAt < goneMs;
  }

  async stop(): Promise<void> {
    this.#forget();
    this.#stopState();
    await this.#values.remove(prefix + this.#me);
  }

  #later(): void {
    this.#forget = this.#clock.after(beatMs, () => {
      void this.#beat();
      this.#later();
    });
  }

  #asOf(): number {
    const now = this.#clock.monotonic();
    if (this.#wentAt === undefined) return now;
    return this.#backAt !== undefined && now - this.#backAt >= goneMs ? now : this.#wentAt;
  }

  #went(): void {
    this.#wentAt = this.#asOf();
    this.#backAt = undefined;
  }

  async #beat(): Promise<void> {
    const end = await this.#values.put(prefix + this.#me, this.#text);
    if (end === "changed" && this.#wentAt !== undefined) this.#backAt ??= this.#clock.monotonic();
  }
}
