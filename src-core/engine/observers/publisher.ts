// Pushes to windows: a whole snapshot at once, then coalesced to four a second; changed activity rows with the same beat. Costs nothing
// while nobody listens.
import type { Notice, Push, Snapshot } from "../../contract/api.ts";
import type { EngineEvent } from "../../contract/events.ts";
import type { Fleet } from "../../contract/fleet.ts";
import type { Clock } from "../ports.ts";
import type { Activity } from "./activity.ts";

const beatMs = 250;
/** Rows a window that has just opened is shown. */
const firstRows = 500;

export class Publisher {
  readonly #clock: Clock;
  readonly #activity: () => Activity;
  readonly #snapshot: () => Snapshot;
  /** Windows, which somebody looks at. */
  readonly #watchers = new Set<(push: Push) => void>();
  /** Those who only need to know, like a tray: nodes are not polled faster for them, and they hear no activity. */
  readonly #quiet = new Set<(push: Push) => void>();
  #beat: (() => void) | undefined;
  #stale = false;

  constructor(clock: Clock, activity: () => Activity, snapshot: () => Snapshot) {
    this.#clock = clock;
    this.#activity = activity;
    this.#snapshot = snapshot;
  }

  /** An activity row changed. False when nobody listens. */
  rowChanged(): boolean {
    if (this.watched) this.#schedule();
    return this.watched;
  }

  /** Whether a window is open. */
  get watched(): boolean {
    return this.#watchers.size > 0;
  }

  /** First push: the whole state. Returns the function that stops. */
  listen(onPush: (push: Push) => void, quiet = false): () => void {
    const listeners = quiet ? this.#quiet : this.#watchers;
    listeners.add(onPush);
    onPush({ type: "snapshot", snapshot: this.#snapshot() });
    if (!quiet) onPush({ type: "activity", rows: this.#activity().latest(firstRows) });
    return () => {
      listeners.delete(onPush);
    };
  }

  notice(notice: Notice): void {
    this.#push({ type: "notice", notice });
    this.changed();
  }

  /** The snapshot changed by something that is not a fact about the fleet: a banner, a dismissed notice. */
  changed(): void {
    this.#stale = true;
    this.#schedule();
  }

  readonly observe = (_event: EngineEvent, before: Fleet, after: Fleet): void => {
    if (before !== after) this.changed();
  };

  stop(): void {
    this.#beat?.();
    this.#watchers.clear();
    this.#quiet.clear();
  }

  #schedule(): void {
    if (this.#watchers.size + this.#quiet.size === 0) return;
    this.#beat ??= this.#clock.after(beatMs, () => {
      this.#beat = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    const rows = this.#activity().takeChanged();
    if (rows.length > 0) this.#push({ type: "activity", rows });
    // Who comes into a queue or leaves it changes no belief, but it changes what the window shows of the queue.
    if (!this.#stale && !rows.some(({ position }) => position !== undefined)) return;
    this.#stale = false;
    this.#push({ type: "snapshot", snapshot: this.#snapshot() });
  }

  #push(push: Push): void {
    for (const listener of push.type === "activity" ? [...this.#watchers] : [...this.#watchers, ...this.#quiet]) listener(push);
  }
}
