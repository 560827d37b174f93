// How busy the house is, for whoever wants to draw it: one small state per change, at most four a second (source-systems.md 2.6). Costs nothing
// while nobody listens.
import type { QueueView, UsageState } from "../../contract/api.ts";
import type { Fleet } from "../../contract/fleet.ts";
import type { Clock } from "../ports.ts";
import type { GaugeSources } from "./gauges.ts";
import type { Totals } from "./totals.ts";

const beatMs = 250;

/** Facts that change a counter. */
export const usageFacts = [
  "attempt-started",
  "attempt-finished",
  "request-queued",
  "request-loading",
  "request-finished",
  "config-applied",
] as const;

export class UsageStream {
  readonly #clock: Clock;
  readonly #sources: GaugeSources;
  readonly #totals: Totals;
  readonly #listeners = new Set<(state: UsageState) => void>();
  #beat: (() => void) | undefined;
  #told = "";

  constructor(clock: Clock, sources: GaugeSources, totals: Totals) {
    this.#clock = clock;
    this.#sources = sources;
    this.#totals = totals;
  }

  /** The present state at once, then every change. Returns the function that stops. */
  listen(onState: (state: UsageState) => void): () => void {
    const state = this.#state();
    if (this.#listeners.size === 0) this.#told = countersOf(state);
    this.#listeners.add(onState);
    onState(state);
    return () => {
      this.#listeners.delete(onState);
    };
  }

  readonly observe = (): void => {
    if (this.#listeners.size === 0) return;
    this.#beat ??= this.#clock.after(beatMs, () => {
      this.#beat = undefined;
      this.#tell();
    });
  };

  stop(): void {
    this.#beat?.();
    this.#listeners.clear();
  }

  #tell(): void {
    const state = this.#state();
    const text = countersOf(state);
    if (text === this.#told) return;
    this.#told = text;
    for (const listener of [...this.#listeners]) listener(state);
  }

  #state(): UsageState {
    return {
      at: this.#clock.now(),
      inFlight: inFlightIn(this.#sources.fleet()),
      queues: depthsOf(this.#sources.queues()),
      totals: totalsOf(this.#totals),
    };
  }
}

/** What a change is told by: everything but the time. */
const countersOf = ({ at: _, ...counters }: UsageState) => JSON.stringify(counters);

/** By node, then by the model's canonical name; only what is at work. */
function inFlightIn({ nodes }: Fleet): UsageState["inFlight"] {
  const busy = Object.values(nodes).flatMap(({ id, inFlight }) => {
    const working = Object.entries(inFlight).filter(([, count]) => count > 0);
    return working.length === 0 ? [] : [[id, Object.fromEntries(working)] as const];
  });
  return Object.fromEntries(busy);
}

function depthsOf(queues: Readonly<Record<string, QueueView>> | undefined): UsageState["queues"] {
  return Object.fromEntries(Object.entries(queues ?? {}).map(([model, { depth }]) => [model, depth]));
}

function totalsOf({ requests, errors, served }: Totals): UsageState["totals"] {
  let [attempts, tokensIn, tokensOut] = [0, 0, 0];
  for (const one of served.all()) {
    attempts += one.attempts;
    tokensIn += one.tokensIn;
    tokensOut += one.tokensOut;
  }
  return { requests: requests.total, failed: errors.total, attempts, tokensIn, tokensOut };
}
