// The repairs of an answer, joined to the way it is read. Where client and node share a dialect the request still passes as it came; only the answer is
// read and written anew.
import type { Repairs } from "../contract/routing.ts";
import { repairsFor } from "../dialects/answer-repairs.ts";
import { parsed } from "../dialects/shapes.ts";
import { chatDialects } from "../dialects/translation.ts";
import type { InferenceCall } from "./exchange.ts";
import type { Clock } from "./ports.ts";
import { type Translation, translationOf } from "./translated-answer.ts";
import type { TranslatedCall } from "./translated-call.ts";

/** How an answer is to be read where its profile wants repairs; undefined: as it comes. `translated`: where the node speaks another dialect. */
export function withRepairs(
  wanted: Repairs,
  { facts, body }: InferenceCall,
  translated: TranslatedCall | undefined,
  clock: Clock,
): Translation | undefined {
  if (translated !== undefined) {
    const { translation, request } = translated;
    return translation === undefined || request === undefined
      ? translation
      : { ...translation, repairs: repairsFor(wanted, request, facts.id) };
  }
  const { dialect, task } = facts;
  // A response says much of its question back, which a translation from itself would have to know.
  if ((task !== "chat" && task !== "completion") || dialect === "responses") return undefined;
  const asked = chatDialects[dialect].decodeRequest(parsed(body.toString("utf8")));
  // Several answers at once have no place in the small form; what cannot be read there passes as it did before.
  if ("failure" in asked || (asked.request.choices ?? 1) > 1) return undefined;
  const repairs = repairsFor(wanted, asked.request, facts.id);
  return repairs === undefined ? undefined : { ...translationOf(dialect, facts, asked.request, clock), repairs };
}
