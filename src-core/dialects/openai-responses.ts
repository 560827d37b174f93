// OpenAI's Responses as a dialect: its rows live in the files beside this one.
import type { ChatDialect } from "./canonical.ts";
import { encodeRequest } from "./openai-responses-ask.ts";
import { decodeReply, encodeReply } from "./openai-responses-reply.ts";
import { decodeRequest } from "./openai-responses-request.ts";
import { streamEncoder } from "./openai-responses-say.ts";
import { streamDecoder } from "./openai-responses-stream.ts";

/** `/v1/responses`, both ways. What it remembers is not here but at the door. */
export const openaiResponses: ChatDialect = { decodeRequest, encodeRequest, decodeReply, encodeReply, streamDecoder, streamEncoder };
