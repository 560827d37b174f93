// The tools of an Anthropic request, read into the small form. Tools that run on Anthropic's servers exist nowhere else: they are left out by name,
// unless the client insists on one.
import type { BodyReader } from "./body-reader.ts";
import type { ChatRequest, Tool } from "./canonical.ts";

/** Reads `tools`; only those that the client runs itself are carried. */
export function decodeTools(body: BodyReader, dropped: Set<string>): readonly Tool[] {
  return body.each("tools").flatMap((reader): readonly Tool[] => {
    const type = reader.raw("type");
    const name = reader.text("name");
    if (type !== undefined && type !== "custom") {
      // Printable and short, since it may stand in a header.
      dropped.add(`tools.${(name ?? String(type)).replaceAll(/[^!-~]|,/g, "?").slice(0, 58)}`);
      return [];
    }
    if (name === undefined || name === "") {
      reader.wrong("name", "is missing");
      return [];
    }
    const description = reader.text("description");
    const strict = reader.flag("strict");
    const parameters = reader.object("input_schema");
    if (parameters === undefined) reader.wrong("input_schema", "is missing");
    for (const extra of reader.unread()) dropped.add(`tools.${extra.slice(reader.at.length)}`);
    return [
      {
        name,
        parameters: parameters ?? {},
        ...(description === undefined ? {} : { description }),
        ...(strict === undefined ? {} : { strict }),
      },
    ];
  });
}

/** Reads `tool_choice` against the tools that are carried. */
export function decodeToolChoice(body: BodyReader, tools: readonly Tool[]): Pick<ChatRequest, "toolChoice" | "parallelTools"> {
  const reader = body.inside("tool_choice");
  if (reader === undefined) return {};
  const serial = reader.flag("disable_parallel_tool_use");
  const parallel = serial === undefined ? {} : { parallelTools: !serial };
  switch (reader.raw("type")) {
    case "auto":
      return { toolChoice: "auto", ...parallel };
    case "none":
      return { toolChoice: "none" };
    case "any":
      if (tools.length === 0) reader.wrong("type", "must not be any: none of the tools can be translated for this model's node");
      return { toolChoice: "required", ...parallel };
    case "tool": {
      const name = reader.text("name") ?? reader.wrong("name", "is missing") ?? "";
      if (!tools.some((tool) => tool.name === name)) {
        reader.wrong("name", "must be one of the tools given, and none that runs on Anthropic's servers: those exist nowhere else");
      }
      return { toolChoice: { name }, ...parallel };
    }
    default:
      reader.wrong("type", "must be auto, any, tool or none");
      return {};
  }
}
