// What is done for machines rather than for requests: they are woken, left in peace in their hours, lent out, warmed before work; and when this
// computer itself slept, its connections are made anew. Built, started and stopped as one.
import type { ModelId, NodeId } from "../contract/ids.ts";
import { own } from "../domain/inventory.ts";
import { KeepLoaded, keepLoadedFacts } from "./keep-loaded.ts";
import { Lending } from "./lending.ts";
import type { Loader } from "./loader.ts";
import type { ModelWishes } from "./model-wishes.ts";
import { NodeSchedule } from "./node-schedule.ts";
import type { NodeSet } from "./node-set.ts";
import type { Notices } from "./observers/notices.ts";
import { StuckUnloads, stuckUnloadFacts } from "./observers/stuck-unloads.ts";
import type { Poller } from "./poller.ts";
import type { Clock, LoadOptions, Log, NodeAdapter, ThisComputer } from "./ports.ts";
import { type Resumed, ResumeWatch } from "./resume.ts";
import type { Store } from "./store.ts";
import type { Waker } from "./waker.ts";

/** After this computer slept, nobody is told of troubles that end by themselves. */
const quietMs = 30_000;

export interface CaretakerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly poller: Poller;
  readonly loader: Loader;
  readonly models: ModelWishes;
  readonly nodes: NodeSet;
  readonly notices: Notices;
  readonly waker: Waker;
  readonly log: Log;
  /** Absent: nothing is known of its networks and zone, and times of day are read in UTC. */
  readonly thisComputer: ThisComputer | undefined;
  readonly adapterOf: (node: NodeId) => NodeAdapter | undefined;
}

export class Caretaker {
  readonly waker: Waker;
  readonly lending: Lending;
  readonly #parts: CaretakerParts;
  readonly #schedule: NodeSchedule;
  readonly #resume: ResumeWatch | undefined;

  constructor(parts: CaretakerParts) {
    const { store, clock, poller, thisComputer } = parts;
    this.#parts = parts;
    this.waker = parts.waker;
    this.lending = new Lending(parts);
    this.#schedule = new NodeSchedule({
      store,
      clock,
      zone: thisComputer?.zone ?? "UTC",
      warm: (node, model) => void this.#warm(node, model),
    });
    this.#resume =
      thisComputer === undefined
        ? undefined
        : new ResumeWatch(
            clock,
            () => thisComputer.networks(),
            (resumed) => this.#resumed(resumed),
          );
    const keepLoaded = new KeepLoaded({ ...parts, load: (node, model) => this.load(node, model, false, "schedule") });
    store.observe(keepLoaded.observe, keepLoadedFacts);
    store.observe(this.lending.observe, ["attempt-finished"]);
    store.observe(new StuckUnloads(store, clock, (node) => void poller.probe(node)).observe, stuckUnloadFacts);
  }

  start(): void {
    this.#resume?.start();
  }

  stop(): void {
    this.#resume?.stop();
    this.#schedule.stop();
    this.lending.stop();
    this.waker.stop();
  }

  /** The settings changed. */
  follow(): void {
    this.#schedule.follow();
  }

  /** The system told that this computer woke, or that its network may have changed (F51, F53). */
  told(because: Resumed["because"]): void {
    this.#resume?.tell(because);
  }

  /** Connections of before are dead, and look alive: they go first, then everything is looked at, and until then nobody is alarmed. */
  #resumed({ because, sleptMs }: Resumed): void {
    const { store, clock, poller, nodes, notices, log } = this.#parts;
    log.info({ because, sleptMs: sleptMs === undefined ? undefined : Math.round(sleptMs) }, "connections are made anew");
    notices.hush(quietMs);
    store.record({ type: "machine-resumed", at: clock.now(), because, sleptMs });
    nodes.flush(because === "sleep" ? "cut" : "keep");
    this.#schedule.follow();
    poller.probeAll();
  }

  /** Loads as a person wants it, and wakes the machine first where it sleeps. See `ModelWishes.load`. */
  async load(
    node: NodeId,
    model: ModelId,
    force: boolean,
    by: "user" | "schedule",
    options?: LoadOptions,
  ): ReturnType<ModelWishes["load"]> {
    const { store, models } = this.#parts;
    const isAsleep = own(store.fleet.nodes, node)?.health.state === "asleep";
    const outcome = isAsleep ? await this.waker.ensure(node, by) : undefined;
    return outcome === undefined || outcome === "left" ? models.load(node, model, force, options) : { failure: outcome };
  }

  async #warm(node: NodeId, model: ModelId): Promise<void> {
    const outcome = await this.load(node, model, false, "schedule");
    if ("failure" in outcome) this.#parts.log.warn({ node, model, says: outcome.failure.message }, "not warmed before its time");
  }
}
