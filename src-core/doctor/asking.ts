// One question to a node, put as its own dialect has it and read with the same code that translates answers. What comes back is told as it came,
// without repairs: that is what is looked at.
import type { Failure } from "../contract/failure.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import type { ChatEvent, ChatRequest } from "../dialects/canonical.ts";
import { parsed } from "../dialects/shapes.ts";
import { chatDialects, stepsOf } from "../dialects/translation.ts";
import { wires } from "../dialects/wires.ts";
import { framesIn } from "../engine/frames.ts";
import type { NodeAdapter, UpstreamHead, UpstreamSink } from "../engine/ports.ts";

const mostBytes = 1024 * 1024;

/** An answer, whole. `streamed`: it came as a stream; `unspoken`: the dialect has no words for the question. */
export type Heard =
  | { readonly state: "answered"; readonly streamed: boolean; readonly events: readonly ChatEvent[] }
  | { readonly state: "failed"; readonly failure: Failure; readonly status?: number | undefined }
  | { readonly state: "late" }
  | { readonly state: "unspoken" };

/** Asks and waits for the whole answer, at most until the signal. Never throws. */
export async function ask(adapter: NodeAdapter, dialect: Dialect, request: ChatRequest, signal: AbortSignal, now: number): Promise<Heard> {
  const encoded = chatDialects[dialect].encodeRequest(request);
  if ("failure" in encoded) return { state: "unspoken" };
  const body = Buffer.from(JSON.stringify(encoded.body));
  const headers = { accept: "application/json", "content-type": "application/json" };
  const answer = await collected(adapter, { method: "POST", path: encoded.path, headers, body }, signal);
  if (answer === "late") return { state: "late" };
  if ("failure" in answer) return { state: "failed", failure: answer.failure };
  const text = answer.bytes.toString("utf8");
  const { status, headers: told } = answer.head;
  if (status < 200 || status >= 300) {
    const failure = adapter.classify(status, told, text) ?? {
      kind: "upstream-rejected",
      message: `It answered with status ${status}.`,
      status,
    };
    return { state: "failed", failure, status };
  }
  return read(answer.bytes, told["content-type"] ?? "", dialect, now);
}

function read(bytes: Buffer, type: string, dialect: Dialect, now: number): Heard {
  const said = parsed(bytes.toString("utf8"));
  const streamed = !type.includes("application/json") && /event-stream|ndjson/.test(type);
  if (!streamed && said !== undefined) {
    const reply = chatDialects[dialect].decodeReply(said, now);
    return "failure" in reply
      ? { state: "failed", failure: reply.failure }
      : { state: "answered", streamed: false, events: stepsOf(reply) };
  }
  const decoder = chatDialects[dialect].streamDecoder(now);
  const events = framesIn(bytes, wires[dialect].frameEnd).flatMap((frame) => decoder.push(frame));
  return { state: "answered", streamed: true, events: [...events, ...decoder.end()] };
}

type Collected = { readonly head: UpstreamHead; readonly bytes: Buffer } | { readonly failure: Failure } | "late";

function collected(adapter: NodeAdapter, call: Parameters<NodeAdapter["send"]>[0], signal: AbortSignal): Promise<Collected> {
  if (signal.aborted) return Promise.resolve("late");
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let head: UpstreamHead = { status: 0, headers: {} };
    const finish = (outcome: Collected) => {
      signal.removeEventListener("abort", late);
      resolve(outcome);
    };
    const late = () => {
      handle.abort();
      finish("late");
    };
    const whole = () => finish({ head, bytes: Buffer.concat(chunks) });
    const sink: UpstreamSink = {
      onHead: (told) => {
        head = told;
      },
      onData: (chunk) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > mostBytes) {
          handle.abort();
          whole();
        }
        return true;
      },
      onEnd: whole,
      onFailure: (failure) => finish({ failure }),
    };
    signal.addEventListener("abort", late, { once: true });
    const handle = adapter.send(call, sink);
  });
}

/** The clock of the machine behind a node, by the date it tells with an answer to a harmless question; undefined: it tells none. */
export async function dateOf(adapter: NodeAdapter, signal: AbortSignal): Promise<number | undefined> {
  const answer = await collected(adapter, { method: "GET", path: "/", headers: { accept: "*/*" } }, signal);
  if (answer === "late" || "failure" in answer) return undefined;
  const told = Date.parse(answer.head.headers["date"] ?? "");
  return Number.isNaN(told) ? undefined : told;
}
