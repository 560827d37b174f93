// Models that are set aside on a node, told to the other gateways and believed from them: a load that cannot work is not tried by each in turn.
// What changed while nobody could be reached is told afterwards.
import { AsideRecord } from "../../contract/cluster.ts";
import type { EngineEvent } from "../../contract/events.ts";
import type { Fleet, ModelEntry, Node } from "../../contract/fleet.ts";
import type { NodeId } from "../../contract/ids.ts";
import { own } from "../../domain/inventory.ts";
import { canonicalName } from "../../domain/names.ts";
import type { Clock } from "../ports.ts";
import type { Store } from "../store.ts";
import { addressOf } from "./leases.ts";
import { read } from "./record.ts";
import { keyPart, type SharedValues } from "./shared-values.ts";

/** Nobody's clock sets a model aside for longer. */
const longestMs = 30 * 60_000;
const prefix = "aside.";

export class Quarantine {
  readonly #store: Store;
  readonly #values: SharedValues;
  readonly #clock: Clock;
  readonly #me: string;
  readonly #machine: string;
  /** Changes nobody could be told of, by key; undefined: taken back. */
  readonly #untold = new Map<string, string | undefined>();
  readonly #stops: readonly (() => void)[];

  constructor(store: Store, values: SharedValues, clock: Clock, me: string, machine: string) {
    this.#store = store;
    this.#values = values;
    this.#clock = clock;
    this.#me = me;
    this.#machine = machine;
    this.#stops = [
      values.onChange((key, seen) => key.startsWith(prefix) && this.#heard(key, seen?.text)),
      values.onState((state) => state === "up" && this.#tellAll()),
    ];
  }

  /** Facts by which a model is set aside, or proves itself. */
  observe(event: EngineEvent, before: Fleet, after: Fleet): void {
    if (before === after) return;
    if (event.type === "load-finished" || event.type === "attempt-finished")
      return this.#compare(event.node, canonicalName(event.model), before, after);
    if (event.type !== "breaker-try-now" && event.type !== "probe-answered") return;
    const node = own(after.nodes, event.node);
    if (node === undefined) return;
    // What others told before this node's models were known. Later, since an observer changes nothing while it is told.
    if (own(before.nodes, event.node)?.seenAt === undefined) queueMicrotask(() => this.#recall());
    for (const key of Object.keys(node.models)) this.#compare(event.node, key, before, after);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #compare(id: NodeId, key: string, before: Fleet, after: Fleet): void {
    const node = own(after.nodes, id);
    const now = own(node?.models ?? {}, key)?.setAside;
    const was = own(own(before.nodes, id)?.models ?? {}, key)?.setAside;
    if (node === undefined || now === was) return;
    this.#untold.set(this.#keyOf(node, key), now === undefined ? undefined : this.#text(now));
    if (this.#values.state === "up") this.#tellAll();
  }

  #tellAll(): void {
    for (const [key, text] of [...this.#untold]) {
      this.#untold.delete(key);
      void (async () => {
        const end = text === undefined ? await this.#values.remove(key) : await this.#values.put(key, text);
        if (end === "away" && !this.#untold.has(key)) this.#untold.set(key, text);
      })();
    }
  }

  #recall(): void {
    for (const [key, { text }] of [...this.#values.entries()]) if (key.startsWith(prefix)) this.#heard(key, text);
  }

  #heard(key: string, text: string | undefined): void {
    const aside = read(AsideRecord, text);
    const now = this.#clock.now();
    if (aside?.by === this.#me || (aside !== undefined && aside.until <= now && aside.freeShare === undefined)) return;
    // Whatever we have to say of it ourselves is newer.
    if (this.#untold.has(key)) return;
    for (const [node, entry] of this.#meant(key)) {
      if (aside === undefined && entry.setAside === undefined) continue;
      const told = aside === undefined ? {} : { setAside: this.#believed(aside, node, entry, now) };
      this.#store.record({ type: "set-aside-elsewhere", at: now, node: node.id, model: entry.id, ...told });
    }
  }

  *#meant(key: string): Iterable<readonly [Node, ModelEntry]> {
    const [, address, model = ""] = key.split(".");
    const name = Buffer.from(model, "base64url").toString("utf8");
    for (const node of Object.values(this.#store.fleet.nodes)) {
      const entry = own(node.models, name);
      if (entry !== undefined && keyPart(addressOf(node, this.#machine)) === address) yield [node, entry];
    }
  }

  #believed({ failure, until, count, freeShare }: AsideRecord, node: Node, entry: ModelEntry, now: number) {
    return {
      failure: { ...failure, node: node.id, model: entry.id },
      until: Math.min(until, now + longestMs),
      count,
      ...(freeShare === undefined ? {} : { freeShare }),
    };
  }

  #keyOf(node: Node, model: string): string {
    return `${prefix}${keyPart(addressOf(node, this.#machine))}.${keyPart(model)}`;
  }

  #text({ failure, until, count, freeShare }: NonNullable<ModelEntry["setAside"]>): string {
    const { kind, message } = failure;
    const record: AsideRecord = { by: this.#me, failure: { kind, message: message.slice(0, 500) }, until, count, freeShare };
    return JSON.stringify(record);
  }
}
