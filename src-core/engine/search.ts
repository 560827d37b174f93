// The search for servers that runs, or the last one, as the window sees it. One at a time: a new one ends the one before. It only looks; adding is
// a person's act (S-44).
import type { Failure } from "../contract/failure.ts";
import type { FindWish, FoundServer, SearchView, SourceProgress } from "../contract/finding.ts";
import type { Fleet } from "../contract/fleet.ts";
import { knownNode } from "../domain/known-node.ts";
import type { NatsLink } from "./nats-port.ts";
import type { Clock, Survey } from "./ports.ts";

export interface SearchParts {
  readonly survey: Survey;
  readonly clock: Clock;
  readonly fleet: () => Fleet;
  readonly ownPorts: () => readonly number[];
  /** The NATS server of the settings, with a link that is let go of afterwards. */
  readonly nats?: () => { readonly link: NatsLink; readonly url: string } | undefined;
  /** Something in `view` is new. */
  readonly onChange: () => void;
}

/** Beyond this many servers a list helps nobody. */
const mostFound = 500;

interface Run {
  readonly startedAt: number;
  endedAt: number | undefined;
  readonly stopped: AbortController;
  readonly sources: Map<string, SourceProgress>;
  readonly found: Map<string, FoundServer>;
}

export class ServerSearch {
  readonly #parts: SearchParts;
  #run: Run | undefined;

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /** What stands in the snapshot; servers that became nodes meanwhile are marked. */
  get view(): SearchView | undefined {
    const run = this.#run;
    if (run === undefined) return undefined;
    const { startedAt, endedAt, stopped, sources } = run;
    return {
      startedAt,
      ...(endedAt === undefined ? {} : { endedAt }),
      cancelled: stopped.signal.aborted,
      sources: [...sources.values()],
      found: this.#found(run),
    };
  }

  /** Ends when every source has, or soon after it was cancelled; then with what was found so far. */
  async start(wish: FindWish): Promise<{ readonly found: readonly FoundServer[] } | { readonly failure: Failure }> {
    const { survey, clock, ownPorts } = this.#parts;
    const stopped = new AbortController();
    const run: Run = { startedAt: clock.now(), endedAt: undefined, stopped, sources: new Map(), found: new Map() };
    const listener = {
      found: (server: FoundServer) => {
        if (run.found.size < mostFound || run.found.has(server.url)) run.found.set(server.url, server);
        this.#parts.onChange();
      },
      progress: (progress: SourceProgress) => {
        if (run.sources.size === 0) this.#replace(run);
        run.sources.set(progress.source, progress);
        this.#parts.onChange();
      },
    };
    const nats = wish.sources.includes("workers") ? this.#parts.nats?.() : undefined;
    const failure = await survey.search(wish, listener, { clock, ownPorts: ownPorts(), signal: stopped.signal, nats });
    void nats?.link.close();
    run.endedAt = clock.now();
    this.#parts.onChange();
    return failure === undefined ? { found: this.#found(run) } : { failure };
  }

  /** False when none runs. */
  cancel(): boolean {
    const run = this.#run;
    if (run === undefined || run.endedAt !== undefined) return false;
    run.stopped.abort();
    this.#parts.onChange();
    return true;
  }

  /** Only now, since a wish that was refused ends nobody's search. */
  #replace(run: Run): void {
    this.cancel();
    this.#run = run;
  }

  #found(run: Run): readonly FoundServer[] {
    const nodes = Object.values(this.#parts.fleet().nodes);
    return [...run.found.values()].map((server) => {
      const known = knownNode(nodes, server.url);
      return known === undefined ? server : { ...server, known };
    });
  }
}
