// Watches every fact of an engine and keeps a list of broken promises (reliability.md 7). It knows only what was told, not how it came about.
import type { EngineEvent, EventOf } from "../../src-core/contract/events.ts";
import { failureTable } from "../../src-core/contract/failure.ts";
import type { Fleet } from "../../src-core/contract/fleet.ts";
import type { Breaker } from "../../src-core/contract/wellbeing.ts";
import { admitsWork, breakerFor } from "../../src-core/domain/breakers.ts";

/** R-2, in numbers of its own: the watch does not ask the code it watches. */
const retryShare = 0.2;
const retryFloor = 3;

interface Seen {
  finished: EventOf<"request-finished"> | undefined;
  readonly open: Set<string>;
  attempts: number;
  /** It failed on a node in a way that another node may be asked about. */
  mayRetry: boolean;
  retrying: boolean;
}

export class Watch {
  readonly broken: string[] = [];
  readonly requests = new Map<string, Seen>();
  /** Attempts open now, by id, with their node. */
  readonly #attempts = new Map<string, string>();
  /** Probes of half-open breakers, by node and kind of work. */
  readonly #probes = new Map<string, string>();

  get running(): number {
    return [...this.requests.values()].filter(({ finished }) => finished === undefined).length;
  }

  readonly observe = (event: EngineEvent, before: Fleet, after: Fleet): void => {
    switch (event.type) {
      case "request-received":
        if (this.requests.has(event.facts.id)) this.broken.push(`I10: ${event.facts.id} was received twice`);
        this.requests.set(event.facts.id, {
          finished: undefined,
          open: new Set(),
          attempts: 0,
          mayRetry: false,
          retrying: false,
        });
        break;
      case "attempt-started":
        this.#started(event, before, after);
        break;
      case "first-byte":
        // An answer that begins is no trouble any more, and cannot be tried again.
        this.#seen(event.request).retrying = false;
        this.#seen(event.request).mayRetry = false;
        break;
      case "attempt-finished":
        this.#ended(event);
        break;
      case "request-finished":
        this.#finished(event);
        break;
      default:
    }
    if (event.type === "attempt-started" || event.type === "attempt-finished") this.#countInFlight(after);
  };

  #seen(request: string): Seen {
    const seen = this.requests.get(request);
    if (seen === undefined) throw new Error(`Nobody heard of ${request} before.`);
    return seen;
  }

  #started(event: EventOf<"attempt-started">, before: Fleet, after: Fleet): void {
    const seen = this.#seen(event.request);
    if (seen.finished !== undefined) this.broken.push(`I1: ${event.attempt} began after its request had ended`);
    if (seen.open.size > 0) this.broken.push(`I4: ${event.attempt} began while ${[...seen.open].join()} ran`);
    seen.open.add(event.attempt);
    seen.attempts += 1;
    this.#attempts.set(event.attempt, event.node);
    if (seen.mayRetry && !seen.retrying) {
      const [running, retries] = [this.running, [...this.requests.values()].filter(isRetrying).length];
      if (retries >= Math.max(retryFloor, running * retryShare))
        this.broken.push(`I9: ${retries} of ${running} retry, and ${event.attempt} with them`);
      seen.retrying = true;
    }
    this.#admitted(event, before, after);
  }

  #admitted({ at, attempt, node: id, work = "llm" }: EventOf<"attempt-started">, before: Fleet, after: Fleet): void {
    const node = before.nodes[id];
    const begun = after.nodes[id];
    if (node === undefined || begun === undefined) return;
    const breaker: Breaker = breakerFor(node, work);
    const now = breakerFor(begun, work);
    // The last resort goes to an open breaker, but as its one probe.
    const isItsProbe = now.state === "half-open" && now.probe === attempt;
    if (admitsWork(node, work, at) === "no" && !isItsProbe)
      this.broken.push(`I7: ${attempt} went to ${id}, whose breaker is ${breaker.state} for ${work}`);
    if (breaker.state === "open" && breaker.says === "Opened by hand." && at < breaker.until)
      this.broken.push(`I7: ${attempt} went to ${id}, which somebody isolated`);
    if (breaker.state === "closed") return;
    const key = `${id} ${work}`;
    const probe = this.#probes.get(key);
    if (probe !== undefined && this.#attempts.has(probe)) this.broken.push(`I8: ${attempt} probes ${key} while ${probe} does`);
    this.#probes.set(key, attempt);
  }

  #ended({ request, attempt, failure }: EventOf<"attempt-finished">): void {
    const seen = this.#seen(request);
    if (!seen.open.delete(attempt)) this.broken.push(`I6: ${attempt} ended twice, or never began`);
    this.#attempts.delete(attempt);
    if (failure !== undefined && failureTable[failure.kind].next === "other-node") seen.mayRetry = true;
  }

  #finished(event: EventOf<"request-finished">): void {
    const seen = this.#seen(event.request);
    if (seen.finished !== undefined) this.broken.push(`I1: ${event.request} ended twice`);
    if (seen.open.size > 0) this.broken.push(`I1: ${event.request} ended before ${[...seen.open].join()}`);
    if ((event.outcome === "failed" || event.outcome === "incomplete") && event.failure === undefined)
      this.broken.push(`I1: ${event.request} is ${event.outcome} without a typed error`);
    seen.finished = event;
  }

  /** I6: what the fleet believes is what was told, never negative. */
  #countInFlight(fleet: Fleet): void {
    const told = new Map<string, number>();
    for (const node of this.#attempts.values()) told.set(node, (told.get(node) ?? 0) + 1);
    for (const node of Object.values(fleet.nodes)) {
      const counts = Object.values(node.inFlight);
      const sum = counts.reduce((all, one) => all + one, 0);
      if (sum !== (told.get(node.id) ?? 0) || counts.some((count) => count < 0))
        this.broken.push(`I6: ${node.id} has ${JSON.stringify(node.inFlight)} in flight, and ${told.get(node.id) ?? 0} were told`);
    }
  }
}

const isRetrying = ({ retrying, finished }: Seen): boolean => retrying && finished === undefined;
