// A request to `/v1/responses`, read into the small form. A wrong type is a 400 naming its field; what would need OpenAI's own service (its tools, its
// stored conversations and prompts, work in the background) is refused, since leaving it out would change what is meant.
import { BodyReader, Complaint } from "./body-reader.ts";
import type { ChatRequest, DecodedRequest, Format, Message, Tool, ToolChoice } from "./canonical.ts";
import { decodeEffort } from "./openai-chat-request.ts";
import { decodeTool } from "./openai-chat-tools.ts";
import { decodeInput } from "./openai-responses-items.ts";
import { isObject } from "./shapes.ts";

/** Ours, or said back in the answer, or true of every node: read, and neither handed on nor lost. */
const silent = ["profile", "store", "metadata", "stream_options"] as const;
/** What only OpenAI could do, and how to do without. */
const refused = [
  ["conversation", "names a conversation that only OpenAI holds: use previous_response_id, or send the turns in input"],
  ["prompt", "names a prompt that only OpenAI holds: send its text in instructions and input"],
  ["previous_response_id", "must be the id of an answer that this gateway keeps"],
] as const;
/** Values that ask for nothing special. */
const plain: Readonly<Record<string, ReadonlySet<unknown>>> = {
  truncation: new Set(["disabled"]),
  service_tier: new Set(["auto", "default"]),
};
const wantsLogprobs = "message.output_text.logprobs";
/** Asks for what is given anyway, sealed our way. */
const wantsSeals = "reasoning.encrypted_content";

/** Reads a body. Never throws. */
export function decodeRequest(body: unknown): DecodedRequest {
  const complaint = new Complaint();
  if (!isObject(body)) complaint.says("body", "must be a JSON object");
  const reader = new BodyReader(isObject(body) ? body : {}, complaint);
  const dropped = new Set<string>();
  for (const key of silent) reader.raw(key);
  for (const [key, must] of refused) if (reader.raw(key) !== undefined) reader.wrong(key, must);
  if (reader.flag("background") === true) reader.wrong("background", "must be false: Homeport answers while the client waits");
  const request = decodeBody(reader, dropped);
  for (const [key, values] of Object.entries(plain)) {
    const value = reader.raw(key);
    if (value !== undefined && !values.has(value)) dropped.add(key);
  }
  if (complaint.failure !== undefined) return { failure: complaint.failure };
  return { request, dropped: [...dropped, ...reader.unread()] };
}

function decodeBody(reader: BodyReader, dropped: Set<string>): ChatRequest {
  const model = reader.text("model");
  if (model === undefined || model === "") reader.wrong("model", "is missing");
  const instructions = reader.text("instructions");
  const system: readonly Message[] =
    instructions === undefined || instructions === "" ? [] : [{ role: "system", parts: [{ type: "text", text: instructions }] }];
  const messages = [...system, ...decodeInput(reader, dropped)];
  const optional: Partial<ChatRequest> = {
    maxTokens: reader.number("max_output_tokens", { min: 1, integer: true }),
    temperature: reader.number("temperature", { min: 0, max: 100 }),
    topP: reader.number("top_p", { min: 0, max: 1 }),
    toolChoice: decodeChoice(reader),
    parallelTools: reader.flag("parallel_tool_calls"),
    format: decodeText(reader, dropped),
    reasoning: decodeReasoning(reader, dropped),
    logprobs: decodeLogprobs(reader, dropped),
    user: reader.text("user"),
  };
  const said = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { model: model ?? "", stream: reader.flag("stream") ?? false, messages, tools: decodeTools(reader), ...said, wantsUsage: true };
}

/** Functions, which stand here without an object around them. Every other kind is OpenAI's own service. */
function decodeTools(reader: BodyReader): readonly Tool[] {
  return reader.each("tools").map((tool) => {
    const type = tool.raw("type");
    const name = typeof type === "string" ? type.slice(0, 64) : "missing";
    if (type !== "function")
      tool.wrong("type", `is ${name}, a tool of OpenAI's own service: turn it off in the client, or ask a model of that service`);
    return type === "function" ? decodeTool(tool) : { name, parameters: {} };
  });
}

function decodeChoice(reader: BodyReader): ToolChoice | undefined {
  const choice = reader.raw("tool_choice");
  if (choice === undefined || choice === "auto" || choice === "none" || choice === "required") return choice;
  const isFunction = isObject(choice) && choice["type"] === "function" && typeof choice["name"] === "string";
  return isFunction && typeof choice["name"] === "string"
    ? { name: choice["name"] }
    : reader.wrong("tool_choice", "must be auto, none, required, or name one function");
}

function decodeText(reader: BodyReader, dropped: Set<string>): Format | undefined {
  const text = reader.inside("text");
  if (text === undefined) return undefined;
  const format = text.inside("format");
  const verbosity = text.text("verbosity");
  if (verbosity !== undefined && verbosity !== "medium") dropped.add("text.verbosity");
  for (const name of text.unread()) dropped.add(name);
  const type = format?.raw("type");
  if (format === undefined || type === "text") return undefined;
  if (type === "json_object") return { type: "json" };
  if (type !== "json_schema") return format.wrong("type", "must be text, json_object or json_schema");
  const schema = format.object("schema");
  if (schema === undefined) return format.wrong("schema", "is missing");
  const name = format.text("name");
  const strict = format.flag("strict");
  return { type: "schema", schema, ...(name === undefined ? {} : { name }), ...(strict === undefined ? {} : { strict }) };
}

/** Summaries are asked for by name there; here whatever the model thinks is shown. */
function decodeReasoning(reader: BodyReader, dropped: Set<string>): ChatRequest["reasoning"] {
  const told = reader.inside("reasoning");
  if (told === undefined) return undefined;
  told.raw("summary");
  told.raw("generate_summary");
  const effort = decodeEffort(told, "effort");
  for (const name of told.unread()) dropped.add(name);
  return effort === undefined ? undefined : { effort };
}

function decodeLogprobs(reader: BodyReader, dropped: Set<string>): ChatRequest["logprobs"] {
  const include = reader.list("include") ?? [];
  if (include.some((name) => name !== wantsLogprobs && name !== wantsSeals)) dropped.add("include");
  const top = reader.number("top_logprobs", { min: 0, max: 20, integer: true });
  if (!include.includes(wantsLogprobs)) return undefined;
  return top === undefined ? {} : { top };
}
