// What reached a node, read from the body it was sent in the words of its own dialect: the oracle for tools, pictures, schemas and thoughts.
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import { field, isObject, listIn, parsed, textIn } from "../../src-core/dialects/shapes.ts";

export interface NodeWords {
  tools(body: unknown): readonly { readonly name: string | undefined; readonly parameters: unknown }[];
  /** Base64, without what stands before it. */
  images(body: unknown): readonly string[];
  schema(body: unknown): unknown;
  thinks(body: unknown): boolean;
  /** What tools said, in order, and to which call: its id, or its tool's name. */
  results(body: unknown): readonly { readonly of: string | undefined; readonly text: string | undefined }[];
}

const parts = (body: unknown) => listIn(body, "messages").flatMap((message) => listIn(message, "content"));
const messagesOfTools = (body: unknown) => listIn(body, "messages").filter((message) => textIn(message, "role") === "tool");

const items = (body: unknown) => listIn(body, "input");
const isEffort = (value: unknown) => value === "low" || value === "medium" || value === "high";
const base64In = (url: string | undefined) => (url === undefined ? [] : [url.replace(/^data:image\/png;base64,/, "")]);

const functions = (body: unknown) =>
  listIn(body, "tools").map((tool) => {
    const told = field(tool, "function");
    return { name: textIn(told, "name"), parameters: field(told, "parameters") };
  });

/** Where a model takes no schema, it is made to call this tool. */
const answerTool = "homeport_answer";

const anthropicTools = (body: unknown) =>
  listIn(body, "tools").map((tool) => ({ name: textIn(tool, "name"), parameters: field(tool, "input_schema") }));

export const nodeWords: Readonly<Record<Dialect, NodeWords>> = {
  openai: {
    tools: functions,
    images: (body) => parts(body).flatMap((part) => base64In(textIn(field(part, "image_url"), "url"))),
    schema: (body) => field(field(field(body, "response_format"), "json_schema"), "schema"),
    thinks: (body) => isEffort(field(body, "reasoning_effort")),
    results: (body) => messagesOfTools(body).map((message) => ({ of: textIn(message, "tool_call_id"), text: textIn(message, "content") })),
  },
  ollama: {
    tools: functions,
    images: (body) => [body, ...listIn(body, "messages")].flatMap((holder) => listIn(holder, "images").map(String)),
    schema: (body) => field(body, "format"),
    thinks: (body) => field(body, "think") !== undefined && field(body, "think") !== false,
    results: (body) => messagesOfTools(body).map((message) => ({ of: textIn(message, "tool_name"), text: textIn(message, "content") })),
  },
  anthropic: {
    tools: (body) => anthropicTools(body).filter(({ name }) => name !== answerTool),
    images: (body) => parts(body).flatMap((part) => textIn(field(part, "source"), "data") ?? []),
    schema: (body) =>
      field(field(field(body, "output_config"), "format"), "schema") ??
      anthropicTools(body).find(({ name }) => name === answerTool)?.parameters,
    thinks: (body) => ["enabled", "adaptive"].includes(textIn(field(body, "thinking"), "type") ?? ""),
    results: (body) =>
      parts(body)
        .filter((part) => textIn(part, "type") === "tool_result")
        .map((part) => ({ of: textIn(part, "tool_use_id"), text: textIn(part, "content") })),
  },
  responses: {
    tools: (body) => listIn(body, "tools").map((tool) => ({ name: textIn(tool, "name"), parameters: field(tool, "parameters") })),
    images: (body) => items(body).flatMap((item) => listIn(item, "content").flatMap((part) => base64In(textIn(part, "image_url")))),
    schema: (body) => field(field(field(body, "text"), "format"), "schema"),
    thinks: (body) => isEffort(field(field(body, "reasoning"), "effort")),
    results: (body) =>
      items(body)
        .filter((item) => textIn(item, "type") === "function_call_output")
        .map((item) => ({ of: textIn(item, "call_id"), text: textIn(item, "output") })),
  },
};

/** A recorded body as JSON. */
export function bodyIn(bytes: Buffer): Readonly<Record<string, unknown>> {
  const value = parsed(bytes.toString("utf8"));
  return isObject(value) ? value : {};
}
