// What the window knows: the engine's last snapshot, the activity rows and the state of the line to it. It holds no truth of its own;
// a lost push heals with the next one.
import type { Notice, Push, Snapshot, Transport } from "../../src-core/contract/api.ts";
import type { Failure } from "../../src-core/contract/failure.ts";
import type { RequestRow } from "../../src-core/contract/route.ts";

/** The line to the engine. `refused` ends only with a new key. */
export type Line =
  | { readonly state: "connecting" }
  | { readonly state: "connected" }
  | { readonly state: "lost"; readonly since: number }
  | { readonly state: "refused"; readonly failure: Failure };

/** `offsetMs` turns local time into the engine's: engine = local + offset. `heardAt` is local. */
export interface WindowState {
  readonly line: Line;
  readonly snapshot: Snapshot | undefined;
  readonly heardAt: number;
  readonly offsetMs: number;
}

/** Oldest finished rows go first beyond this many (ux.md 5). */
export const activityCap = 5_000;

const connected: Line = { state: "connected" };

/** Pushes that took longer than others seem to come from a slower clock. */
const delayMs = 1_000;

/** The offset told by the quickest push: all ages hang on it, and would be drawn anew with every push if it trembled. */
function steadyOffset({ snapshot, offsetMs }: WindowState, told: number): number {
  return snapshot !== undefined && told <= offsetMs && offsetMs - told < delayMs ? offsetMs : told;
}

const isLive = (row: RequestRow) => row.phase !== "done";
const liveThenNewest = (a: RequestRow, b: RequestRow) => Number(isLive(b)) - Number(isLive(a)) || b.at - a.at;

/** One per window, for `useSyncExternalStore`. `start` opens the line; its result closes it. */
export class WindowStore {
  readonly #transport: Transport;
  readonly #watchers = new Set<() => void>();
  readonly #noticed = new Set<(notice: Notice) => void>();
  readonly #rows = new Map<string, RequestRow>();
  readonly #now: () => number;
  #state: WindowState = { line: { state: "connecting" }, snapshot: undefined, heardAt: 0, offsetMs: 0 };
  #activity: readonly RequestRow[] = [];

  constructor(transport: Transport, now: () => number = Date.now) {
    this.#transport = transport;
    this.#now = now;
  }

  readonly state = (): WindowState => this.#state;
  /** Running requests first, then newest first. The same array until a row changes. */
  readonly activity = (): readonly RequestRow[] => this.#activity;

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Calls back once for each notice that arrives while the window is open. */
  readonly onNotice = (callback: (notice: Notice) => void): (() => void) => {
    this.#noticed.add(callback);
    return () => this.#noticed.delete(callback);
  };

  start(): () => void {
    return this.#transport.listen(
      (push) => this.#receive(push),
      (connected) => this.#lineChanged(connected),
    );
  }

  #receive(push: Push): void {
    if (push.type === "snapshot") {
      const heardAt = this.#now();
      const offsetMs = steadyOffset(this.#state, push.snapshot.now - heardAt);
      this.#state = { line: connected, snapshot: push.snapshot, heardAt, offsetMs };
    } else if (push.type === "activity") {
      this.#remember(push.rows);
    } else {
      for (const callback of this.#noticed) callback(push.notice);
    }
    this.#tell();
  }

  #remember(rows: readonly RequestRow[]): void {
    for (const row of rows) this.#rows.set(row.id, row);
    const sorted = [...this.#rows.values()].sort(liveThenNewest);
    for (const row of sorted.slice(activityCap)) this.#rows.delete(row.id);
    this.#activity = sorted.slice(0, activityCap);
  }

  #lineChanged(connected: boolean): void {
    if (connected) return;
    const { line } = this.#state;
    if (line.state === "connected" || line.state === "connecting") {
      this.#state = { ...this.#state, line: { state: "lost", since: this.#now() } };
      this.#tell();
    }
    void this.#askWhy();
  }

  /** A broken stream says nothing about its reason; a call does: silence, or a key that is not valid any more. */
  async #askWhy(): Promise<void> {
    const reply = await this.#transport.call("snapshot", {});
    if (reply.ok || reply.failure.kind !== "unauthorized" || this.#state.line.state === "connected") return;
    this.#state = { ...this.#state, line: { state: "refused", failure: reply.failure } };
    this.#tell();
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
