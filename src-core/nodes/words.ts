// The words of a node, made fit to be shown: whatever envelope its error came in, shortened and without control characters.
import { z } from "zod";
import { parseJson } from "./calls.ts";

const shownChars = 300;

const Envelope = z.union([
  z.object({ error: z.object({ message: z.string(), type: z.unknown().optional(), code: z.unknown().optional() }) }),
  z.object({ error: z.string() }),
  z.object({ message: z.string() }),
  z.object({ detail: z.string() }),
]);

/** The sentence inside an error body: OpenAI, llama-server, Ollama, Anthropic and flat envelopes, or the text itself. */
export function errorWords(body: string): string {
  const envelope = Envelope.safeParse(parseJson(body));
  return presentable(envelope.success ? sentenceOf(envelope.data) : body);
}

/** The `type` and `code` of an error object, lower case, for those who compare. */
export function errorMarks(body: string): string {
  const envelope = Envelope.safeParse(parseJson(body));
  if (!envelope.success || !("error" in envelope.data) || typeof envelope.data.error === "string") return "";
  const { type, code } = envelope.data.error;
  return `${typeof type === "string" ? type : ""} ${typeof code === "string" ? code : ""}`.toLowerCase();
}

/** Untrusted text for a person: no control or bidirectional characters, one line, bounded. */
export function presentable(text: string): string {
  const plain = text
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  return plain.length > shownChars ? `${plain.slice(0, shownChars)}…` : plain;
}

function sentenceOf(envelope: z.infer<typeof Envelope>): string {
  if ("error" in envelope) return typeof envelope.error === "string" ? envelope.error : envelope.error.message;
  return "message" in envelope ? envelope.message : envelope.detail;
}
