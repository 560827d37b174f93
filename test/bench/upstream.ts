// A fake Ollama node on bare sockets, as cheap as we can make it, so that the proxy between is what limits. Answers the probes too.
// Every event of a stream carries the instant it was written, so that the reader can tell how late it is.

import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { clearInterval, setInterval } from "node:timers";

/** The one model the nodes serve, loaded. */
export const benchModel = "bench:latest";

const model = {
  name: benchModel,
  model: benchModel,
  modified_at: "2026-01-01T00:00:00Z",
  size: 4_000_000_000,
  digest: "0".repeat(64),
  details: { parent_model: "", format: "gguf", family: "llama", families: ["llama"], parameter_size: "8B", quantization_level: "Q4_K_M" },
};

function answer(contentType: string, body: string): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(head + body);
}
const json = (value: unknown) => answer("application/json; charset=utf-8", JSON.stringify(value));

const completion = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: benchModel,
  system_fingerprint: "fp_ollama",
  choices: [{ index: 0, message: { role: "assistant", content: "word ".repeat(150) }, finish_reason: "stop" }],
  usage: { prompt_tokens: 20, completion_tokens: 150, total_tokens: 170 },
};

const fixed: Readonly<Record<string, Buffer>> = {
  "/": answer("text/plain; charset=utf-8", "Ollama is running"),
  "/api/tags": json({ models: [{ ...model, capabilities: ["completion"] }] }),
  "/api/ps": json({ models: [{ ...model, expires_at: "2319-01-01T00:00:00Z", size_vram: 4_000_000_000, context_length: 131_072 }] }),
  "/api/version": json({ version: "0.13.0" }),
  "/api/show": json({ details: model.details, model_info: {}, capabilities: ["completion"] }),
};
const shortAnswer = json(completion);
const notFound = Buffer.from("HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\ncontent-length: 18\r\n\r\n404 page not found");
const streamHead = Buffer.from("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");

const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const eventStart = `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"${benchModel}","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":"@`;
const eventEnd = '@"},"finish_reason":null}]}\n\n';
const streamEnd = Buffer.from(
  `${chunked(`data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"${benchModel}","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`)}${chunked("data: [DONE]\n\n")}0\r\n\r\n`,
);

/** The instant in microseconds of this process, as fixed-width digits. */
export function stampNow(): string {
  return Math.round(performance.now() * 1000)
    .toString()
    .padStart(12, "0");
}

interface Stream {
  readonly socket: Socket;
  left: number;
  /** Takes the stream off the wheel. */
  forget: () => void;
}

/** How streams are paced. Every stream sends one event each `everyMs`; their phases are spread over it. */
export interface Pace {
  events: number;
  everyMs: number;
}

export interface Upstream {
  readonly urls: readonly string[];
  /** Applies to streams that begin from now on. */
  readonly pace: Pace;
  stop(): void;
}

/** Writes the due events: a wheel of one slot per millisecond, so that a thousand streams do not all speak at once. */
class Wheel {
  private readonly slots: Set<Stream>[];
  private readonly timer: ReturnType<typeof setInterval>;
  private turned = Math.floor(performance.now());
  private next = 0;
  private readonly everyMs: number;

  constructor(everyMs: number) {
    this.everyMs = everyMs;
    this.slots = Array.from({ length: everyMs }, () => new Set<Stream>());
    this.timer = setInterval(() => this.turn(), 1);
  }

  add(stream: Stream): void {
    const slot = this.slots[this.next++ % this.everyMs];
    if (slot === undefined) return;
    slot.add(stream);
    stream.forget = () => {
      slot.delete(stream);
      stream.socket.off("close", stream.forget);
    };
    stream.socket.once("close", stream.forget);
  }

  private turn(): void {
    const now = Math.floor(performance.now());
    // After a pause a slot speaks once, as a real node that fell behind would, not once per missed turn.
    const first = Math.max(this.turned + 1, now - this.everyMs + 1);
    for (let at = first; at <= now; at += 1) for (const stream of this.slots[at % this.everyMs] ?? []) this.speak(stream);
    this.turned = now;
  }

  /** Writes the stream's next event, or its end. */
  speak(stream: Stream): void {
    stream.left -= 1;
    if (stream.left >= 0) stream.socket.write(chunked(eventStart + stampNow() + eventEnd), "latin1");
    else {
      stream.forget();
      stream.socket.write(streamEnd);
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** Reads requests off one connection; bodies are only measured and asked whether they want a stream. */
function serve(socket: Socket, onStream: (stream: Stream) => void, pace: Pace): void {
  let pending = "";
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (data) => {
    pending += data.toString("latin1");
    for (;;) {
      const headEnd = pending.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(pending.slice(0, headEnd))?.[1] ?? 0);
      const end = headEnd + 4 + length;
      if (pending.length < end) return;
      const path = pending.slice(pending.indexOf(" ") + 1, pending.indexOf(" HTTP/"));
      const body = pending.slice(headEnd + 4, end);
      pending = pending.slice(end);
      if (path !== "/v1/chat/completions") socket.write(fixed[path] ?? notFound);
      else if (!body.includes('"stream":true')) socket.write(shortAnswer);
      else {
        socket.write(streamHead);
        onStream({ socket, left: pace.events, forget: () => {} });
      }
    }
  });
}

function listening(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", 4096, () => {
      const address: AddressInfo | string | null = server.address();
      resolve(`http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`);
    });
  });
}

/** Starts `nodes` fake nodes in this process. */
export async function startUpstream(nodes: number): Promise<Upstream> {
  const pace: Pace = { events: 50, everyMs: 20 };
  const wheels = new Map<number, Wheel>();
  const sockets = new Set<Socket>();
  const onStream = (stream: Stream) => {
    const wheel = wheels.get(pace.everyMs) ?? new Wheel(pace.everyMs);
    wheels.set(pace.everyMs, wheel);
    // The first event leaves at once, so that the time to it is the proxy's own.
    wheel.speak(stream);
    wheel.add(stream);
  };
  const servers = Array.from({ length: nodes }, () =>
    createServer((socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      serve(socket, onStream, pace);
    }),
  );
  const urls = await Promise.all(servers.map(listening));
  const stop = () => {
    for (const wheel of wheels.values()) wheel.stop();
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  };
  return { urls, pace, stop };
}
