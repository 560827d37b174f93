// Looks at this machine for the nodes on it: how much memory there is and in use, and, where a server tells nothing of a load, how far its memory
// has grown towards what the model is known to take. Looks only when such a node was probed or loads, so an idle house costs nothing.
import type { DeviceReading } from "../contract/devices.ts";
import { totalBytesOf, usedBytesOf } from "../contract/devices.ts";
import type { EngineEvent, EventOf } from "../contract/events.ts";
import type { Fleet, Memory, Node } from "../contract/fleet.ts";
import type { LoadId, ModelId, NodeId } from "../contract/ids.ts";
import type { NodeKind } from "../contract/node-kinds.ts";
import { own } from "../domain/inventory.ts";
import { canonicalName } from "../domain/names.ts";
import type { Clock, DeviceReader } from "./ports.ts";
import type { Store } from "./store.ts";

/** Servers that hold models in this machine's memory, where their address is on it. Gateways and workers tell of machines of their own. */
const serverKinds: ReadonlySet<NodeKind> = new Set(["ollama", "llama-server", "lm-studio", "vllm", "llama-swap", "openai-compatible"]);
/** How often a load is looked at: as often as the tools are asked. */
export const followMs = 2_000;
/** A measured bar never claims to be done: only the node can. */
const mostFraction = 0.95;
/** Smaller changes of the memory in use are not news. */
const leastChangeBytes = 32 * 1024 * 1024;
/** Less growth than this is no model. */
const leastFootprintBytes = 64 * 1024 * 1024;

/** A load under way on this machine. */
interface Followed {
  readonly node: NodeId;
  readonly model: ModelId;
  /** Memory in use when it began. */
  baseBytes: number | undefined;
  /** Nothing else came or went meanwhile, so that growth is its own. */
  alone: boolean;
  forget: () => void;
}

/** What it wants to be told of. */
export const machineFacts = [
  "probe-answered",
  "config-applied",
  "unload-finished",
  "load-started",
  "load-staged",
  "load-finished",
] as const;

export class MachineWatch {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #devices: DeviceReader;
  readonly #followed = new Map<LoadId, Followed>();
  /** Readings that began before are older than what is known. Monotonic. */
  #since = Number.NEGATIVE_INFINITY;
  #looking = false;
  #stopped = false;

  constructor(store: Store, clock: Clock, devices: DeviceReader) {
    this.#store = store;
    this.#clock = clock;
    this.#devices = devices;
  }

  readonly observe = (event: EngineEvent, before: Fleet, after: Fleet): void => {
    switch (event.type) {
      case "probe-answered":
        return this.#probed(event.node, before, after);
      case "config-applied":
        return this.#tell(this.#devices.latest);
      case "unload-finished":
        return this.#changed(after, event.node);
      case "load-started":
      case "load-staged":
        return event.stage === "loading" ? this.#follow(event.load, after) : undefined;
      case "load-finished":
        return this.#ended(event, after);
      default:
        return undefined;
    }
  };

  stop(): void {
    this.#stopped = true;
    for (const followed of this.#followed.values()) followed.forget();
    this.#followed.clear();
  }

  #probed(id: NodeId, before: Fleet, after: Fleet): void {
    const node = hereIn(after, id);
    if (node === undefined) return;
    if (this.#followed.size > 0 && left(own(before.nodes, id), node)) this.#disturbed();
    void this.#look();
  }

  /** Something was unloaded: what was read before says nothing of now, and the growth of a load under way is no more its own. */
  #changed(fleet: Fleet, id: NodeId): void {
    if (hereIn(fleet, id) === undefined) return;
    this.#since = this.#clock.monotonic();
    this.#disturbed();
  }

  #disturbed(): void {
    for (const followed of this.#followed.values()) followed.alone = false;
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#stopped) return;
    this.#looking = true;
    const reading = await this.#devices.read(this.#since);
    this.#looking = false;
    this.#tell(reading);
  }

  #tell(reading: DeviceReading | undefined): void {
    if (reading === undefined || this.#stopped) return;
    const memory = memoryIn(reading);
    for (const node of Object.values(this.#store.fleet.nodes)) {
      if (!isHere(node) || !isNews(node.memory, memory)) continue;
      this.#store.record({ type: "memory-measured", at: this.#clock.now(), node: node.id, memory });
    }
  }

  #follow(id: LoadId, fleet: Fleet): void {
    const load = own(fleet.loads, id);
    if (load === undefined || this.#followed.has(id) || hereIn(fleet, load.node) === undefined || this.#stopped) return;
    if (this.#followed.size > 0) this.#disturbed();
    const alone = this.#followed.size === 0;
    const followed: Followed = { node: load.node, model: load.model, baseBytes: undefined, alone, forget: () => undefined };
    this.#followed.set(id, followed);
    void this.#begin(id, followed);
  }

  async #begin(id: LoadId, followed: Followed): Promise<void> {
    const reading = await this.#devices.read(this.#clock.monotonic());
    followed.baseBytes = usedIn(reading);
    // Where no tool tells the memory in use there is nothing to follow.
    if (followed.baseBytes !== undefined && this.#followed.get(id) === followed) this.#plan(id, followed);
  }

  #plan(id: LoadId, followed: Followed): void {
    followed.forget = this.#clock.after(followMs, () => void this.#step(id, followed));
  }

  async #step(id: LoadId, followed: Followed): Promise<void> {
    const reading = await this.#devices.read();
    if (this.#followed.get(id) !== followed) return;
    this.#tell(reading);
    const grown = grownBytes(followed, reading);
    const needed = this.#footprintOf(followed);
    if (grown !== undefined && needed !== undefined) {
      const fraction = Math.min(mostFraction, Math.max(0, grown / needed));
      this.#store.record({ type: "load-progressed", at: this.#clock.now(), load: id, fraction, source: "measured" });
    }
    this.#plan(id, followed);
  }

  #footprintOf({ node, model }: Followed): number | undefined {
    const found = own(this.#store.fleet.nodes, node);
    return found === undefined ? undefined : own(found.history, canonicalName(model))?.footprintBytes;
  }

  #ended({ load, ms, failure, contextTokens, node }: EventOf<"load-finished">, fleet: Fleet): void {
    if (hereIn(fleet, node) !== undefined) this.#since = this.#clock.monotonic();
    const followed = this.#followed.get(load);
    if (followed === undefined) return;
    followed.forget();
    this.#followed.delete(load);
    if (failure === undefined && ms > 0 && followed.alone && followed.baseBytes !== undefined) void this.#learn(followed, contextTokens);
  }

  async #learn(followed: Followed, contextTokens: number | undefined): Promise<void> {
    const reading = await this.#devices.read(this.#since);
    const bytes = grownBytes(followed, reading);
    if (bytes === undefined || bytes < leastFootprintBytes || this.#stopped) return;
    const { node, model } = followed;
    this.#store.record({ type: "footprint-measured", at: this.#clock.now(), node, model, bytes, contextTokens });
  }
}

function isHere({ place, enabled, demo, kind }: Node): boolean {
  return place === "this-machine" && enabled && !demo && serverKinds.has(kind);
}

function hereIn(fleet: Fleet, id: NodeId): Node | undefined {
  const node = own(fleet.nodes, id);
  return node !== undefined && isHere(node) ? node : undefined;
}

/** Whether a model that was in memory is not any more. */
function left(before: Node | undefined, after: Node): boolean {
  if (before === undefined) return false;
  return Object.entries(before.models).some(
    ([key, { residency }]) => residency.state === "warm" && own(after.models, key)?.residency.state !== "warm",
  );
}

/**
 * Graphics memory, or the one memory of a machine that has one for both. A machine's ordinary memory is none of it: what a server without a
 * graphics device may take of it is the operating system's to say. What does not fit on the device a server may put beside it.
 */
function memoryIn({ devices }: DeviceReading): Memory | undefined {
  const graphics = devices.filter(({ memory }) => memory !== "system");
  const totalBytes = totalBytesOf(graphics);
  const usedBytes = usedBytesOf(graphics);
  if (totalBytes === undefined) return undefined;
  const used = usedBytes === undefined ? {} : { usedBytes, usedSource: "measured" as const };
  return { totalBytes, totalSource: "measured", limit: "soft", ...used };
}

function usedIn({ devices }: DeviceReading): number | undefined {
  return usedBytesOf(devices.filter(({ memory }) => memory !== "system"));
}

function grownBytes({ alone, baseBytes }: Followed, reading: DeviceReading): number | undefined {
  const used = usedIn(reading);
  return !alone || baseBytes === undefined || used === undefined ? undefined : Math.max(0, used - baseBytes);
}

function isNews(before: Memory, measured: Memory | undefined): boolean {
  const was = before.totalSource === "measured" || before.usedSource === "measured";
  if (measured === undefined || !was) return measured !== undefined || was;
  if (before.totalSource === "measured" && before.totalBytes !== measured.totalBytes) return true;
  const [old, now] = [before.usedBytes, measured.usedBytes];
  return old === undefined || now === undefined ? old !== now : Math.abs(old - now) >= leastChangeBytes;
}
