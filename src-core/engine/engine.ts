// Builds the parts of the shell, starts and stops them in order, and is its public face: what the doors and the window may ask of it.
import type { Banner, Notice } from "../contract/api.ts";
import type { Config } from "../contract/config.ts";
import type { EngineEvent } from "../contract/events.ts";
import type { Failure } from "../contract/failure.ts";
import type { Fleet } from "../contract/fleet.ts";
import type { NodeId } from "../contract/ids.ts";
import type { Explanation } from "../contract/route.ts";
import { withExpectedWaits } from "../domain/expected-wait.ts";
import { pinnedModels } from "../domain/model-options.ts";
import { canonicalName } from "../domain/names.ts";
import { Affinity } from "./affinity.ts";
import { Caretaker } from "./caretaker.ts";
import { Chronicle } from "./chronicle.ts";
import { ClientLimits } from "./client-limits.ts";
import { Cluster } from "./cluster/cluster.ts";
import type { EngineParts, Snapshot } from "./engine-parts.ts";
import type { ClientReply, InferenceCall } from "./exchange.ts";
import { explainRequest, type Question } from "./explaining.ts";
import { remember, restore } from "./kept-beliefs.ts";
import { Loader } from "./loader.ts";
import { MachineWatch, machineFacts } from "./machine-watch.ts";
import { ModelWishes } from "./model-wishes.ts";
import { Money } from "./money.ts";
import { NatsBanners } from "./nats-banners.ts";
import { NatsLinks } from "./nats-links.ts";
import { NodeSet } from "./node-set.ts";
import { BudgetNotices } from "./observers/budget-notices.ts";
import { Learning } from "./observers/learning.ts";
import { Notices } from "./observers/notices.ts";
import { Publisher } from "./observers/publisher.ts";
import { PullNotices } from "./observers/pull-notices.ts";
import { ResidentCaps } from "./observers/resident-caps.ts";
import { Poller } from "./poller.ts";
import type { NodeAdapter } from "./ports.ts";
import { Pulls } from "./pulls.ts";
import { Router } from "./router.ts";
import { Store } from "./store.ts";
import { WaitingRoom } from "./waiting-room.ts";
import { Waker } from "./waker.ts";

/** Facts that come with every request, or tell a waiter nothing new. */
const ofNoWaiter: ReadonlySet<EngineEvent["type"]> = new Set([
  "attempt-started",
  "attempt-finished",
  "load-progressed",
  "pull-asked",
  "pull-progressed",
  "pull-finished",
  "pull-dismissed",
  "budget-reserved",
  "budget-settled",
  "budget-shared",
]);

/** How often a drain looks whether everything has ended. */
const drainLookMs = 50;

export class Engine {
  readonly store: Store;
  readonly chronicle: Chronicle;
  readonly money: Money;
  readonly clientLimits: ClientLimits;
  readonly notices: Notices;
  readonly publisher: Publisher;
  readonly poller: Poller;
  readonly loader: Loader;
  readonly router: Router;
  readonly models: ModelWishes;
  readonly caretaker: Caretaker;
  readonly pulls: Pulls;
  readonly nodes: NodeSet;
  readonly cluster: Cluster;
  /** Absent where this program knows no way to NATS. */
  readonly natsLinks: NatsLinks | undefined;
  readonly #parts: EngineParts;
  readonly #waitingRoom: WaitingRoom;
  readonly #budgetNotices = new BudgetNotices(
    () => this.store.config,
    (notice) => this.notify(notice),
  );
  readonly #learning: Learning;
  readonly #machine: MachineWatch | undefined;
  readonly #banners = new Map<string, Banner>();
  #unsubscribe: () => void = () => {};
  #changes = 0;

  constructor(parts: EngineParts) {
    const { clock, draw, config } = parts;
    this.#parts = parts;
    this.store = new Store(config.current(), clock, draw);
    const natsStates = new NatsBanners((id, banner) => this.banner(id, banner));
    this.natsLinks = parts.openNats === undefined ? undefined : new NatsLinks(parts.openNats, (url, state) => natsStates.tell(url, state));
    this.nodes = new NodeSet({
      ...parts,
      natsLinks: this.natsLinks,
      onLimit: (node, failure) => this.store.record({ type: "limit-reached", at: this.now(), node, failure }),
      onChanged: (node) => void this.poller.probeAfresh(node),
      onForged: (node, says) => this.store.record({ type: "message-refused", at: this.now(), node, says }),
    });
    this.#waitingRoom = new WaitingRoom(clock);
    this.#learning = new Learning(this.store, clock, parts.journal);
    this.#machine = parts.devices === undefined ? undefined : new MachineWatch(this.store, clock, parts.devices);
    this.notices = new Notices(clock, () => this.store.config.notifications);
    this.clientLimits = new ClientLimits(clock, () => this.cluster.limits);
    this.money = new Money(this.store, clock, parts.journal);
    this.chronicle = new Chronicle({
      ...parts,
      store: this.store,
      queues: () => this.#waitingRoom.view(),
      onRowChanged: () => this.publisher.rowChanged(),
    });
    this.publisher = new Publisher(
      clock,
      () => this.chronicle.activity,
      () => this.snapshot(),
    );
    this.poller = new Poller(this.store, clock, draw, () => this.publisher.watched);
    const adapterOf = (node: NodeId) => this.nodes.adapterOf(node);
    this.cluster = new Cluster({
      store: this.store,
      clock,
      links: this.natsLinks,
      me: parts.journal.identity(),
      machine: parts.machine ?? "",
      banner: (banner) => this.banner("cluster", banner),
    });
    this.loader = new Loader(this.store, clock, this.poller, adapterOf, this.cluster);
    const { store, loader, poller, money } = this;
    const waker = new Waker({ store, clock, poller, journal: parts.journal, send: parts.thisComputer?.wake });
    this.models = new ModelWishes({ store, clock, loader, poller, adapterOf });
    this.pulls = new Pulls({ store, clock, poller, adapterOf });
    const { models, nodes, notices } = this;
    this.caretaker = new Caretaker({ thisComputer: undefined, ...parts, store, poller, loader, models, nodes, notices, waker, adapterOf });
    this.router = new Router({
      store,
      clock,
      loader,
      poller,
      waker,
      money,
      affinity: new Affinity(() => store.config.affinity),
      shares: this.cluster,
      waitingRoom: this.#waitingRoom,
      adapterOf,
      images: parts.images,
      refuse: parts.refuse,
    });
    this.#observe();
  }

  get fleet(): Fleet {
    return this.store.fleet;
  }

  get config(): Config {
    return this.store.config;
  }

  now(): number {
    return this.#parts.clock.now();
  }

  adapterOf(node: NodeId): NodeAdapter | undefined {
    return this.nodes.adapterOf(node);
  }

  start(): void {
    this.#configure(this.#parts.config.current());
    restore(this.#parts.journal, this.store, this.now());
    this.caretaker.start();
    this.#unsubscribe = this.#parts.config.subscribe(
      (config) => {
        this.banner("config-rejected", undefined);
        this.#configure(config);
      },
      (failure) => {
        this.store.record({ type: "config-rejected", at: this.now(), failure });
        this.banner("config-rejected", {
          level: "error",
          title: "A configuration change was refused",
          body: `${failure.message} The last good configuration stays in force.`,
        });
      },
    );
  }

  /** Refuse is the doors' part. Drain up to `drainMs`, then abort what is left and close. Never unloads a model. */
  async stop(drainMs: number): Promise<void> {
    const { clock } = this.#parts;
    const until = clock.monotonic() + drainMs;
    while (this.router.running > 0 && clock.monotonic() < until)
      await new Promise<void>((resolve) => void clock.after(drainLookMs, resolve));
    this.#unsubscribe();
    this.router.cancelAll();
    this.caretaker.stop();
    this.loader.stop();
    this.pulls.stop();
    this.poller.stop();
    this.notices.stop();
    this.#learning.stop();
    this.#machine?.stop();
    this.publisher.stop();
    this.money.stop();
    this.chronicle.stop();
    await this.cluster.stop();
    await this.nodes.close();
  }

  async route(call: InferenceCall, reply: ClientReply): Promise<void> {
    try {
      await this.router.route(call, reply);
    } catch (bug) {
      this.#parts.log.error({ request: call.facts.id, stack: bug instanceof Error ? bug.stack : String(bug) }, "a bug ended a request");
    }
    if (call.facts.task === "unload") this.models.unloadElsewhere(call.facts.model);
  }

  /** Where a request would go now, or would go if the draft in the question were saved; nothing is sent. */
  explain(question: Question): Explanation | { readonly failure: Failure } {
    return explainRequest(question, this.store.world(), ({ model }) => this.#waitingRoom.waiting(canonicalName(model)));
  }

  /** Sets or clears a standing message. */
  banner(id: string, banner: Omit<Banner, "id"> | undefined): void {
    if (banner === undefined) this.#banners.delete(id);
    else this.#banners.set(id, { id, ...banner });
    this.touched();
  }

  notify(notice: Omit<Notice, "id" | "at">): void {
    this.notices.add(notice);
  }

  /** The snapshot changed by something outside the fleet. */
  touched(): void {
    this.#changes += 1;
    this.publisher.changed();
  }

  snapshot(): Snapshot {
    const queues = this.#waitingRoom.view();
    return {
      version: this.fleet.version + this.#changes,
      now: this.now(),
      ...this.#parts.surroundings(),
      fleet: this.fleet,
      ...(queues === undefined ? {} : { queues: withExpectedWaits(queues, { fleet: this.fleet, now: this.now() }) }),
      ...pinnedModels(this.config),
      banners: [...this.#banners.values()],
      notices: this.notices.inbox,
    };
  }

  /** Keys came, changed or went: nodes that use them are made anew, and a new object makes the doors read theirs again. */
  secretsChanged(): void {
    const { config } = this;
    this.#configure({ ...config, gateway: { ...config.gateway } });
  }

  #configure(config: Config): void {
    const demo = this.#parts.config.extraNodes;
    const { added, removed } = this.nodes.apply(config, demo);
    for (const node of removed) {
      this.caretaker.waker.stop(node);
      this.loader.stop(node);
      this.pulls.stop(node);
      this.poller.forget(node);
    }
    this.store.record({ type: "config-applied", at: this.now(), config, nodes: this.nodes.describe(config, demo), renewed: added });
    this.money.restore();
    this.caretaker.follow();
    this.cluster.follow();
    for (const node of added) {
      const adapter = this.adapterOf(node);
      if (adapter !== undefined) this.poller.watch(node, adapter);
    }
  }

  #observe(): void {
    const { store } = this;
    store.observe(this.money.observe, ["request-finished"]);
    store.observe(this.cluster.observe, ["budget-settled", "load-finished", "attempt-finished", "breaker-try-now", "probe-answered"]);
    store.observe(this.chronicle.observe);
    store.observe(this.notices.observe, "changes");
    store.observe(this.#learning.observe, ["attempt-finished", "request-finished", "config-applied"]);
    store.observe(new ResidentCaps(store).observe, ["load-started", "unload-started", "load-finished"]);
    store.observe(this.#budgetNotices.observe, ["budget-settled", "request-finished"]);
    store.observe(new PullNotices((notice) => this.notify(notice)).observe, ["pull-finished"]);
    store.observe(this.publisher.observe, "changes");
    if (this.#machine !== undefined) store.observe(this.#machine.observe, machineFacts);
    store.observe((event, before, after) => {
      // Requests come and go through `freed`; everything else that changed a belief may let a waiter go on.
      if (before !== after && !ofNoWaiter.has(event.type)) this.#waitingRoom.changed();
      const isLoaded = event.type === "load-finished" && event.failure === undefined;
      if (isLoaded || event.type === "footprint-measured") remember(this.#parts.journal, this.fleet, event.node, event.model);
    }, "changes");
    this.notices.onNotice((notice) => this.publisher.notice(notice));
  }
}
