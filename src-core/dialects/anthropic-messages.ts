// Anthropic's messages as one dialect, both ways (apis.md 3).
import { decodeRequest } from "./anthropic-messages-asked.ts";
import { encodeRequest } from "./anthropic-messages-asking.ts";
import { AnthropicStreamDecoder } from "./anthropic-messages-heard.ts";
import { decodeReply, encodeReply } from "./anthropic-messages-reply.ts";
import { AnthropicStreamEncoder } from "./anthropic-messages-told.ts";
import type { ChatDialect } from "./canonical.ts";

/** `/v1/messages`, from clients and to nodes. Nothing throws on any input. */
export const anthropicMessages: ChatDialect = {
  decodeRequest,
  encodeRequest,
  decodeReply,
  encodeReply,
  streamDecoder: (now) => new AnthropicStreamDecoder(now),
  streamEncoder: (context) => new AnthropicStreamEncoder(context),
};
