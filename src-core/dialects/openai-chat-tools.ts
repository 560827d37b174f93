// The tools of an OpenAI chat request, and which of them shall be called. Only functions can be told in other dialects: other kinds are refused.
import type { BodyReader } from "./body-reader.ts";
import type { Tool, ToolChoice } from "./canonical.ts";
import { isObject } from "./shapes.ts";

/** `tools`, and the old `functions`. */
export function decodeTools(reader: BodyReader): readonly Tool[] {
  const tools = reader.each("tools").flatMap((tool) => {
    const type = tool.raw("type");
    if (type !== undefined && type !== "function") {
      tool.wrong("type", "must be function: other kinds of tools cannot be translated for this model's node");
    }
    const told = tool.inside("function");
    if (told === undefined) tool.wrong("function", "is missing");
    return told === undefined ? [] : [decodeTool(told)];
  });
  // The old list, from before tools had kinds.
  return [...tools, ...reader.each("functions").map(decodeTool)];
}

export function decodeTool(told: BodyReader): Tool {
  const name = told.text("name");
  if (name === undefined || name === "") told.wrong("name", "is missing");
  const description = told.text("description");
  const parameters = told.object("parameters") ?? { type: "object", properties: {} };
  const strict = told.flag("strict");
  return {
    name: name ?? "",
    ...(description === undefined ? {} : { description }),
    parameters,
    ...(strict === undefined ? {} : { strict }),
  };
}

/** `tool_choice`, or the old `function_call`. */
export function decodeToolChoice(reader: BodyReader): ToolChoice | undefined {
  const key = reader.raw("tool_choice") === undefined ? "function_call" : "tool_choice";
  const choice = reader.raw(key);
  if (choice === undefined || choice === "auto" || choice === "none" || choice === "required") return choice;
  const told = isObject(choice) && key === "tool_choice" ? choice["function"] : choice;
  const name = isObject(told) ? told["name"] : undefined;
  return typeof name === "string" ? { name } : reader.wrong(key, "must be auto, none, required, or name one function");
}
