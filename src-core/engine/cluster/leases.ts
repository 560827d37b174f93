// One load of a model on a node across all gateways. Who loads holds a lease, renewed at a third of its life by compare-and-set; who comes second
// waits for its end and then finds the model warm. No two clocks are compared: a lease is dead when its revision stood still here for its whole life.
import { LeaseRecord } from "../../contract/cluster.ts";
import { type Failure, fail, failureTable } from "../../contract/failure.ts";
import type { Node } from "../../contract/fleet.ts";
import type { ModelId } from "../../contract/ids.ts";
import { canonicalName } from "../../domain/names.ts";
import type { Clock } from "../ports.ts";
import { read } from "./record.ts";
import { type ChangeEnd, keyPart, type Seen, type SharedValues } from "./shared-values.ts";
import type { LoadTurn } from "./turn.ts";

/** How long a holder that died keeps others waiting, milliseconds. */
export const leaseMs = 15_000;

/** What the loader needs. Undefined: there are no other gateways. */
export interface LoadLeases {
  take(node: Node, model: ModelId, cancelled: AbortSignal): Promise<LoadTurn | undefined>;
}

interface Held {
  readonly key: string;
  forget: () => void;
  ended: boolean;
}

export class Leases {
  readonly #values: SharedValues;
  readonly #clock: Clock;
  readonly #me: string;
  readonly #machine: string;
  readonly #held = new Set<Held>();
  readonly #ending = new Set<Promise<unknown>>();

  /** `me`: the same after a restart of the same gateway, which then knows that its own lease is dead. `machine`: tells loopbacks apart. */
  constructor(values: SharedValues, clock: Clock, me: string, machine: string) {
    this.#values = values;
    this.#clock = clock;
    this.#me = me;
    this.#machine = machine;
    // What went on during a partition is told again.
    values.onState((state) => {
      if (state === "up") for (const held of this.#held) void this.#renew(held);
    });
  }

  async take(node: Node, model: ModelId, cancelled: AbortSignal): Promise<LoadTurn> {
    const key = `lease.${keyPart(addressOf(node, this.#machine))}.${keyPart(canonicalName(model))}`;
    let elsewhere = false;
    let waited = false;
    await this.#values.settled();
    while (!cancelled.aborted) {
      const { end, found } = await this.#tried(key);
      elsewhere ||= found !== undefined && found.holder !== this.#me;
      if (end === "changed") {
        if (waited && found?.failure !== undefined) {
          const { kind, message } = found.failure;
          const failure = fail(kind, `Another gateway tried: ${message}`, { node: node.id, model });
          this.#over(key, failure);
          return { elsewhere, failure, end: () => undefined };
        }
        return this.#turn(key, elsewhere);
      }
      // Whoever cannot be asked is not waited for: the node itself knows whether it loads already.
      if (end === "away") return this.#turn(key, elsewhere);
      waited = true;
      await this.#changed(key, cancelled);
    }
    return { elsewhere, end: () => undefined };
  }

  /** Takes it where nobody holds it. `found`: what stood there. */
  async #tried(key: string): Promise<{ readonly end: ChangeEnd; readonly found: LeaseRecord | undefined }> {
    const look: { found: LeaseRecord | undefined } = { found: undefined };
    const alter = (text: string | undefined) => {
      look.found = read(LeaseRecord, text);
      return look.found !== undefined && this.#isAlive(key, look.found) ? undefined : this.#text("held");
    };
    const end = await this.#values.change(key, alter, true);
    return { end, found: look.found };
  }

  /** Gives back what is held, at the end of this gateway. */
  async stop(): Promise<void> {
    for (const held of [...this.#held]) this.#end(held);
    await Promise.allSettled([...this.#ending]);
  }

  #isAlive(key: string, { state, holder }: LeaseRecord): boolean {
    if (state === "ended" || holder === this.#me) return false;
    const seen = this.#values.seen(key);
    return seen === undefined || this.#leftMs(seen) > 0;
  }

  #leftMs({ seenAt }: Seen): number {
    return seenAt + leaseMs - this.#clock.monotonic();
  }

  /** Resolves when the lease changed, came to its end, cannot be watched any more, or nobody waits. */
  #changed(key: string, cancelled: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const seen = this.#values.seen(key);
      const done = () => {
        forget();
        stopState();
        stopChange();
        cancelled.removeEventListener("abort", done);
        resolve();
      };
      const forget = this.#clock.after(seen === undefined ? leaseMs : Math.max(1, this.#leftMs(seen)), done);
      const stopState = this.#values.onState(done);
      const stopChange = this.#values.onChange((changed, now) => {
        // A pulse only: still being loaded.
        if (changed === key && read(LeaseRecord, now?.text)?.state !== "held") done();
      });
      cancelled.addEventListener("abort", done);
      // It may have ended between our look and now.
      if (cancelled.aborted || read(LeaseRecord, seen?.text)?.state !== "held") done();
    });
  }

  #turn(key: string, elsewhere: boolean): LoadTurn {
    const held: Held = { key, forget: () => undefined, ended: false };
    this.#held.add(held);
    this.#pulse(held);
    return { elsewhere, end: (failure) => this.#end(held, failure) };
  }

  #pulse(held: Held): void {
    held.forget = this.#clock.after(leaseMs / 3, () => {
      void this.#renew(held);
      this.#pulse(held);
    });
  }

  /** Taken again where it is free, as after a partition; left to whoever took it meanwhile. */
  async #renew(held: Held): Promise<void> {
    await this.#values.change(held.key, (text) => {
      if (held.ended) return undefined;
      const found = read(LeaseRecord, text);
      return found !== undefined && this.#isAlive(held.key, found) ? undefined : this.#text("held");
    });
  }

  #end(held: Held, failure?: Failure): void {
    if (held.ended) return;
    held.ended = true;
    held.forget();
    this.#held.delete(held);
    this.#over(held.key, failure);
  }

  #over(key: string, failure: Failure | undefined): void {
    // Only what says something of the model spares others the try: that nobody waited any more does not.
    const told = failure !== undefined && failureTable[failure.kind].against === "model" ? failure : undefined;
    const ending = this.#values.change(key, (text) =>
      read(LeaseRecord, text)?.holder === this.#me ? this.#text("ended", told) : undefined,
    );
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }

  #text(state: LeaseRecord["state"], failure?: Failure): string {
    const told = failure === undefined ? {} : { failure: { kind: failure.kind, message: failure.message.slice(0, 500) } };
    return JSON.stringify({ holder: this.#me, state, ...told } satisfies LeaseRecord);
  }
}

/** One server, by whatever id a gateway has it. A loopback is another one on every machine. */
export function addressOf({ identity, url }: Pick<Node, "identity" | "url">, machine: string): string {
  const address = identity ?? url;
  return /(?:^|\/\/)(?:127\.|localhost[:/]|\[?::1)/i.test(address) ? `${machine}/${address}` : address;
}
