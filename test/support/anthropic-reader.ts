// Reads a stream as the strictest Anthropic client would: the name of each event is its type, blocks come one at a time and in order, nothing follows the
// end, and a tool's input parses. Returns the message put together; throws where a client would stumble.
import { z } from "zod";
import { parsed } from "../../src-core/dialects/shapes.ts";

const Usage = z.strictObject({
  input_tokens: z.number(),
  cache_creation_input_tokens: z.number(),
  cache_read_input_tokens: z.number(),
  output_tokens: z.number(),
});
const Block = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), text: z.literal("") }),
  z.strictObject({ type: z.literal("thinking"), thinking: z.literal(""), signature: z.literal("") }),
  z.strictObject({ type: z.literal("redacted_thinking"), data: z.string() }),
  z.strictObject({ type: z.literal("tool_use"), id: z.string().min(1), name: z.string(), input: z.strictObject({}) }),
]);
const Delta = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text_delta"), text: z.string().min(1) }),
  z.strictObject({ type: z.literal("thinking_delta"), thinking: z.string().min(1) }),
  z.strictObject({ type: z.literal("signature_delta"), signature: z.string() }),
  z.strictObject({ type: z.literal("input_json_delta"), partial_json: z.string() }),
]);
const StopReason = z.enum(["end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal"]);
const Event = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("message_start"),
    message: z.strictObject({
      id: z.string().startsWith("msg_"),
      type: z.literal("message"),
      role: z.literal("assistant"),
      model: z.string(),
      content: z.array(z.never()),
      stop_reason: z.null(),
      stop_sequence: z.null(),
      usage: Usage,
    }),
  }),
  z.strictObject({ type: z.literal("content_block_start"), index: z.int(), content_block: Block }),
  z.strictObject({ type: z.literal("content_block_delta"), index: z.int(), delta: Delta }),
  z.strictObject({ type: z.literal("content_block_stop"), index: z.int() }),
  z.strictObject({
    type: z.literal("message_delta"),
    delta: z.strictObject({ stop_reason: StopReason, stop_sequence: z.string().nullable() }),
    usage: Usage,
  }),
  z.strictObject({ type: z.literal("message_stop") }),
  z.strictObject({ type: z.literal("ping") }),
  z.strictObject({ type: z.literal("error"), error: z.strictObject({ type: z.string(), message: z.string() }) }),
]);
type Event = z.infer<typeof Event>;

interface ReadBlock {
  readonly type: string;
  readonly id?: string;
  readonly name?: string;
  text: string;
  signature: string;
}

interface ReadMessage {
  readonly types: readonly string[];
  readonly id: string;
  readonly model: string;
  readonly startUsage: z.infer<typeof Usage>;
  readonly blocks: readonly ReadBlock[];
  readonly stopReason: string | undefined;
  readonly stopSequence: string | null | undefined;
  readonly usage: z.infer<typeof Usage> | undefined;
  readonly error: { readonly type: string; readonly message: string } | undefined;
}

/** The events of a stream's text. */
export function eventsOf(text: string): readonly Event[] {
  if (text !== "" && !text.endsWith("\n\n")) throw new Error("the last frame has no end");
  return text
    .split("\n\n")
    .filter((frame) => frame !== "" && !frame.startsWith(":"))
    .map((frame) => {
      const [name, data, ...more] = frame.split("\n");
      if (more.length > 0 || name === undefined || !name.startsWith("event: ") || data === undefined || !data.startsWith("data: ")) {
        throw new Error(`no event: ${frame}`);
      }
      const event = Event.parse(parsed(data.slice(6)));
      if (event.type !== name.slice(7)) throw new Error(`event ${name} holds a ${event.type}`);
      return event;
    });
}

/** The whole message; `parses`: whether every tool's input must be JSON (a model cut short leaves it open). */
export function readMessage(text: string, parses = true): ReadMessage {
  const events = eventsOf(text);
  // A sign of life may come before; Anthropic's own libraries pass over a ping wherever it stands.
  const first = events.find(({ type }) => type !== "ping");
  if (first?.type !== "message_start") throw new Error(`begins with ${first?.type}`);
  const blocks: ReadBlock[] = [];
  let open: ReadBlock | undefined;
  let ending: Extract<Event, { type: "message_delta" }> | undefined;
  let error: ReadMessage["error"];
  let over = false;
  for (const event of events.slice(events.indexOf(first) + 1)) {
    if (over) throw new Error(`${event.type} after the end`);
    switch (event.type) {
      case "message_start":
        throw new Error("a second message_start");
      case "content_block_start":
        if (open !== undefined || ending !== undefined || event.index !== blocks.length)
          throw new Error(`block ${event.index} begins out of turn`);
        open = { text: "", signature: "", ...named(event.content_block) };
        blocks.push(open);
        break;
      case "content_block_delta":
        if (open === undefined || event.index !== blocks.length - 1) throw new Error(`a delta for block ${event.index}, which is not open`);
        add(open, event.delta);
        break;
      case "content_block_stop":
        if (open === undefined || event.index !== blocks.length - 1) throw new Error(`block ${event.index} ends, which is not open`);
        if (parses && open.type === "tool_use" && parsed(open.text) === undefined) throw new Error(`input is no JSON: ${open.text}`);
        open = undefined;
        break;
      case "message_delta":
        if (open !== undefined || ending !== undefined) throw new Error("message_delta out of turn");
        ending = event;
        break;
      case "message_stop":
        if (ending === undefined) throw new Error("message_stop without message_delta");
        over = true;
        break;
      case "error":
        error = event.error;
        over = true;
        break;
      case "ping":
        break;
    }
  }
  if (!over) throw new Error("the stream has no end");
  return {
    types: events.map(({ type }) => type),
    id: first.message.id,
    model: first.message.model,
    startUsage: first.message.usage,
    blocks,
    stopReason: ending?.delta.stop_reason,
    stopSequence: ending?.delta.stop_sequence,
    usage: ending?.usage,
    error,
  };
}

function named(block: z.infer<typeof Block>): {
  readonly type: string;
  readonly id?: string;
  readonly name?: string;
  readonly text?: string;
} {
  if (block.type === "tool_use") return { type: block.type, id: block.id, name: block.name };
  return block.type === "redacted_thinking" ? { type: block.type, text: block.data } : { type: block.type };
}

const takes: Readonly<Record<z.infer<typeof Delta>["type"], string>> = {
  text_delta: "text",
  thinking_delta: "thinking",
  signature_delta: "thinking",
  input_json_delta: "tool_use",
};

function add(open: ReadBlock, delta: z.infer<typeof Delta>): void {
  if (takes[delta.type] !== open.type) throw new Error(`${delta.type} in a block of ${open.type}`);
  if (delta.type === "signature_delta") open.signature += delta.signature;
  else if (delta.type === "text_delta") open.text += delta.text;
  else if (delta.type === "thinking_delta") open.text += delta.thinking;
  else open.text += delta.partial_json;
}
