// The memory of a simulated node: who is in it, who is let in, who must go. Busy or loading models are never evicted.
// Loads step along a chain of timers, not promises, so that one `advance` of a fake clock carries a whole load.
import type { Clock } from "../engine/ports.ts";
import { Changes } from "./changes.ts";
import { Instance, type LoadOutcome } from "./instance.ts";
import type { LoadFault, SimulatedModel } from "./options.ts";
import { orAborted } from "./pace.ts";
import type { NodeRecord } from "./record.ts";
import type { Lease, Refusal, ResidencyEvent, ResidencyRules, Wants } from "./residency-rules.ts";

const loadSteps = 10;

export class Residency {
  readonly #rules: ResidencyRules;
  readonly #clock: Clock;
  readonly #record: NodeRecord;
  readonly #instances = new Map<string, Instance>();
  readonly #changes = new Changes();
  /** Load faults set while the node runs; they win over the model's own. Null takes the model's own away. */
  readonly loadFaults = new Map<string, LoadFault | null>();
  readonly listeners = new Set<(event: ResidencyEvent, model: string, progress: number) => void>();
  #queued = 0;

  constructor(rules: ResidencyRules, clock: Clock, record: NodeRecord) {
    this.#rules = rules;
    this.#clock = clock;
    this.#record = record;
  }

  get instances(): readonly Instance[] {
    return [...this.#instances.values()];
  }

  get(model: string): Instance | undefined {
    return this.#instances.get(model);
  }

  /** Puts a model in memory without a load: how a node starts warm. */
  place(model: SimulatedModel, contextTokens: number): void {
    const instance = new Instance(model, contextTokens, this.#rules.keepAliveMs, this.#clock.monotonic());
    this.#instances.set(model.name, instance);
    instance.settle({ outcome: "loaded" });
    this.#rest(instance);
  }

  /** Waits, silently, for the model and for a slot of it; loads it if need be. */
  async acquire(model: SimulatedModel, wants: Wants, contextTokens: number, signal: AbortSignal): Promise<Lease | Refusal> {
    const startedAt = this.#clock.monotonic();
    let loadMs = 0;
    let queued = false;
    try {
      while (!signal.aborted) {
        const instance = this.#instances.get(model.name);
        if (instance !== undefined && ready(instance, wants)) {
          if (queued) this.#queued -= 1;
          queued = false;
          if (await this.#takeSlot(instance, signal)) return this.#lease(instance, wants, loadMs);
          continue;
        }
        if (!queued && this.#queued > this.#rules.maxQueue) return { refused: "busy" };
        if (!queued) this.#queued += 1;
        queued = true;
        const outcome = await this.#bringIn(model, wants, contextTokens, signal);
        if (outcome?.outcome === "failed") return { refused: "load-failed", fault: outcome.fault };
        loadMs = this.#clock.monotonic() - startedAt;
      }
      return { refused: "gone" };
    } finally {
      if (queued) this.#queued -= 1;
    }
  }

  /** Router: waits until there is room, then begins the load and returns. False when the model is in memory or on its way already. */
  async begin(model: SimulatedModel, contextTokens: number, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      const instance = this.#instances.get(model.name);
      if (instance?.state === "sleeping") this.#wake(instance);
      else if (instance !== undefined) return false;
      else if (this.#makesRoom(model)) this.#start(model, contextTokens, {}, undefined);
      else if (signal.aborted) return false;
      else {
        await this.#changes.next(signal);
        continue;
      }
      return true;
    }
  }

  /** Takes the model out as soon as nobody uses it; a load under way stops at once. False when it is not there. */
  unload(model: string): boolean {
    const instance = this.#instances.get(model);
    if (instance === undefined) return false;
    if (instance.state === "loading") this.#fail(instance, { outcome: "cancelled" });
    else if (instance.idle) this.#drop(instance);
    else this.#leave(instance);
    return true;
  }

  /** The process that held the model dies: what was in memory is gone, and nobody counts it as an unload. */
  crash(instance: Instance): void {
    if (this.#instances.get(instance.model.name) === instance) this.#remove(instance, "unloaded");
  }

  /** A router's child stops computing at once, and is killed with what still waits for it when it does not end in time (seen). */
  #leave(instance: Instance): void {
    const { stopTimeoutMs } = this.#rules;
    instance.leaving = true;
    if (stopTimeoutMs === undefined) return;
    instance.halted = true;
    instance.timer(
      this.#clock.after(stopTimeoutMs, () => {
        this.#record.count("unloads", instance.model.name);
        this.#remove(instance, "failed");
        instance.die();
      }),
    );
  }

  /** Empties the memory: the whole server stopped. */
  clear(): void {
    for (const instance of this.instances) {
      if (instance.state === "loading") instance.settle({ outcome: "cancelled" });
      this.#remove(instance, "unloaded");
    }
  }

  async #bringIn(model: SimulatedModel, wants: Wants, contextTokens: number, signal: AbortSignal): Promise<LoadOutcome | undefined> {
    const instance = this.#instances.get(model.name);
    if (instance?.state === "loading") return orAborted(instance.settled, signal);
    if (instance?.state === "sleeping") return orAborted(this.#wake(instance).settled, signal);
    if (instance !== undefined) {
      // Loaded, but with another context, or on its way out.
      if (instance.idle) this.#drop(instance);
      else instance.leaving = true;
    }
    if (this.#rules.measuresMemory && (model.residentBytes ?? model.bytes) > this.#rules.memoryBytes) {
      this.#record.count("loads", model.name);
      return { outcome: "failed", fault: { fault: "out-of-memory" } };
    }
    const mayStart = !this.#instances.has(model.name) && !this.#mustWaitForAnotherLoad() && this.#makesRoom(model);
    if (mayStart) return orAborted(this.#start(model, contextTokens, wants, signal).settled, signal);
    await this.#changes.next(signal);
    return undefined;
  }

  #mustWaitForAnotherLoad(): boolean {
    return this.#rules.loadDiesWithCaller && this.instances.some((instance) => instance.state === "loading");
  }

  /** Evicts the least recently used idle models until the new one fits. False: it does not fit yet. */
  #makesRoom(model: SimulatedModel): boolean {
    const need = model.residentBytes ?? model.bytes;
    for (;;) {
      const used = this.instances.reduce((sum, instance) => sum + instance.bytes, 0);
      const enough = !this.#rules.measuresMemory || used + need <= this.#rules.memoryBytes;
      if (enough && this.#instances.size < this.#rules.maxLoaded) return true;
      const idle = this.instances.filter((instance) => instance.idle && instance.state !== "loading");
      const oldest = idle.sort((a, b) => a.lastUsedAt - b.lastUsedAt)[0];
      if (oldest === undefined) return false;
      this.#drop(oldest);
    }
  }

  #start(model: SimulatedModel, contextTokens: number, wants: Wants, caller: AbortSignal | undefined): Instance {
    const keepAliveMs = wants.keepAliveMs === undefined ? this.#rules.keepAliveMs : wants.keepAliveMs;
    const instance = new Instance(model, contextTokens, keepAliveMs, this.#clock.monotonic());
    this.#instances.set(model.name, instance);
    if (this.#rules.loadDiesWithCaller && caller !== undefined) this.#tie(instance, caller);
    this.#run(instance);
    return instance;
  }

  /** Closing the connection that began an Ollama load stops the load (observed.md 3). */
  #tie(instance: Instance, caller: AbortSignal): void {
    const stop = () => {
      if (instance.state === "loading") this.#fail(instance, { outcome: "cancelled" });
    };
    caller.addEventListener("abort", stop, { once: true });
    instance.settled.then(
      () => caller.removeEventListener("abort", stop),
      () => undefined,
    );
  }

  #wake(instance: Instance): Instance {
    instance.wake();
    this.#run(instance);
    return instance;
  }

  #run(instance: Instance): void {
    this.#record.count("loads", instance.model.name);
    this.#tell("loading", instance);
    this.#step(instance, 0);
  }

  #step(instance: Instance, done: number): void {
    instance.progress = done / loadSteps;
    const fault = this.#faultOf(instance);
    const end = fault?.fault === "stuck" ? Math.floor(fault.atFraction * loadSteps) : loadSteps;
    if (instance.model.loadMs > 0 || fault?.fault === "stuck") this.#tell("progress", instance);
    if (fault?.fault === "stuck" && done >= end) return;
    if (done >= end || instance.model.loadMs === 0) return this.#ended(instance, fault);
    instance.timer(this.#clock.after(instance.model.loadMs / loadSteps, () => this.#step(instance, done + 1)));
  }

  #ended(instance: Instance, fault: LoadFault | undefined): void {
    if (fault !== undefined) return this.#fail(instance, { outcome: "failed", fault });
    instance.settle({ outcome: "loaded" });
    this.#rest(instance);
    this.#tell("loaded", instance);
  }

  #faultOf(instance: Instance): LoadFault | undefined {
    const set = this.loadFaults.get(instance.model.name);
    if (set !== undefined) return set ?? undefined;
    const used = this.instances.reduce((sum, each) => sum + each.bytes, 0);
    if (used > this.#rules.memoryBytes) return { fault: "out-of-memory" };
    return instance.model.loadFault;
  }

  #fail(instance: Instance, outcome: LoadOutcome): void {
    this.#instances.delete(instance.model.name);
    instance.settle(outcome);
    if (outcome.outcome === "cancelled") this.#record.count("cancelledLoads", instance.model.name);
    this.#tell("failed", instance);
  }

  async #takeSlot(instance: Instance, signal: AbortSignal): Promise<boolean> {
    this.#record.changed();
    const taken = await instance.takeSlot(this.#rules.slots, signal);
    if (!taken) return false;
    this.#record.slot(1);
    return true;
  }

  #lease(instance: Instance, wants: Wants, loadMs: number): Lease {
    instance.timer(() => undefined);
    instance.lastUsedAt = this.#clock.monotonic();
    if (wants.keepAliveMs !== undefined) instance.keepAliveMs = wants.keepAliveMs;
    instance.expiresAt = instance.keepAliveMs === null ? null : this.#clock.now() + instance.keepAliveMs;
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      this.#record.slot(-1);
      instance.giveSlot();
      instance.lastUsedAt = this.#clock.monotonic();
      if (instance.idle && this.#instances.get(instance.model.name) === instance) this.#rest(instance);
      this.#tellWaiting();
    };
    return { instance, loadMs, release };
  }

  /** Nobody uses it any more: it leaves, or a timer decides when. */
  #rest(instance: Instance): void {
    if (instance.leaving) return this.#drop(instance);
    const { keepAliveMs } = instance;
    instance.expiresAt = keepAliveMs === null ? null : this.#clock.now() + keepAliveMs;
    if (keepAliveMs !== null) {
      if (keepAliveMs === 0) return this.#drop(instance);
      instance.timer(this.#clock.after(keepAliveMs, () => this.#drop(instance)));
    } else if (this.#rules.sleepIdleMs !== undefined) {
      instance.timer(this.#clock.after(this.#rules.sleepIdleMs, () => this.#sleep(instance)));
    }
  }

  #sleep(instance: Instance): void {
    instance.state = "sleeping";
    this.#tell("sleeping", instance);
  }

  #drop(instance: Instance): void {
    this.#record.count("unloads", instance.model.name);
    this.#remove(instance, "unloaded");
  }

  #remove(instance: Instance, event: "unloaded" | "failed"): void {
    instance.timer(() => undefined);
    this.#instances.delete(instance.model.name);
    instance.dismiss();
    this.#tell(event, instance);
  }

  #tell(event: ResidencyEvent, instance: Instance): void {
    for (const listener of this.listeners) listener(event, instance.model.name, instance.progress);
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    this.#changes.happened();
    this.#record.changed();
  }
}

function ready(instance: Instance, wants: Wants): boolean {
  if (instance.state !== "loaded" || instance.leaving) return false;
  return wants.contextTokens === undefined || wants.contextTokens === instance.contextTokens;
}
