// What happened on each node, newest 200 each, and how quickly it answered its last probes. Sentences are kept across restarts, without the words of
// nodes in them (S-80); where the disk takes nothing they last as long as the process.
import type { EngineEvent } from "../../contract/events.ts";
import type { Fleet } from "../../contract/fleet.ts";
import { NodeId } from "../../contract/ids.ts";
import type { NodeLogEntry, NodeLogPage, NodeLogQuery, Told } from "../../contract/node-log.ts";
import { own } from "../../domain/inventory.ts";
import { nodeStory } from "../../domain/node-story.ts";
import type { Journal } from "../journal-port.ts";
import type { Clock } from "../ports.ts";
import { ProbeRing } from "./probe-ring.ts";

/** Kept of each node, in memory and on disk. */
export const entriesPerNode = 200;
/** The same again within this is one entry, and counted. */
const sameMs = 10 * 60_000;
/** Written together, off everybody's way. */
const batchMs = 1_000;

type LogJournal = Pick<Journal, "nodeLog" | "lastNodeLogId" | "recordNodeLog">;

export class NodeLog {
  readonly #clock: Clock;
  readonly #journal: LogJournal;
  /** Oldest first. */
  readonly #entries = new Map<NodeId, NodeLogEntry[]>();
  readonly #probes = new Map<NodeId, ProbeRing>();
  #unwritten = new Map<number, NodeLogEntry>();
  #gone = new Set<NodeId>();
  #lastId: number;
  #timer: (() => void) | undefined;
  #stopped = false;

  constructor(clock: Clock, journal: LogJournal) {
    this.#clock = clock;
    this.#journal = journal;
    this.#lastId = journal.lastNodeLogId();
  }

  readonly observe = (event: EngineEvent, before: Fleet, after: Fleet): void => {
    if (this.#stopped) return;
    if (event.type === "probe-answered") this.#probed(event.node, event.at, event.latencyMs, after);
    else if (event.type === "probe-failed") this.#probed(event.node, event.at, undefined, after);
    else if (event.type === "config-applied") this.#forget(before, after);
    for (const { node, ...told } of nodeStory(event, before, after)) this.#tell(node, event.at, told);
  };

  page({ node, before = Number.MAX_SAFE_INTEGER, about, limit }: NodeLogQuery): NodeLogPage {
    const fits = (entry: NodeLogEntry) => entry.id < before && (about === undefined || entry.about === about);
    const held = this.#entries.get(node) ?? [];
    // One more than wanted tells whether there are more.
    const found = held
      .filter(fits)
      .toReversed()
      .slice(0, limit + 1);
    const entries =
      found.length > limit || limit === 0 ? found : [...found, ...this.#older(node, held, before, limit + 1 - found.length, about)];
    const shown = entries.slice(0, limit);
    const last = shown.at(-1);
    return {
      entries: shown,
      ...(entries.length > limit && last !== undefined ? { next: last.id } : {}),
      probes: this.#probes.get(node)?.all() ?? [],
    };
  }

  /** The last step: the journal closes next. */
  stop(): void {
    this.#flush();
    this.#timer?.();
    this.#stopped = true;
  }

  /** From before this process began. */
  #older(
    node: NodeId,
    held: readonly NodeLogEntry[],
    before: number,
    limit: number,
    about: NodeLogQuery["about"],
  ): readonly NodeLogEntry[] {
    if (held.length >= entriesPerNode || this.#gone.has(node)) return [];
    const oldest = held[0]?.id ?? Number.MAX_SAFE_INTEGER;
    return this.#journal.nodeLog({ node, before: Math.min(before, oldest), limit, about });
  }

  #probed(node: NodeId, at: number, ms: number | undefined, after: Fleet): void {
    if (own(after.nodes, node) === undefined) return;
    const ring = this.#probes.get(node) ?? new ProbeRing();
    ring.add(at, ms);
    this.#probes.set(node, ring);
  }

  #tell(node: NodeId, at: number, told: Told): void {
    const entries = this.#entries.get(node) ?? [];
    this.#entries.set(node, entries);
    const last = entries.at(-1);
    const isSame = last !== undefined && last.says === told.says && at - last.at < sameMs;
    if (!isSame) this.#lastId += 1;
    const entry: NodeLogEntry = isSame ? { ...last, ...told, at, times: (last.times ?? 1) + 1 } : { id: this.#lastId, node, at, ...told };
    if (isSame) entries.pop();
    entries.push(entry);
    if (entries.length > entriesPerNode) entries.shift();
    this.#unwritten.set(entry.id, entry);
    this.#writeSoon();
  }

  /** A node that was removed takes its story with it, also from the disk. */
  #forget(before: Fleet, after: Fleet): void {
    for (const id of Object.keys(before.nodes)) {
      if (own(after.nodes, id) !== undefined) continue;
      const node = NodeId.parse(id);
      this.#entries.delete(node);
      this.#probes.delete(node);
      this.#unwritten = new Map([...this.#unwritten].filter(([, entry]) => entry.node !== node));
      this.#gone.add(node);
      this.#writeSoon();
    }
  }

  #writeSoon(): void {
    this.#timer ??= this.#clock.after(batchMs, this.#flush);
  }

  readonly #flush = (): void => {
    this.#timer?.();
    this.#timer = undefined;
    if (this.#unwritten.size === 0 && this.#gone.size === 0) return;
    // What the disk does not take now is not tried again: it stays in memory, and nothing is lost but its life after this process.
    const entries = [...this.#unwritten.values()].map(({ because: _, ...kept }) => kept);
    this.#journal.recordNodeLog(entries, [...this.#gone], entriesPerNode);
    this.#unwritten = new Map();
    this.#gone = new Set();
  };
}
