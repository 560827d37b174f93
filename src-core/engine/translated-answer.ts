// A streamed answer of a node that speaks another dialect than its client: each of the node's frames is read once, and what it says is written in the
// client's words. The rules are those of `stream-answer.ts`: nothing goes out before the first content, no end without the node's own.
import type { Usage } from "../contract/events.ts";
import { type Failure, fail } from "../contract/failure.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import type { RequestFacts } from "../contract/route.ts";
import type { AnswerRepairs } from "../dialects/answer-repairs.ts";
import type { ChatDialect, ChatEvent, ChatRequest, EncodingContext, StreamDecoder, StreamEncoder, Tokens } from "../dialects/canonical.ts";
import { CollectedReply } from "../dialects/collected-reply.ts";
import { chatDialects } from "../dialects/translation.ts";
import type { Wire } from "../dialects/wire.ts";
import { wires } from "../dialects/wires.ts";
import type { Answer, AttemptSide } from "./attempt-side.ts";
import { framesIn, join, lastFrameEnd } from "./frames.ts";
import type { StreamGate, Verdict } from "./gate.ts";
import type { Clock, UpstreamHead } from "./ports.ts";
import { endsWhole, longestFrameBytes } from "./stream-answer.ts";
import { estimatedTokens, usageOf } from "./translated-tokens.ts";
import { longestBodyBytes, type ReadWhole } from "./translated-whole.ts";

/** How an answer is translated. `AttemptInput.wire` stays the client's. */
export interface Translation {
  readonly from: ChatDialect;
  readonly to: ChatDialect;
  /** The node's wire: where its frames end. */
  readonly nodeWire: Wire;
  /** What the client asked for, whatever the node does. */
  readonly stream: boolean;
  readonly context: EncodingContext;
  /** How a whole answer is read that is no chat's. */
  readonly whole?: ReadWhole | undefined;
  /** What is put right in the answer, where its profile wants that. */
  readonly repairs?: AnswerRepairs | undefined;
}

/** The translation of one attempt's answer, made when it is sent. `to`: where the client's is not the table's own dialect. */
export function translationOf(
  node: Dialect,
  facts: RequestFacts,
  request: Pick<ChatRequest, "wantsUsage">,
  clock: Clock,
  to = chatDialects[facts.dialect],
): Translation {
  const sentAt = clock.monotonic();
  return {
    from: chatDialects[node],
    to,
    nodeWire: wires[node],
    stream: facts.stream,
    context: {
      model: facts.model,
      requestId: facts.id,
      now: clock.now(),
      wantsUsage: request.wantsUsage ?? false,
      promptTokens: facts.promptTokens,
      completion: facts.task === "completion",
      elapsedMs: () => clock.monotonic() - sentAt,
    },
  };
}

/** What no longer fits the bytes once they are translated. */
const ofBytes: ReadonlySet<string> = new Set(["content-length", "content-encoding", "transfer-encoding", "content-type"]);

/** A good head for the client: its own content type, and none of what described the node's bytes. A refusal's stays, to be classified. */
export function translatedHead(head: UpstreamHead, wire: Wire, { stream }: Translation): UpstreamHead {
  if (head.status < 200 || head.status > 299) return head;
  const kept = Object.entries(head.headers).filter(([name]) => !ofBytes.has(name));
  return {
    ...head,
    headers: { ...Object.fromEntries(kept), "content-type": stream ? wire.streamType : "application/json; charset=utf-8" },
  };
}

export class TranslatedStream implements Answer {
  readonly #attempt: AttemptSide;
  readonly #translation: Translation;
  readonly #decoder: StreamDecoder;
  readonly #encoder: StreamEncoder;
  /** Undefined once it is sure, or where there is none. */
  #gate: StreamGate | undefined;
  /** The beginning of a frame whose end has not come yet. */
  #rest: Buffer | undefined;
  /** What is written in the client's words and not released yet. */
  #said = "";
  #hasContent = false;
  /** From the word why it finished on: held until the node's bytes have ended, since an answer that still breaks must not look finished. */
  #last = "";
  #finished = false;
  #ended = false;
  /** The node's bytes have ended too. */
  #closing = false;
  #failure: Failure | undefined;
  #tokens: Tokens = {};
  #steps = 0;
  #chunks = 0;
  #bytes = 0;

  constructor(attempt: AttemptSide, translation: Translation) {
    this.#attempt = attempt;
    this.#translation = translation;
    this.#decoder = translation.from.streamDecoder(translation.context.now);
    const { to, stream, context } = translation;
    this.#encoder = stream ? to.streamEncoder(context) : new CollectedReply(to, context);
    this.#gate = attempt.input.gate?.stream();
  }

  onData(chunk: Buffer): boolean {
    const { nodeWire } = this.#translation;
    if (this.#attempt.committed) this.#chunks += 1;
    this.#bytes += chunk.length;
    const bytes = join(this.#rest, chunk);
    const whole = lastFrameEnd(bytes, nodeWire.frameEnd);
    this.#rest = whole < bytes.length ? bytes.subarray(whole) : undefined;
    if (whole > 0) this.#read(bytes.subarray(0, whole));
    if ((this.#rest?.length ?? 0) > longestFrameBytes)
      this.#failure ??= fail("stream-broken", `${this.#attempt.input.node} sent an event without an end.`);
    return this.#release();
  }

  onEnd(): void {
    const rest = this.#rest;
    this.#closing = true;
    if (rest !== undefined && endsWhole(rest)) this.#read(rest);
    else if (rest !== undefined) this.#failure ??= this.#translation.nodeWire.failureIn(rest.toString("utf8"));
    if (this.#failure === undefined) this.#take(this.#decoder.end());
    if (!this.#ended && this.#failure === undefined)
      this.#failure = fail("stream-broken", `${this.#attempt.input.node} ended its answer without finishing it.`);
    if (this.#failure === undefined && this.#gate !== undefined && !this.#passes(this.#gate.end())) return;
    this.#hasContent ||= this.#failure === undefined;
    this.#release();
    if (this.#failure === undefined) this.#attempt.done(this.usageSoFar(), Buffer.from(this.#last));
  }

  usageSoFar(): Usage | undefined {
    const { output, perSecond } = this.#tokens;
    if (this.#steps === 0 && output === undefined) return usageOf(this.#tokens);
    const tokensOut = output ?? this.#steps;
    // Of an answer that came at once, or was held by a gate, nobody can tell how fast it was made.
    const seconds = this.#chunks === 0 || this.#attempt.input.gate !== undefined ? 0 : this.#attempt.sinceCommit() / 1000;
    const speed = perSecond ?? (seconds > 0 ? tokensOut / seconds : undefined);
    return { ...usageOf(this.#tokens), tokensOut, tokensPerSecond: speed, estimated: output === undefined };
  }

  #read(bytes: Buffer): void {
    for (const frame of framesIn(bytes, this.#translation.nodeWire.frameEnd)) {
      if (this.#failure !== undefined) return;
      this.#take(this.#decoder.push(frame));
    }
  }

  #take(events: readonly ChatEvent[]): void {
    const { repairs } = this.#translation;
    for (const event of events) {
      if (event.type === "error") {
        this.#failure = event.failure;
        return;
      }
      if (event.type === "text" || event.type === "thinking" || event.type === "tool-arguments") this.#steps += 1;
      if (repairs === undefined) this.#tell(event);
      else for (const repaired of repairs.push(event)) this.#tell(repaired);
    }
  }

  #tell(event: ChatEvent): void {
    this.#say(event);
    if (this.#gate !== undefined) this.#judge(this.#gate, event);
  }

  #say(event: ChatEvent): void {
    switch (event.type) {
      case "start":
        return this.#write(event.id === "" ? { ...event, id: this.#translation.context.requestId } : event);
      case "finish":
        this.#finished = true;
        break;
      case "end":
        this.#ended = true;
        this.#estimate();
        break;
      case "tokens":
        this.#tokens = { ...this.#tokens, ...event.tokens };
        break;
      case "text":
      case "thinking":
        this.#hasContent ||= event.text !== "";
        break;
      case "tool-arguments":
        break;
      default:
        this.#hasContent = true;
    }
    this.#write(event);
  }

  #write(event: ChatEvent): void {
    const text = this.#encoder.push(event);
    if (this.#finished || this.#ended) this.#last += text;
    else this.#said += text;
  }

  /** What the node did not say of tokens is estimated, and marked so. */
  #estimate(): void {
    const missing = estimatedTokens(this.#tokens, this.#translation.context.promptTokens, this.#steps);
    if (missing !== undefined) this.#write({ type: "tokens", tokens: missing });
  }

  #judge(gate: StreamGate, event: ChatEvent): void {
    const next = gate.take(event);
    if (next === "hold") return;
    if (next !== "release" && !next.ok) this.#failure = next.failure;
    this.#gate = undefined;
  }

  /** False where the gate turned a complete answer away; it is kept, in the client's words. */
  #passes(verdict: Verdict): boolean {
    this.#gate = undefined;
    if (verdict.ok) return true;
    const { status, headers } = this.#attempt.head;
    const body = Buffer.from(this.#said + this.#last);
    const held = { status, contentType: headers["content-type"] ?? "text/event-stream", body };
    this.#attempt.fail(verdict.failure, held, { repair: verdict.repair, usage: this.usageSoFar() });
    return false;
  }

  /** All that a chunk said goes out as one write. A failure before any content costs the client nothing. */
  #release(): boolean {
    this.#failure ??= this.#tooLong();
    const failure = this.#failure;
    const mayGo = this.#attempt.committed || (this.#mayOpen() && failure === undefined);
    if (!mayGo) {
      if (failure !== undefined) this.#attempt.fail(failure);
      return true;
    }
    if (!this.#attempt.committed) this.#attempt.commit();
    const said = this.#said;
    this.#said = "";
    const open = said === "" || this.#attempt.write(Buffer.from(said));
    if (failure !== undefined) this.#attempt.break(failure);
    return open;
  }

  /** A client that wants its answer whole gets nothing before the end. */
  #mayOpen(): boolean {
    return this.#hasContent && this.#gate === undefined && (this.#translation.stream || this.#closing);
  }

  /** Held without end: events before any content, or after the word that it finished; or a whole answer that comes in steps. */
  #tooLong(): Failure | undefined {
    // What a gate holds is the gate's to limit.
    const goesOut = this.#attempt.committed || this.#gate !== undefined || this.#mayOpen();
    const held = goesOut ? this.#last.length : this.#said.length;
    const isLong = this.#translation.stream ? held > longestFrameBytes : this.#bytes > longestBodyBytes;
    return isLong ? fail("malformed-reply", `${this.#attempt.input.node} sent more than can be held without an end.`) : undefined;
  }
}
