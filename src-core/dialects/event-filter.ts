// Changes to an answer as it comes (source-systems.md 5.12): each filter takes one event and gives out what may go on. What a filter keeps back is
// bounded, and it gives all of it out before the answer finishes.
import type { Repair } from "../contract/routing.ts";
import type { ChatEvent } from "./canonical.ts";

export interface EventFilter {
  readonly repair: Repair;
  /** It has changed something of this answer. */
  readonly applied: boolean;
  push(event: ChatEvent): readonly ChatEvent[];
}

/** Events that say nothing of where a text ends: what is kept back stays so. */
export function isAside({ type }: ChatEvent): boolean {
  return type === "start" || type === "tokens";
}

/** Nearly every text passes as it came, and then as the event that it came in. */
export function unchanged(event: ChatEvent & { readonly type: "text" }, events: readonly ChatEvent[]): readonly ChatEvent[] {
  const [only] = events;
  return events.length === 1 && only?.type === "text" && only.text === event.text ? [event] : events;
}
