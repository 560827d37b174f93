// One more try for an answer that was not what its schema asks for: the same question, the answer, and what is wrong with it (source-systems.md
// 3.6). The body is the one that was sent, so the model's name and every setting stay as they are.
import { isObject, type JsonObject, textIn } from "./shapes.ts";

/** More of a wrong answer than this teaches nothing. */
const longestShown = 32_768;

/** The body of the repair request, or undefined where the question has no turns and no text to add to. `problems`: what is wrong, in words. */
export function repairBody(sent: unknown, answer: string, problems: readonly string[]): JsonObject | undefined {
  if (!isObject(sent)) return undefined;
  const shown = answer.slice(0, longestShown);
  const wish = correction(problems);
  const { messages, input } = sent;
  const turns = [
    { role: "assistant", content: shown },
    { role: "user", content: wish },
  ];
  if (Array.isArray(messages)) return { ...sent, messages: [...messages, ...turns] };
  // Responses have turns under another name, and a text where there is only one.
  if (Array.isArray(input)) return { ...sent, input: [...input, ...turns] };
  if (typeof input === "string") return { ...sent, input: [{ role: "user", content: input }, ...turns] };
  const prompt = textIn(sent, "prompt");
  return prompt === undefined ? undefined : { ...sent, prompt: `${prompt}\n\n${shown}\n\n${wish}\n\n` };
}

function correction(problems: readonly string[]): string {
  return `That answer does not match the required JSON Schema: ${problems.join("; ")}. Answer again with the corrected JSON only, and nothing else.`;
}
