// Limits of client keys among several gateways: seats for requests at once, and requests of a minute, each a shared sum. What the gateway counts by
// itself holds beside it, and alone while the others cannot be reached: a limit protects, it is no money.
import type { ClientKey } from "../../contract/routing.ts";
import { type Entry, type SharedLimits, tooManyAtOnce, tooManyPerMinute } from "../client-limits.ts";
import { SharedSum, type SumParts } from "./shared-sum.ts";
import { keyPart } from "./shared-values.ts";

const minuteMs = 60_000;

type Line = Omit<SumParts, "key" | "own" | "apply">;

interface Use {
  /** As the settings have it now. */
  client: ClientKey;
  running: number;
  minute: string;
  used: number;
  seats: SharedSum | undefined;
  rate: SharedSum | undefined;
}

export class LimitShares implements SharedLimits {
  readonly #line: Line;
  readonly #uses = new Map<string, Use>();

  constructor(line: Line) {
    this.#line = line;
  }

  enter(client: ClientKey, leave: () => void): Entry | Promise<Entry> {
    const use = this.#countOf(client);
    if (this.#line.values.state === "away" || this.#fits(use)) return this.#entered(use, leave);
    return this.#asked(use, leave);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#uses.values()].flatMap(({ seats, rate }) => [seats?.stop(), rate?.stop()]));
  }

  async #asked(use: Use, leave: () => void): Promise<Entry> {
    const { seats, rate } = use;
    await Promise.all([seats, rate].map((sum) => (sum === undefined || sum.left >= 1 ? undefined : sum.need(1))));
    if (this.#line.values.state === "away" || this.#fits(use)) return this.#entered(use, leave);
    leave();
    const { name, concurrency = 0, requestsPerMinute = 0 } = use.client;
    if (seats !== undefined && seats.left < 1) return tooManyAtOnce(name, concurrency);
    return tooManyPerMinute(name, requestsPerMinute, minuteMs - (this.#line.clock.now() % minuteMs));
  }

  #fits({ seats, rate }: Use): boolean {
    return (seats === undefined || seats.left >= 1) && (rate === undefined || rate.left >= 1);
  }

  #entered(use: Use, leave: () => void): () => void {
    this.#turned(use);
    use.running += 1;
    use.used += 1;
    use.rate?.touched();
    return () => {
      leave();
      use.running -= 1;
      use.seats?.touched();
    };
  }

  #countOf(client: ClientKey): Use {
    const { name } = client;
    const use = this.#uses.get(name) ?? { client, running: 0, minute: "", used: 0, seats: undefined, rate: undefined };
    this.#uses.set(name, use);
    use.client = client;
    if (client.concurrency !== undefined) use.seats ??= this.#sum("seats", use, () => this.#seats(use));
    if (client.requestsPerMinute !== undefined) use.rate ??= this.#sum("rate", use, () => this.#rate(use));
    return use;
  }

  #sum(what: "seats" | "rate", { client }: Use, own: SumParts["own"]): SharedSum {
    const { isDead, ...line } = this.#line;
    const key = `sum.${what}.${keyPart(client.name)}`;
    // Seats have no window that ends: those of a gateway that died are free again. Of a minute's requests the sum is over soon.
    return new SharedSum({ ...line, ...(what === "seats" ? { isDead } : {}), key, own, apply: () => undefined });
  }

  #seats({ client, running }: Use) {
    return { window: "seats", cap: client.concurrency ?? Number.MAX_SAFE_INTEGER, used: 0, underWay: running, whole: true };
  }

  #rate(use: Use) {
    this.#turned(use);
    const { minute: window, used, client } = use;
    return { window, cap: client.requestsPerMinute ?? Number.MAX_SAFE_INTEGER, used, underWay: 0, whole: true };
  }

  /** A minute that is over is not counted any more. */
  #turned(use: Use): void {
    const minute = String(Math.floor(this.#line.clock.now() / minuteMs));
    if (use.minute >= minute) return;
    use.minute = minute;
    use.used = 0;
  }
}
