// The repairs that a profile asks for, one behind the other: thinking and markers leave the text before calls are looked for in it, so that a call that
// was only thought of is none.
import type { Repair, Repairs } from "../contract/routing.ts";
import type { ChatDialect, ChatEvent, ChatReply, ChatRequest, EncodingContext } from "./canonical.ts";
import { CollectedReply } from "./collected-reply.ts";
import type { EventFilter } from "./event-filter.ts";
import { LiftToolCalls } from "./lift-tool-calls.ts";
import { MoveThinking, StripStopMarkers } from "./strip-text.ts";
import { stepsOf } from "./translation.ts";

/** Repairs one answer. */
export class AnswerRepairs {
  readonly #filters: readonly EventFilter[];

  constructor(filters: readonly EventFilter[]) {
    this.#filters = filters;
  }

  /** What was really repaired so far. */
  get applied(): readonly Repair[] {
    return this.#filters.filter(({ applied }) => applied).map(({ repair }) => repair);
  }

  push(event: ChatEvent): readonly ChatEvent[] {
    let events: readonly ChatEvent[] = [event];
    for (const filter of this.#filters) {
      const [only] = events;
      if (only === undefined) return events;
      events = events.length === 1 ? filter.push(only) : events.flatMap((one) => filter.push(one));
    }
    return events;
  }
}

/** The repairs of one answer; undefined where there is nothing to repair. `id`: the request's, for the ids of calls. */
export function repairsFor(wanted: Repairs, request: Pick<ChatRequest, "tools" | "toolChoice">, id: string): AnswerRepairs | undefined {
  const names = new Set(wanted.toolCalls && request.toolChoice !== "none" ? request.tools.map(({ name }) => name) : []);
  const filters: EventFilter[] = [];
  if (wanted.thinking) filters.push(new MoveThinking());
  if (wanted.stopMarkers) filters.push(new StripStopMarkers());
  if (names.size > 0) filters.push(new LiftToolCalls(names, (index) => `call_${id.replaceAll(/[^A-Za-z0-9_-]/g, "_")}_${index}`));
  return filters.length === 0 ? undefined : new AnswerRepairs(filters);
}

/** A whole answer, repaired as a stream would be. */
export function repairedReply(reply: ChatReply, repairs: AnswerRepairs, dialect: ChatDialect, context: EncodingContext): ChatReply {
  const collected = new CollectedReply(dialect, context);
  for (const step of stepsOf(reply)) for (const event of repairs.push(step)) if (event.type !== "end") collected.push(event);
  return { ...collected.reply(), model: reply.model, ...(reply.logprobs === undefined ? {} : { logprobs: reply.logprobs }) };
}
