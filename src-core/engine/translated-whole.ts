// A whole answer of a node that speaks another dialect than its client: held until its end, read once, written once.
import type { Usage } from "../contract/events.ts";
import { type Failure, fail } from "../contract/failure.ts";
import { repairedReply } from "../dialects/answer-repairs.ts";
import type { ChatReply } from "../dialects/canonical.ts";
import { parsed } from "../dialects/shapes.ts";
import { stepsOf } from "../dialects/translation.ts";
import type { Answer, AttemptSide } from "./attempt-side.ts";
import { endsLikeJson } from "./frames.ts";
import type { Translation } from "./translated-answer.ts";
import { estimatedTokens, usageOf } from "./translated-tokens.ts";

/** A whole body must be held to be translated; a longer one is no chat's answer. */
export const longestBodyBytes = 32 * 1024 * 1024;
const charsPerToken = 4;

/** A whole answer as the client will read it. `reply`: a chat's, for the gate to judge. */
export interface InClientsWords {
  readonly text: string;
  readonly usage: Usage | undefined;
  readonly reply?: ChatReply | undefined;
}

/** Puts a node's whole answer, parsed, into the client's words. */
export type ReadWhole = (body: unknown) => InClientsWords | { readonly failure: Failure };

export class TranslatedWhole implements Answer {
  readonly #attempt: AttemptSide;
  readonly #translation: Translation;
  readonly #parts: Buffer[] = [];
  #bytes = 0;

  constructor(attempt: AttemptSide, translation: Translation) {
    this.#attempt = attempt;
    this.#translation = translation;
  }

  onData(chunk: Buffer): boolean {
    this.#parts.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > longestBodyBytes)
      this.#attempt.fail(fail("malformed-reply", `${this.#attempt.input.node} sent an answer that is too long to be translated.`));
    return true;
  }

  usageSoFar(): undefined {}

  onEnd(): void {
    const { node, gate } = this.#attempt.input;
    const body = Buffer.concat(this.#parts);
    if (!endsLikeJson(body)) return this.#attempt.fail(fail("malformed-reply", `${node} sent an answer that was cut short.`));
    const answer = parsed(body.toString("utf8"));
    const said = this.#translation.whole?.(answer) ?? chatInWords(answer, this.#translation);
    if ("failure" in said) return this.#attempt.fail(said.failure);
    const { usage, reply } = said;
    const bytes = Buffer.from(said.text);
    const verdict = reply === undefined ? undefined : gate?.judgeReply(reply);
    if (verdict === undefined || verdict.ok) return this.#attempt.answer(bytes, usage);
    const { status, headers } = this.#attempt.head;
    const held = { status, contentType: headers["content-type"] ?? "application/json", body: bytes };
    this.#attempt.fail(verdict.failure, held, { repair: verdict.repair, usage });
  }
}

/** A chat. A client that asked for a stream gets one, though the node answered at once. */
function chatInWords(body: unknown, translation: Translation): InClientsWords | { readonly failure: Failure } {
  const { from, to, stream, context, repairs } = translation;
  const said = from.decodeReply(body, context.now);
  if ("failure" in said) return said;
  const answer = repairs === undefined ? said : repairedReply(said, repairs, to, context);
  const chars = answer.parts.reduce((sum, part) => sum + ("text" in part ? part.text.length : 0), 0);
  const missing = estimatedTokens(answer.tokens, context.promptTokens, Math.ceil(chars / charsPerToken));
  const reply = { ...answer, id: answer.id || context.requestId, tokens: { ...answer.tokens, ...missing } };
  const told = { usage: usageOf(answer.tokens), reply: answer };
  if (!stream) return { ...told, text: JSON.stringify(to.encodeReply(reply, context)) };
  const encoder = to.streamEncoder(context);
  return {
    ...told,
    text: stepsOf(reply)
      .map((step) => encoder.push(step))
      .join(""),
  };
}
