// Tools for an Anthropic node, and the one we add: where a model takes no schema for its answer, it is made to call a tool whose input is the
// answer. Its name tells our own decoders to give that input back as text.
import type { Habits } from "./anthropic-messages-habits.ts";
import type { ChatRequest } from "./canonical.ts";

/** A call of this tool is the answer itself. */
export const answerToolName = "homeport_answer";

type Body = Record<string, unknown>;

/** The tool that stands for `format`, or undefined where none is needed: nothing asked, the model takes schemas, or the client forces another tool. */
export function answerTool(request: ChatRequest, habits: Habits): Body | undefined {
  const { format, toolChoice } = request;
  if (format === undefined || (format.type === "schema" && habits.schema)) return undefined;
  if (typeof toolChoice === "object") return undefined;
  const schema = format.type === "schema" ? format.schema : {};
  return {
    name: answerToolName,
    description: "Gives the final answer to the user. Call it exactly once, with the whole answer.",
    input_schema: { ...schema, type: "object" },
  };
}

/** `tools`, where there are any. */
export function encodeTools(request: ChatRequest, answer: Body | undefined, habits: Habits, dropped: Set<string>): Body {
  // A talk that is told to call nothing but to answer in a shape needs only that shape.
  const usable = answer !== undefined && request.toolChoice === "none" ? [] : request.tools;
  const tools = usable.map(({ name, description, parameters, strict }): Body => {
    if (strict === true && !habits.schema) dropped.add("tools.strict");
    return {
      name,
      ...(description === undefined ? {} : { description }),
      input_schema: { ...parameters, type: "object" },
      ...(strict === true && habits.schema ? { strict } : {}),
    };
  });
  if (answer !== undefined) tools.push(answer);
  return tools.length === 0 ? {} : { tools };
}

/** `tool_choice`; `forced` where the model must call something. */
export function encodeToolChoice(request: ChatRequest, answer: Body | undefined): { readonly body: Body; readonly forced: boolean } {
  const { toolChoice, tools, parallelTools } = request;
  if (answer !== undefined) {
    const only = tools.length === 0 || toolChoice === "none";
    return {
      body: { tool_choice: only ? { type: "tool", name: answerToolName } : { type: "any", ...serial(parallelTools) } },
      forced: true,
    };
  }
  if (tools.length === 0) return { body: {}, forced: false };
  if (toolChoice === "none") return { body: { tool_choice: { type: "none" } }, forced: false };
  if (toolChoice === "required") return { body: { tool_choice: { type: "any", ...serial(parallelTools) } }, forced: true };
  if (typeof toolChoice === "object")
    return { body: { tool_choice: { type: "tool", name: toolChoice.name, ...serial(parallelTools) } }, forced: true };
  if (toolChoice === undefined && parallelTools === undefined) return { body: {}, forced: false };
  return { body: { tool_choice: { type: "auto", ...serial(parallelTools) } }, forced: false };
}

function serial(parallel: boolean | undefined): Body {
  return parallel === undefined ? {} : { disable_parallel_tool_use: !parallel };
}
