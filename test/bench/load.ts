// The load generator, on bare sockets: short calls as fast as they are answered, and streams whose every event is timed.
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Speech, sameDialect } from "./speech.ts";

function requestBytes(url: URL, stream: boolean, speech: Speech): Buffer {
  const body = speech.body(stream);
  return Buffer.from(
    `POST ${speech.path} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\naccept: */*\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function open(url: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true }, () => {
      socket.off("error", reject);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

async function openMany(url: URL, count: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  // In batches: a burst of a thousand handshakes would measure the accept queue.
  while (sockets.length < count) {
    sockets.push(...(await Promise.all(Array.from({ length: Math.min(100, count - sockets.length) }, () => open(url)))));
  }
  return sockets;
}

/** End of the first whole response in `text`, or -1. Both length-delimited and chunked answers. */
function responseEnd(text: string): number {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return -1;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1];
  if (length !== undefined) {
    const end = headEnd + 4 + Number(length);
    return text.length >= end ? end : -1;
  }
  const end = text.indexOf("\r\n0\r\n\r\n", headEnd);
  return end < 0 ? -1 : end + 7;
}

export interface ShortCalls {
  readonly perSecond: number;
  readonly failed: number;
}

/** Non-streaming calls on `connections` kept-alive connections, each sending the next when the last was answered. */
export async function shortCalls(address: string, connections: number, forMs: number): Promise<ShortCalls> {
  const url = new URL(address);
  const bytes = requestBytes(url, false, sameDialect);
  const sockets = await openMany(url, connections);
  let done = 0;
  let failed = 0;
  for (const socket of sockets) {
    let pending = "";
    socket.on("error", () => (failed += 1));
    socket.on("data", (data) => {
      pending = pending === "" ? data.toString("latin1") : pending + data.toString("latin1");
      const end = responseEnd(pending);
      if (end < 0) return;
      if (!pending.startsWith("HTTP/1.1 200")) failed += 1;
      pending = pending.slice(end);
      done += 1;
      socket.write(bytes);
    });
  }
  const startedAt = performance.now();
  for (const socket of sockets) socket.write(bytes);
  await sleep(forMs);
  const perSecond = done / ((performance.now() - startedAt) / 1000);
  for (const socket of sockets) socket.destroy();
  return { perSecond, failed };
}

export interface Streams {
  /** Events that arrived. */
  readonly events: number;
  /** From the request to its first event, in milliseconds, per stream. */
  readonly firstByteMs: readonly number[];
  /** From the node's write to our read, in milliseconds, per event. */
  readonly delayMs: readonly number[];
  /** Streams that ended without their terminator or with another status than 200. */
  readonly broken: number;
}

interface Seen {
  events: number;
  broken: number;
  readonly firstByteMs: number[];
  readonly delayMs: number[];
}

/** One stream read to its end, or until the socket closes. */
function readStream(socket: Socket, bytes: Buffer, { mark, end }: Speech, seen: Seen): Promise<void> {
  return new Promise((resolve) => {
    let carry = "";
    let sentAt = 0;
    let first = true;
    let ok = false;
    socket.on("data", (data) => {
      const nowUs = performance.now() * 1000;
      const text = carry + data.toString("latin1");
      if (first && text.startsWith("HTTP/1.1 200")) ok = true;
      // An answer that is no stream has no terminator to wait for.
      else if (first && text.startsWith("HTTP/1.1")) socket.destroy();
      let from = 0;
      for (let at = text.indexOf(mark); at >= 0 && at + mark.length + 12 <= text.length; at = text.indexOf(mark, from)) {
        if (first) seen.firstByteMs.push(nowUs / 1000 - sentAt);
        first = false;
        from = at + mark.length + 12;
        seen.delayMs.push((nowUs - Number(text.slice(at + mark.length, from))) / 1000);
        seen.events += 1;
      }
      const finished = text.includes(end, from);
      carry = text.slice(Math.max(from, text.length - 32));
      if (!finished) return;
      if (!ok) seen.broken += 1;
      socket.removeAllListeners("close");
      resolve();
    });
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      seen.broken += 1;
      resolve();
    });
    sentAt = performance.now();
    socket.write(bytes);
  });
}

/** `count` streams at once, begun over `overMs`. `midway` is called when all have begun. */
export async function streams(
  address: string,
  count: number,
  overMs: number,
  { speech = sameDialect, midway }: { readonly speech?: Speech; readonly midway?: () => Promise<void> } = {},
): Promise<Streams> {
  const url = new URL(address);
  const bytes = requestBytes(url, true, speech);
  const sockets = await openMany(url, count);
  const seen: Seen = { events: 0, broken: 0, firstByteMs: [], delayMs: [] };
  const running: Promise<void>[] = [];
  const startedAt = performance.now();
  for (const [index, socket] of sockets.entries()) {
    const due = startedAt + (index * overMs) / count;
    if (performance.now() < due) await sleep(due - performance.now());
    running.push(readStream(socket, bytes, speech, seen));
  }
  await midway?.();
  await Promise.all(running);
  for (const socket of sockets) socket.destroy();
  return seen;
}

/** `count` streams one after another on one connection: what a single person's chat sees. */
export async function streamsInTurn(address: string, count: number, speech = sameDialect): Promise<Streams> {
  const url = new URL(address);
  const bytes = requestBytes(url, true, speech);
  const seen: Seen = { events: 0, broken: 0, firstByteMs: [], delayMs: [] };
  for (let index = 0; index < count; index += 1) {
    const socket = await open(url);
    await readStream(socket, bytes, speech, seen);
    socket.destroy();
  }
  return seen;
}
