// What an Anthropic client asks, read into the small form (apis.md 3.1). Everything it says is carried, named as dropped, or refused.
import { type Failure, fail } from "../contract/failure.ts";
import { decodeBlocks } from "./anthropic-messages-blocks.ts";
import { decodeToolChoice, decodeTools } from "./anthropic-messages-tools.ts";
import { BodyReader, Complaint } from "./body-reader.ts";
import type { ChatRequest, DecodedRequest, Effort, Format, Message } from "./canonical.ts";
import { isObject } from "./shapes.ts";

/** Reads a body of `/v1/messages`. A failure is always `invalid-request` and names its field. */
export function decodeRequest(body: unknown): DecodedRequest {
  if (!isObject(body)) return { failure: fail("invalid-request", "The body must be a JSON object.") };
  const reader = new BodyReader(body, new Complaint());
  const dropped = new Set<string>();
  const request = readRequest(reader, dropped);
  const failure: Failure | undefined = reader.complaint.failure;
  if (failure !== undefined) return { failure };
  for (const name of reader.unread()) if (!ours.has(name)) dropped.add(name);
  return { request, dropped: [...dropped] };
}

/** Fields that the gateway itself reads. */
const ours: ReadonlySet<string> = new Set(["profile"]);

function readRequest(reader: BodyReader, dropped: Set<string>): ChatRequest {
  const model = reader.text("model") ?? reader.wrong("model", "is missing") ?? "";
  const maxTokens = reader.number("max_tokens", { min: 1, integer: true });
  if (maxTokens === undefined) reader.wrong("max_tokens", "is missing: Anthropic's messages always say how long the answer may be");
  if (reader.list("messages") === undefined) reader.wrong("messages", "is missing");
  const messages = [...decodeSystem(reader, dropped), ...decodeMessages(reader, dropped)];
  const tools = decodeTools(reader, dropped);
  const choice = decodeToolChoice(reader, tools);
  const output = reader.inside("output_config");
  const format = decodeFormat(output?.inside("format") ?? reader.inside("output_format"));
  const effort = decodeEffort(output);
  for (const name of output?.unread() ?? []) dropped.add(name);
  return {
    model,
    stream: reader.flag("stream") ?? false,
    messages,
    tools,
    ...choice,
    maxTokens,
    temperature: reader.number("temperature", { min: 0, max: 2 }),
    topP: reader.number("top_p", { min: 0, max: 1 }),
    topK: reader.number("top_k", { min: 0, integer: true }),
    stop: decodeStop(reader),
    format,
    reasoning: decodeThinking(reader, effort, dropped),
    user: decodeUser(reader, dropped),
  };
}

function decodeSystem(reader: BodyReader, dropped: Set<string>): readonly Message[] {
  if (reader.raw("system") === undefined) return [];
  const parts = decodeBlocks(reader, "system", "system", dropped);
  return parts.length === 0 ? [] : [{ role: "system", parts }];
}

function decodeMessages(body: BodyReader, dropped: Set<string>): readonly Message[] {
  return body.each("messages").map((reader): Message => {
    const said = reader.raw("role");
    // Newer clients put instructions between the turns.
    const role = said === "user" || said === "assistant" || said === "system" ? said : undefined;
    if (role === undefined) reader.wrong("role", "must be user or assistant");
    if (reader.raw("content") === undefined) reader.wrong("content", "is missing");
    return { role: role ?? "user", parts: decodeBlocks(reader, "content", role ?? "user", dropped) };
  });
}

function decodeStop(reader: BodyReader): readonly string[] | undefined {
  const stop = reader.list("stop_sequences");
  const texts = stop?.filter((text) => typeof text === "string");
  if (texts?.length !== stop?.length) return reader.wrong("stop_sequences", "must be a list of texts");
  return texts?.length === 0 ? undefined : texts;
}

/** `output_config.format`, or `output_format` as the beta had it. */
function decodeFormat(reader: BodyReader | undefined): Format | undefined {
  if (reader === undefined) return undefined;
  if (reader.raw("type") !== "json_schema") return reader.wrong("type", "must be json_schema");
  const schema = reader.object("schema");
  return schema === undefined ? reader.wrong("schema", "is missing") : { type: "schema", schema };
}

const efforts: ReadonlyMap<unknown, Effort> = new Map<unknown, Effort>([
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["xhigh", "high"],
  ["max", "high"],
]);

function decodeEffort(output: BodyReader | undefined): Effort | undefined {
  const said = output?.raw("effort");
  if (said === undefined) return undefined;
  return efforts.get(said) ?? output?.wrong("effort", "must be low, medium, high, xhigh or max");
}

function decodeThinking(reader: BodyReader, effort: Effort | undefined, dropped: Set<string>): ChatRequest["reasoning"] {
  const thinking = reader.inside("thinking");
  const asked = effort === undefined ? undefined : { effort };
  if (thinking === undefined) return asked;
  if (thinking.raw("display") !== undefined) dropped.add("thinking.display");
  switch (thinking.raw("type")) {
    case "disabled":
      return { effort: "none" };
    case "adaptive":
      return asked ?? { effort: "medium" };
    case "enabled": {
      const budgetTokens = thinking.number("budget_tokens", { min: 1, integer: true });
      return budgetTokens === undefined
        ? thinking.wrong("budget_tokens", "is missing")
        : { effort: effort ?? effortOf(budgetTokens), budgetTokens };
    }
    default:
      return thinking.wrong("type", "must be enabled, disabled or adaptive");
  }
}

/** What a budget means to dialects that know only how hard to think. */
function effortOf(budgetTokens: number): Effort {
  if (budgetTokens < 4096) return "low";
  return budgetTokens < 16_384 ? "medium" : "high";
}

function decodeUser(reader: BodyReader, dropped: Set<string>): string | undefined {
  const metadata = reader.inside("metadata");
  const user = metadata?.text("user_id");
  for (const name of metadata?.unread() ?? []) dropped.add(name);
  return user;
}
