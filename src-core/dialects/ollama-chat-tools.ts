// Tools and their arguments between the small form, where arguments stay the text they came as, and Ollama, where they are an object.
import type { BodyReader } from "./body-reader.ts";
import type { Tool } from "./canonical.ts";
import { isObject, type JsonObject, parsed } from "./shapes.ts";

/** Arguments as an object. What a model wrote that is none is kept under `_raw`: a tool that cannot read it says more than one that got nothing. */
export function argumentsOf(text: string): JsonObject {
  if (text.trim() === "") return {};
  const value = parsed(text);
  return isObject(value) ? value : { _raw: text };
}

/** Arguments as text, the way the model wrote them where that is known. */
export function argumentsText(value: unknown): string {
  if (typeof value === "string") return value;
  if (!isObject(value)) return "{}";
  const raw = value["_raw"];
  return typeof raw === "string" && Object.keys(value).length === 1 ? raw : JSON.stringify(value);
}

const anyObject: JsonObject = { type: "object", properties: {} };

export function toolsIn(body: BodyReader): readonly Tool[] {
  return body.each("tools").flatMap((item) => {
    const what = item.inside("function");
    const name = what?.text("name") ?? "";
    if (what === undefined || name === "") {
      item.wrong("function.name", "must be the name of a tool");
      return [];
    }
    const description = what.text("description");
    return [{ name, ...(description === undefined ? {} : { description }), parameters: what.object("parameters") ?? anyObject }];
  });
}

export function toolFor(tool: Tool): JsonObject {
  const { name, description, parameters } = tool;
  return { type: "function", function: { name, ...(description === undefined ? {} : { description }), parameters } };
}
