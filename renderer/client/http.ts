// The carrier in a browser: calls by POST, pushes by an event stream read with fetch (an EventSource could not send the key).
// A lost stream is opened again with growing pauses; the first push after that is a whole snapshot, so nothing needs replaying.
import { createParser } from "eventsource-parser";
import type { Push, Reply, Transport } from "../../src-core/contract/api.ts";
import { type CarriedPush, ChangeDecoder } from "../../src-core/contract/changes.ts";
import { fail } from "../../src-core/contract/failure.ts";
import { code } from "../language/code.ts";
import { words } from "../language/words.ts";

const firstPauseMs = 500;
const longestPauseMs = 8_000;

const silent: Reply = {
  ok: false,
  failure: fail("connect-failed", words.frame.line.callSilent),
};
const refused: Reply = {
  ok: false,
  failure: fail("unauthorized", words.frame.line.callRefused),
};

/** `token` is the bearer key of the control port. Never rejects: what goes wrong comes back as a failure. */
export function httpTransport(origin: string, token: string | undefined): Transport {
  const headers = { authorization: code`Bearer ${token ?? ""}` };
  return {
    call: (method, input) => call(origin, headers, method, input),
    listen: (onPush, onState) => listen(origin, headers, onPush, onState ?? (() => {})),
  };
}

function isReply(value: unknown): value is Reply {
  return typeof value === "object" && value !== null && "ok" in value && ("output" in value || "failure" in value);
}

async function call(origin: string, headers: Record<string, string>, method: string, input: unknown): Promise<Reply> {
  try {
    const answer = await fetch(`${origin}/control/call`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ method, input }),
    });
    if (answer.status === 401) return refused;
    const body: unknown = await answer.json();
    return isReply(body) ? body : silent;
  } catch {
    return silent;
  }
}

type OnState = (connected: boolean) => void;

function listen(origin: string, headers: Record<string, string>, onPush: (push: Push) => void, onState: OnState): () => void {
  const stopped = new AbortController();
  void keepListening(origin, headers, onPush, onState, stopped.signal);
  return () => stopped.abort();
}

async function keepListening(
  origin: string,
  headers: Record<string, string>,
  onPush: (push: Push) => void,
  onState: OnState,
  signal: AbortSignal,
): Promise<void> {
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    const heard = await readStream(origin, headers, onPush, onState, signal);
    if (signal.aborted) return;
    onState(false);
    if (heard) pauseMs = firstPauseMs;
    await pause(pauseMs, signal);
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  }
}

/** Reads until the stream ends or breaks. True when at least one push came. */
async function readStream(
  origin: string,
  headers: Record<string, string>,
  onPush: (push: Push) => void,
  onState: OnState,
  signal: AbortSignal,
): Promise<boolean> {
  let heard = false;
  // A new stream begins with a whole snapshot.
  const decoder = new ChangeDecoder();
  const parser = createParser({
    onEvent: (event) => {
      const carried: CarriedPush = JSON.parse(event.data);
      if (!heard) onState(true);
      heard = true;
      const push = decoder.decode(carried);
      if (push !== undefined) onPush(push);
    },
  });
  try {
    const answer = await fetch(`${origin}/control/events?pushes=changes`, { headers, signal });
    if (!answer.ok || answer.body === null) return false;
    for await (const text of answer.body.pipeThrough(new TextDecoderStream())) parser.feed(text);
  } catch {
    // Whatever broke it, the answer is the same: say so and open it again.
  }
  return heard;
}

/** Ends early when the network or the tab comes back, since waiting on is then pointless. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    globalThis.addEventListener?.("online", done);
    signal.addEventListener("abort", done);
  });
}
