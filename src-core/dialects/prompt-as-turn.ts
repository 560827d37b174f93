// A text to go on with, for dialects that only chat: it is asked as the person's turn.
import { type Failure, fail } from "../contract/failure.ts";
import type { ChatRequest, Message } from "./canonical.ts";

/** The turns of a request, its text to go on with as the last. Names in `dropped` what a turn cannot say. */
export function turnsWithPrompt({ completion, messages }: ChatRequest, dropped: Set<string>): readonly Message[] {
  if (completion === undefined) return messages;
  if (completion.raw === true) dropped.add("raw");
  return [...messages, { role: "user", parts: [{ type: "text", text: completion.prompt }] }];
}

/** Filling in between two texts is no turn: leaving the second out would change what is asked. */
export function cannotFillIn({ completion }: ChatRequest): Failure | undefined {
  if (completion?.suffix === undefined) return undefined;
  return fail("invalid-request", "The field suffix cannot be translated: this model's node only chats and fills nothing in.", {
    field: "suffix",
  });
}
