// Short whole answers: JSON and plain text, one packet each.
import type { ClientReply } from "../engine/exchange.ts";

/** A whole JSON answer. */
export function answerJson(reply: ClientReply, value: unknown, status = 200): void {
  reply.head(status, { "content-type": "application/json; charset=utf-8" });
  reply.end(Buffer.from(JSON.stringify(value)));
}

/** A whole text answer. */
export function answerText(reply: ClientReply, text: string, contentType = "text/plain; charset=utf-8"): void {
  reply.head(200, { "content-type": contentType });
  reply.end(Buffer.from(text));
}
