// The JSON Schema that a request asks its answer to keep to, wherever its dialect says so.
import { field, isObject } from "./shapes.ts";

const anyObject = { type: "object" };

/** The schema, unchecked: a client may have written anything there. Undefined where the answer is free. */
export function askedSchema(body: unknown): unknown {
  // Responses have it without the object around it, as llama-server also takes it.
  const wanted = field(body, "response_format") ?? field(field(body, "text"), "format");
  switch (field(wanted, "type")) {
    case "json_schema":
      return field(field(wanted, "json_schema"), "schema") ?? field(wanted, "schema");
    case "json_object":
      return field(wanted, "schema") ?? anyObject;
    default: {
      const own = field(body, "format") ?? field(body, "json_schema");
      if (own === "json") return anyObject;
      return isObject(own) ? own : undefined;
    }
  }
}
