// Who is told of which fact. A fact comes several times a request, and most observers wait for others: who wants what is worked out once per kind
// of fact, not once per fact.
import type { EngineEvent } from "../contract/events.ts";
import type { Fleet } from "../contract/fleet.ts";

export type FactType = EngineEvent["type"];

/** Told after the fact. An observer never changes the fleet while being told; it may record later. */
export type Observer = (event: EngineEvent, before: Fleet, after: Fleet) => void;

/** Which facts an observer is told of. `changes`: all but the steps on a request's way, which change nothing. */
export type Wish = "everything" | "changes" | Iterable<FactType>;

/** Steps on a request's way: they change no belief. */
export const stepFacts = [
  "request-received",
  "request-resolved",
  "route-decided",
  "request-queued",
  "request-loading",
  "request-loaded",
  "request-waking",
  "request-woke",
  "first-byte",
] as const;
const steps: ReadonlySet<FactType> = new Set(stepFacts);

/** Observers and their wishes. */
export class Audience {
  readonly #observers: { readonly observer: Observer; readonly wants: (type: FactType) => boolean }[] = [];
  #told: { [T in FactType]?: readonly Observer[] } = {};

  add(observer: Observer, of: Wish): void {
    this.#observers.push({ observer, wants: wanting(of) });
    this.#told = {};
  }

  /** In the order in which they came. */
  of(type: FactType): readonly Observer[] {
    this.#told[type] ??= this.#observers.filter(({ wants }) => wants(type)).map(({ observer }) => observer);
    return this.#told[type];
  }
}

function wanting(of: Wish): (type: FactType) => boolean {
  if (of === "everything") return () => true;
  if (of === "changes") return (type) => !steps.has(type);
  const facts = new Set(of);
  return (type) => facts.has(type);
}
