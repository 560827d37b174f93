// Ollama's chat and generate, both ways. The parts are in the files beside this one, each for one direction.
import type { ChatDialect } from "./canonical.ts";
import { decodeRequest } from "./ollama-chat-decode.ts";
import { encodeRequest } from "./ollama-chat-encode.ts";
import { decodeReply, encodeReply } from "./ollama-chat-reply.ts";
import { OllamaStreamDecoder, OllamaStreamEncoder } from "./ollama-chat-stream.ts";

export const ollamaChat: ChatDialect = {
  decodeRequest,
  encodeRequest,
  decodeReply,
  encodeReply,
  streamDecoder: (now) => new OllamaStreamDecoder(now),
  streamEncoder: (context) => new OllamaStreamEncoder(context),
};
