// The parts of a request body that a simulated node acts on, whatever the dialect. Everything else is tolerated, as real servers do.
import { z } from "zod";

const Part = z.looseObject({
  type: z.string().optional(),
  text: z.string().optional(),
  /** Anthropic's: a call's arguments, a result's words. */
  input: z.unknown().optional(),
  content: z.unknown().optional(),
});

const Message = z.looseObject({
  role: z.string().optional(),
  content: z.union([z.string(), z.array(Part)]).nullish(),
  images: z.array(z.unknown()).nullish(),
  tool_calls: z.array(z.looseObject({ function: z.looseObject({ arguments: z.unknown().optional() }).optional() })).nullish(),
});

export const Asked = z.looseObject({
  model: z.string().optional(),
  name: z.string().optional(),
  messages: z.array(Message).optional(),
  prompt: z.union([z.string(), z.array(z.unknown())]).nullish(),
  input: z.union([z.string(), z.array(z.unknown())]).nullish(),
  query: z.string().optional(),
  documents: z.array(z.union([z.string(), z.looseObject({ text: z.string().optional() })])).optional(),
  images: z.array(z.unknown()).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.number().nullish(),
  max_completion_tokens: z.number().nullish(),
  tools: z.array(z.unknown()).nullish(),
  think: z.union([z.boolean(), z.string()]).nullish(),
  thinking: z.looseObject({ type: z.string().optional() }).nullish(),
  reasoning_effort: z.string().nullish(),
  tool_choice: z.unknown().optional(),
  truncate: z.boolean().nullish(),
  return_progress: z.boolean().nullish(),
  keep_alive: z.union([z.string(), z.number()]).nullish(),
  options: z.looseObject({ num_ctx: z.number().nullish(), num_predict: z.number().nullish() }).nullish(),
});
export type Asked = z.infer<typeof Asked>;

/** A body as asked, or what is wrong with it: no JSON at all, or a field of the wrong type. */
export type AskedResult =
  | { readonly state: "ok"; readonly asked: Asked }
  | { readonly state: "empty" }
  | { readonly state: "bad-json"; readonly at: string }
  | { readonly state: "wrong-type"; readonly field: string; readonly found: string; readonly wanted: string };

export function readAsked(body: Buffer): AskedResult {
  const text = body.toString("utf8").trim();
  if (text === "") return { state: "empty" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { state: "bad-json", at: text.startsWith("{") ? text.charAt(1) : text.charAt(0) };
  }
  const parsed = Asked.safeParse(value);
  if (parsed.success) return { state: "ok", asked: parsed.data };
  const issue = parsed.error.issues[0];
  const field = String(issue?.path[0] ?? "");
  const found = typeof (value instanceof Object ? Reflect.get(value, field) : value);
  return { state: "wrong-type", field, found, wanted: issue?.code === "invalid_type" ? issue.expected : "object" };
}

/** All text of a request, tools' calls and results included, for counting and for finding words. */
export function promptOf(asked: Asked): string {
  const parts: string[] = [];
  for (const { content, tool_calls } of asked.messages ?? []) {
    if (typeof content === "string") parts.push(content);
    else for (const part of content ?? []) parts.push(part.text ?? textOf(part.input) + textOf(part.content));
    for (const call of tool_calls ?? []) parts.push(textOf(call.function?.arguments));
  }
  for (const given of [asked.prompt, asked.input]) {
    if (typeof given === "string") parts.push(given);
    else if (given) parts.push(given.map(String).join(" "));
  }
  return parts.join("\n");
}

/** Text as it is, anything else as JSON: arguments of tools are either. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Whether the model may think aloud: it does unless it was told not to. */
export function mayThink({ think, reasoning_effort }: Asked): boolean {
  return think !== false && reasoning_effort !== "none";
}

/** True if the request carries a picture, in either dialect's way. */
export function hasImage(asked: Asked): boolean {
  if ((asked.images?.length ?? 0) > 0) return true;
  return (asked.messages ?? []).some((message) => {
    if ((message.images?.length ?? 0) > 0) return true;
    return Array.isArray(message.content) && message.content.some((part) => part.type === "image_url");
  });
}

/** Texts to embed: one, or one per entry. */
export function inputsOf(asked: Asked): readonly string[] {
  const given = asked.input ?? asked.prompt ?? "";
  return typeof given === "string" ? [given] : given.map(String);
}

/** The answer's limit, by whichever name the dialect gives it. */
export function limitOf(asked: Asked): number | undefined {
  return asked.max_completion_tokens ?? asked.max_tokens ?? asked.options?.num_predict ?? undefined;
}
