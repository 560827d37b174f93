// This gateway's part of one shared sum: what it may use without asking, asked for ahead of need and given back when others lack it. A share is lowered
// here before that is written and raised here after, so that what all may use is never more than the cap. Requests that wait are asked for at once.
import { SumRecord } from "../../contract/cluster.ts";
import { availableTo, balanced, heldElsewhere, type OwnPart, shareAlone, usedElsewhere } from "../../domain/shared-sum.ts";
import type { Clock } from "../ports.ts";
import { read } from "./record.ts";
import type { SharedValues } from "./shared-values.ts";

/** What was used is told to the others this much later, together. */
const publishMs = 1_000;
/** How long others are waited for to give back what they hold ahead of need. */
const returnMs = 500;

/** Two that lack some at once wait for each other; so often they look again. */
const mostAsked = 3;

/** `next`: what may be used in a window that begins before anybody was asked. `elsewhere`: used by the others. */
export interface SumView {
  readonly window: string;
  readonly share: number;
  readonly elsewhere: number;
  readonly next: number;
}

export interface SumParts {
  readonly values: SharedValues;
  readonly clock: Clock;
  readonly me: string;
  readonly key: string;
  /** As it is at this moment. */
  readonly own: () => OwnPart;
  /** Gateways that live, this one included; those of before while they cannot be reached. */
  readonly gateways: () => number;
  /** A gateway that died holds nothing; only for sums that are given back anyway. Absent: its share stays its own. */
  readonly isDead?: ((gateway: string) => boolean) | undefined;
  readonly apply: (view: SumView) => void;
}

interface Waiter {
  readonly amount: number;
  readonly resolve: () => void;
}

export class SharedSum {
  readonly #parts: SumParts;
  #view: SumView;
  #waiting: Waiter[] = [];
  #running: Promise<void> | undefined;
  #dirty = false;
  /** Ends the wait for what others give back. */
  #interrupt: () => void = () => undefined;
  #forgetPublish: (() => void) | undefined;
  /** The turn of each gateway that was last answered. */
  readonly #answered = new Map<string, number>();
  readonly #stops: (() => void)[] = [];

  constructor(parts: SumParts) {
    this.#parts = parts;
    const { window } = parts.own();
    this.#view = { window, share: 0, elsewhere: 0, next: 0 };
    parts.apply(this.#view);
    const { values, key } = parts;
    this.#stops.push(
      values.onState((state) => {
        if (state === "up") this.#kick();
        else if (state === "away") this.#alone();
      }),
      values.onChange((changed) => {
        if (changed === key) this.#heard();
      }),
    );
    if (values.state === "away") this.#alone();
    else this.#kick();
  }

  /** What may be used now without asking. */
  get left(): number {
    const { window, used, underWay } = this.#parts.own();
    const may = this.#view.window === window ? this.#view.share : this.#view.next;
    return may - used - underWay;
  }

  /** Asks for so much more. Resolves when it is here or cannot be had; undefined where it cannot, as far as is known. */
  need(amount: number): Promise<void> | undefined {
    const { values, me } = this.#parts;
    if (values.state === "away") return undefined;
    const own = this.#parts.own();
    const record = this.#record();
    const possible = availableTo(me, record, own) - own.used - own.underWay + heldElsewhere(me, record, own.window);
    if (values.state === "up" && possible <= this.left) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push({ amount, resolve });
      this.#kick();
    });
  }

  /** Some was used: told to the others soon. */
  touched(): void {
    this.#forgetPublish ??= this.#parts.clock.after(publishMs, () => {
      this.#forgetPublish = undefined;
      this.#kick();
    });
  }

  /** Gives back what is not used, as far as somebody hears it. */
  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    this.#forgetPublish?.();
    await this.#running;
    if (this.#parts.values.state === "up") await this.#write(0, true);
  }

  #kick(): void {
    this.#dirty = true;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    await this.#parts.values.settled();
    while (this.#dirty) {
      this.#dirty = false;
      await this.#round();
    }
    // In the same step as the last look: a wish that comes after it begins a new run.
    this.#running = undefined;
  }

  async #round(): Promise<void> {
    const batch = this.#waiting.splice(0);
    const need = batch.reduce((sum, { amount }) => sum + amount, 0);
    let written = await this.#write(need);
    for (let times = 0; times < mostAsked && this.#lacks(written) && (await this.#returned(written)); times += 1)
      written = await this.#write(need);
    for (const { resolve } of batch) resolve();
  }

  #lacks(written: SumRecord | undefined): written is SumRecord {
    return (written?.parts[this.#parts.me]?.wants ?? 0) > 0;
  }

  /** Undefined where nobody can be asked, or the others are in a later window. */
  async #write(need: number, leaving = false): Promise<SumRecord | undefined> {
    const { values, key, me } = this.#parts;
    const outcome: { next: ReturnType<typeof balanced> } = { next: undefined };
    const end = await values.change(key, (text) => {
      const own = this.#parts.own();
      // Who leaves holds nothing ahead of need: as if somebody wanted it.
      const next = balanced(
        me,
        this.#without(read(SumRecord, text)),
        own,
        need,
        leaving ? Number.POSITIVE_INFINITY : this.#parts.gateways(),
      );
      outcome.next = next;
      if (next === undefined) return undefined;
      if (this.#view.window === own.window && next.part.share < this.#view.share) this.#show({ ...this.#view, share: next.part.share });
      return JSON.stringify(next.record);
    });
    if (end === "away") {
      this.#alone();
      return undefined;
    }
    if (outcome.next === undefined) return undefined;
    const { part, record } = outcome.next;
    const { window } = record;
    this.#show({ window, share: part.share, elsewhere: usedElsewhere(me, record, window), next: 0 });
    return record;
  }

  /** Resolves once everybody who holds some ahead of need has answered, or had the time to. False: nobody holds any. */
  async #returned({ parts }: SumRecord): Promise<boolean> {
    const { values, clock, key, me } = this.#parts;
    const asked = Object.entries(parts).filter(([id, { share, used }]) => id !== me && share > used);
    if (asked.length === 0) return false;
    const answered = () => {
      const now = this.#record()?.parts ?? {};
      return asked.every(([id, { turn }]) => (now[id]?.turn ?? Number.POSITIVE_INFINITY) > turn);
    };
    // Maybe they were faster than we came to look.
    if (answered()) return true;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#interrupt = () => undefined;
        forget();
        stopChange();
        stopState();
        resolve();
      };
      // Who is asked meanwhile answers first: the other may be waiting just so.
      this.#interrupt = done;
      const forget = clock.after(returnMs, done);
      const stopState = values.onState(done);
      const stopChange = values.onChange((changed) => {
        if (changed === key && answered()) done();
      });
    });
    return true;
  }

  #heard(): void {
    const { me } = this.#parts;
    const record = this.#record();
    if (record === undefined) return;
    const elsewhere = usedElsewhere(me, record, this.#view.window);
    if (record.window === this.#view.window && elsewhere !== this.#view.elsewhere) this.#show({ ...this.#view, elsewhere });
    let asked = false;
    for (const [id, { wants, turn }] of Object.entries(record.parts)) {
      if (id === me || wants === 0 || (this.#answered.get(id) ?? -1) >= turn) continue;
      this.#answered.set(id, turn);
      asked = true;
    }
    if (!asked) return;
    this.#kick();
    this.#interrupt();
  }

  /** Nobody can be asked: what is ours, and our part of what nobody held. */
  #alone(): void {
    const { me, gateways } = this.#parts;
    const own = this.#parts.own();
    const record = this.#record();
    const share = this.#view.window === own.window ? this.#view.share : 0;
    const count = gateways();
    this.#show({
      window: own.window,
      share: shareAlone(me, record, own, share, count),
      elsewhere: usedElsewhere(me, record, own.window),
      next: shareAlone(me, undefined, { ...own, used: 0, underWay: 0 }, 0, count),
    });
  }

  #record(): SumRecord | undefined {
    const { values, key } = this.#parts;
    return this.#without(read(SumRecord, values.seen(key)?.text));
  }

  /** The record without who is dead. */
  #without(record: SumRecord | undefined): SumRecord | undefined {
    const { isDead, me } = this.#parts;
    if (isDead === undefined || record === undefined) return record;
    return { ...record, parts: Object.fromEntries(Object.entries(record.parts).filter(([id]) => id === me || !isDead(id))) };
  }

  #show(view: SumView): void {
    const { window, share, elsewhere, next } = this.#view;
    if (window === view.window && share === view.share && elsewhere === view.elsewhere && next === view.next) return;
    this.#view = view;
    this.#parts.apply(view);
  }
}
