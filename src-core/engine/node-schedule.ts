// The hours of nodes: tells when quiet hours begin and end, and brings models into memory before they are needed. Looks at the clock on the wall
// twice a minute; between looks a decision sees a plain fact and asks no calendar.
import type { Config, NodeConfig } from "../contract/config.ts";
import type { ModelId, NodeId } from "../contract/ids.ts";
import type { WarmAt } from "../contract/node-hours.ts";
import { own } from "../domain/inventory.ts";
import { expectedLoadMs } from "../domain/loads.ts";
import { comesDue, quietUntil, type WallTime, wallClock, wallMinutes } from "../domain/local-time.ts";
import { canonicalName } from "../domain/names.ts";
import { expectedWakeMs } from "../domain/waking.ts";
import type { Clock } from "./ports.ts";
import type { Store } from "./store.ts";

const lookEveryMs = 30_000;
const minuteMs = 60_000;
/** However long a load usually takes, it begins no earlier than this before its time. */
const longestLeadMinutes = 60;

export interface ScheduleParts {
  readonly store: Store;
  readonly clock: Clock;
  /** IANA name of the zone in which times of day are read. */
  readonly zone: string;
  /** Wakes the node where it sleeps, and loads. */
  readonly warm: (node: NodeId, model: ModelId) => void;
}

export class NodeSchedule {
  readonly #parts: ScheduleParts;
  readonly #read: (at: number) => WallTime;
  /** The furthest the wall has shown since hours are followed. */
  #seen = 0;
  #forget: () => void = () => undefined;
  #following: Config | undefined;

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
    this.#read = wallClock(parts.zone);
  }

  /** Looks now, and again while any node has hours. For a start and for new settings. */
  follow(): void {
    this.#forget();
    const { store, clock } = this.#parts;
    const { config } = store;
    const now = clock.now();
    this.#quiet(config, now);
    if (!config.nodes.some(hasHours)) {
      this.#following = undefined;
      return;
    }
    // Appointments that were added just now are not made up for.
    if (this.#following === undefined) this.#seen = wallMinutes(this.#read(now));
    this.#following = config;
    this.#warm(config, now);
    this.#forget = clock.after(lookEveryMs, () => this.follow());
  }

  stop(): void {
    this.#forget();
  }

  /** A node whose hours were taken out of the settings is no longer quiet either. */
  #quiet({ nodes }: Config, now: number): void {
    const { store } = this.#parts;
    for (const { id, quietHours } of nodes) {
      const until = quietUntil(quietHours, now, this.#read);
      if (own(store.fleet.nodes, id)?.quietUntil !== until) store.record({ type: "quiet-changed", at: now, node: id, until });
    }
  }

  #warm({ nodes }: Config, now: number): void {
    const wall = this.#read(now);
    for (const { id, warmAt, enabled } of nodes) {
      if (!enabled) continue;
      for (const wish of warmAt) if (comesDue(wish, this.#seen, wall, this.#leadMinutes(id, wish))) this.#parts.warm(id, wish.model);
    }
    this.#seen = Math.max(this.#seen, wallMinutes(wall));
  }

  #leadMinutes(id: NodeId, { model }: WarmAt): number {
    const node = own(this.#parts.store.fleet.nodes, id);
    if (node === undefined) return 0;
    const wakeMs = node.health.state === "asleep" ? (expectedWakeMs(node) ?? minuteMs) : 0;
    const loadMs = expectedLoadMs(own(node.history, canonicalName(model))) ?? 0;
    return Math.min(longestLeadMinutes, Math.ceil((wakeMs + loadMs) / minuteMs));
  }
}

function hasHours({ quietHours, warmAt }: NodeConfig): boolean {
  return quietHours.length > 0 || warmAt.length > 0;
}
