// OpenAI's chat completions and completions as a dialect: its rows live in the files beside this one.
import type { ChatDialect } from "./canonical.ts";
import { encodeRequest } from "./openai-chat-ask.ts";
import { decodeReply, encodeReply } from "./openai-chat-reply.ts";
import { decodeRequest } from "./openai-chat-request.ts";
import { streamEncoder } from "./openai-chat-say.ts";
import { streamDecoder } from "./openai-chat-stream.ts";

/** `/v1/chat/completions` and `/v1/completions`, both ways. */
export const openaiChat: ChatDialect = { decodeRequest, encodeRequest, decodeReply, encodeReply, streamDecoder, streamEncoder };
