// The router's event stream during one load: progress figures, and a nudge to read the list again. It may be missing, end or lie; nothing
// depends on it but promptness.
import { setTimeout as sleep } from "node:timers/promises";
import { createParser } from "eventsource-parser";
import type { UpstreamCall } from "../engine/ports.ts";
import { parseJson } from "./calls.ts";
import type { NodeHttp } from "./http.ts";
import { RouterEvent } from "./llama-server-shapes.ts";

const watch: UpstreamCall = { method: "GET", path: "/models/sse", headers: { accept: "text/event-stream" } };
/** One event is small; a stream without line ends is not kept. */
const longestEventBytes = 64 * 1024;

export interface Events {
  /** Resolves at the next change of the model's status, or after `ms`, or when the signal aborts. */
  next(ms: number, signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** Listens for one model. `onProgress` gets every event of it that carries a figure. */
export function followEvents(http: NodeHttp, model: string, onProgress: (event: RouterEvent) => void): Events {
  let nudge = new AbortController();
  const parser = createParser({
    maxBufferSize: longestEventBytes,
    onEvent: ({ data }) => {
      const event = RouterEvent.safeParse(parseJson(data)).data;
      if (event === undefined || event.model !== model) return;
      if (event.data?.progress === undefined) nudge.abort();
      else onProgress(event);
    },
  });
  const text = new TextDecoder();
  let isStream = false;
  const handle = http.send(watch, {
    onHead: ({ status }) => {
      isStream = status === 200;
    },
    onData: (chunk) => {
      if (isStream) parser.feed(text.decode(chunk, { stream: true }));
      return true;
    },
    onEnd: () => {},
    onFailure: () => {},
  });
  return {
    next: async (ms, signal) => {
      await sleep(ms, undefined, { signal: AbortSignal.any([nudge.signal, signal]), ref: false }).catch(() => {});
      nudge = new AbortController();
    },
    stop: () => handle.abort(),
  };
}
