// From one dialect to another, by way of the small form. Adding a dialect is one file and one row here. What the node's dialect cannot say is named;
// where leaving it out would change what was meant, the request is refused.
import { type Failure, fail } from "../contract/failure.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import type { Task } from "../contract/route.ts";
import { anthropicMessages } from "./anthropic-messages.ts";
import type { ChatDialect, ChatEvent, ChatReply, ChatRequest } from "./canonical.ts";
import { ollamaChat } from "./ollama-chat.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses } from "./openai-responses.ts";

export const chatDialects: Readonly<Record<Dialect, ChatDialect>> = {
  openai: openaiChat,
  ollama: ollamaChat,
  anthropic: anthropicMessages,
  responses: openaiResponses,
};

/**
 * The least is lost in the first: it has a word for nearly everything. Ollama lacks tool choices, Anthropic lacks formats, seeds and penalties,
 * Responses lack stop texts besides.
 */
const byLoss: readonly Dialect[] = ["openai", "ollama", "anthropic", "responses"];

/** The dialect to speak with a node: the client's own where the node speaks it, so that bytes pass untouched. Undefined: the node speaks none. */
export function chooseDialect(nodes: readonly Dialect[], client: Dialect): Dialect | undefined {
  return nodes.includes(client) ? client : byLoss.find((dialect) => nodes.includes(dialect));
}

/** A request in a node's dialect. `body` is JSON; `dropped` names what was left out on either side, each once. */
export interface TranslatedRequest {
  readonly path: string;
  readonly body: string;
  readonly dropped: readonly string[];
  readonly request: ChatRequest;
}

/** What the gateway decides instead of the client: the node's spelling of the model, the context it has loaded. */
export type Changes = Partial<Pick<ChatRequest, "model" | "contextTokens" | "keepAlive" | "stream">>;

/** `body`: the client's, parsed. Only what is chatted or gone on with can be translated here. */
export function translateRequest(
  body: unknown,
  from: ChatDialect | Dialect,
  to: Dialect,
  task: Task,
  changes: Changes = {},
): TranslatedRequest | { readonly failure: Failure } {
  if (task !== "chat" && task !== "completion")
    return {
      failure: fail("unsupported", `No node that speaks this client's dialect can do this (${task}), and it cannot be translated.`),
    };
  const decoded = (typeof from === "string" ? chatDialects[from] : from).decodeRequest(body);
  if ("failure" in decoded) return decoded;
  const request = { ...decoded.request, ...changes };
  const encoded = chatDialects[to].encodeRequest(request);
  if ("failure" in encoded) return encoded;
  const dropped = [...new Set([...decoded.dropped, ...encoded.dropped])];
  return { path: encoded.path, body: JSON.stringify(encoded.body), dropped, request };
}

/** A whole answer as the steps it would have come in, for a client that wanted them and a node that does not stream. */
export function stepsOf(reply: ChatReply): readonly ChatEvent[] {
  let calls = 0;
  const steps: ChatEvent[] = [{ type: "start", id: reply.id, model: reply.model, createdAt: reply.createdAt }];
  for (const part of reply.parts) {
    if (part.type === "text")
      steps.push({ type: "text", text: part.text, ...(reply.logprobs === undefined ? {} : { logprobs: reply.logprobs }) });
    else if (part.type === "thinking") {
      if (part.redacted !== undefined) steps.push({ type: "thinking-redacted", data: part.redacted });
      else steps.push({ type: "thinking", text: part.text });
      if (part.signature !== undefined) steps.push({ type: "thinking-signature", signature: part.signature });
    } else if (part.type === "tool-call") {
      const index = calls++;
      steps.push({ type: "tool-call", index, id: part.id, name: part.name }, { type: "tool-arguments", index, text: part.arguments });
    }
  }
  steps.push({ type: "finish", finish: reply.finish, ...(reply.stopText === undefined ? {} : { stopText: reply.stopText }) });
  return [...steps, { type: "tokens", tokens: reply.tokens }, { type: "end" }];
}
