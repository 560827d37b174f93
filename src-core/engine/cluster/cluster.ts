// This gateway among several: follows the settings, holds the line to the others and what is shared over it. Without `cluster` in the settings
// there is nothing of it; while the others cannot be reached, everything is decided here alone, and a banner says so (F64).
import type { Banner } from "../../contract/api.ts";
import { type ClusterSettings, clusterBucket } from "../../contract/cluster.ts";
import type { EngineEvent } from "../../contract/events.ts";
import type { Failure } from "../../contract/failure.ts";
import type { Fleet, Node } from "../../contract/fleet.ts";
import type { ModelId } from "../../contract/ids.ts";
import type { ChainLink, RequestFacts } from "../../contract/route.ts";
import type { NatsLinks } from "../nats-links.ts";
import type { Clock } from "../ports.ts";
import type { Store } from "../store.ts";
import { BudgetShares, type ShareAsking } from "./budget-shares.ts";
import { Leases, type LoadLeases } from "./leases.ts";
import { LimitShares } from "./limit-shares.ts";
import { Presence } from "./presence.ts";
import { Quarantine } from "./quarantine.ts";
import { SharedValues } from "./shared-values.ts";
import type { LoadTurn } from "./turn.ts";

export interface ClusterParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Absent: this program knows no way to NATS. */
  readonly links: NatsLinks | undefined;
  /** This gateway, the same after a restart: what it used is counted once (the journal's own id). */
  readonly me: string;
  /** Tells the loopbacks of different machines apart. */
  readonly machine: string;
  /** Undefined takes it away. */
  readonly banner: (banner: Omit<Banner, "id"> | undefined) => void;
}

interface On {
  readonly settings: ClusterSettings;
  readonly values: SharedValues;
  readonly presence: Presence;
  readonly leases: Leases;
  readonly budgets: BudgetShares;
  readonly limits: LimitShares;
  readonly quarantine: Quarantine;
}

export class Cluster implements LoadLeases, ShareAsking {
  readonly #parts: ClusterParts;
  #on: On | undefined;
  #leaving: Promise<void> = Promise.resolve();

  constructor(parts: ClusterParts) {
    this.#parts = parts;
  }

  /** Joins, leaves or moves as the settings say. Called at the start and with every new configuration. */
  follow(): void {
    const settings = this.#parts.store.config.cluster;
    if (JSON.stringify(settings) === JSON.stringify(this.#on?.settings)) return this.#on?.budgets.follow();
    this.#leave();
    if (settings !== undefined) this.#join(settings);
  }

  async take(node: Node, model: ModelId, cancelled: AbortSignal): Promise<LoadTurn | undefined> {
    return this.#on?.leases.take(node, model, cancelled);
  }

  ready(facts: RequestFacts, chain: readonly ChainLink[]): Promise<void> | undefined {
    return this.#on?.budgets.ready(facts, chain);
  }

  /** Limits of client keys among gateways; undefined where there are no others. */
  get limits(): LimitShares | undefined {
    return this.#on?.limits;
  }

  readonly observe = (event: EngineEvent, before: Fleet, after: Fleet): void => {
    const on = this.#on;
    if (on === undefined) return;
    on.budgets.observe(event);
    on.quarantine.observe(event, before, after);
  };

  /** Gives back what is held for others. The last step, after every load and request has ended. */
  async stop(): Promise<void> {
    this.#leave();
    await this.#leaving;
  }

  #join(settings: ClusterSettings): void {
    const { store, links, clock, me, machine, banner } = this.#parts;
    if (links === undefined) return banner(unreachable("This program has no way to NATS."));
    const { nats: url, credentials, plain, ca, name } = settings;
    const values = new SharedValues(links.take({ url, credentials, plain, ca }), clock, clusterBucket(name));
    values.onState((state, because?: Failure) => banner(state === "away" ? unreachable(because?.message ?? "") : undefined));
    const presence = new Presence(values, clock, me, machine);
    const line = { values, clock, me, gateways: () => presence.living };
    this.#on = {
      settings,
      values,
      presence,
      leases: new Leases(values, clock, me, machine),
      budgets: new BudgetShares(store, line),
      limits: new LimitShares({ ...line, isDead: (gateway) => !presence.lives(gateway) }),
      quarantine: new Quarantine(store, values, clock, me, machine),
    };
  }

  #leave(): void {
    const on = this.#on;
    if (on === undefined) return;
    this.#on = undefined;
    this.#parts.banner(undefined);
    const before = this.#leaving;
    this.#leaving = (async () => {
      await before;
      await Promise.all([on.leases.stop(), on.budgets.stop(), on.limits.stop()]);
      on.quarantine.stop();
      await on.presence.stop();
      await on.values.stop();
    })();
  }
}

function unreachable(why: string): Omit<Banner, "id"> {
  const body = `${why} Loads, budgets, limits of keys and what is set aside are decided here alone until then; afterwards it is all counted together.`;
  return { level: "warning", title: "Other gateways cannot be reached", body: body.trim() };
}
