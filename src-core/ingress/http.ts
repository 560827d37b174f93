// The only file that runs node:http: strict parsing, limits on everything a stranger can send, and one `Visit` per request (S-11, S-12, S-23).
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { fail } from "../contract/failure.ts";
import { wires } from "../dialects/wires.ts";
import { Connection } from "./connection.ts";
import type { OnBug } from "./doors.ts";
import { refuse } from "./errors.ts";
import { type Listening, type ListenWish, listen, type NotListening } from "./listen.ts";
import { type UploadPace, UploadWatch } from "./upload.ts";
import { newRequestId, Visit } from "./visit.ts";

/** Taken, not imported: an import reads every name of it, and with those Node's own fetch and WebSocket, 12 MB that nobody here calls. */
const { createServer, STATUS_CODES } = process.getBuiltinModule("node:http");

export interface HttpLimits {
  readonly maxConnections: number;
  /** For the whole head of a request. */
  readonly headersTimeoutMs: number;
  /** For the whole of a request, body included. */
  readonly requestTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly upload: UploadPace;
}

export const defaultLimits: HttpLimits = {
  maxConnections: 4096,
  headersTimeoutMs: 60_000,
  requestTimeoutMs: 300_000,
  keepAliveMs: 65_000,
  upload: { sweepMs: 1000, graceMs: 10_000, minBytesPerSecond: 1024 },
};

/** What handles requests, once the port is known. */
export type OpenDoor = (port: number, uploads: UploadWatch) => (visit: Visit) => void;

/** A door that listens. */
export interface Door {
  readonly port: number;
  /** Connections now open. */
  readonly connections: number;
  /** Listens no more, answers 503 to newcomers on open connections, waits up to `drainMs` for answers under way, then cuts them. */
  stop(drainMs?: number): Promise<void>;
}

export interface HttpOptions extends ListenWish {
  readonly open: OpenDoor;
  readonly limits?: Partial<HttpLimits>;
  readonly onBug: OnBug;
}

const maxHeaderBytes = 16 * 1024;
/** Node drops what is beyond its own limit without a word, so it keeps more than the guard's hundred. */
const headersKept = 128;
const drainLookMs = 20;
const busyRetrySeconds = 1;

/** Starts a door. */
export async function startHttp(options: HttpOptions): Promise<Door | NotListening> {
  const house = new House({ ...defaultLimits, ...options.limits }, options.onBug);
  const listening = await listen(options, () => house.server());
  if ("failure" in listening) {
    house.close();
    return listening;
  }
  return house.open(listening, options.open);
}

/** The servers of one door, one per address, and everybody inside. */
class House {
  readonly #limits: HttpLimits;
  readonly #onBug: OnBug;
  readonly #uploads: UploadWatch;
  readonly #connections = new Map<Duplex, Connection>();
  #handle: (visit: Visit) => void = (visit) => closing(visit);

  constructor(limits: HttpLimits, onBug: OnBug) {
    this.#limits = limits;
    this.#onBug = onBug;
    this.#uploads = new UploadWatch(limits.upload, onBug);
  }

  server(): Server {
    const { headersTimeoutMs, requestTimeoutMs, keepAliveMs } = this.#limits;
    const server = createServer({
      insecureHTTPParser: false,
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: Math.min(5000, Math.max(50, headersTimeoutMs / 4)),
      noDelay: true,
    });
    // A client may close its half after sending (F42). Node supports that, though its types do not list the switch.
    Object.assign(server, { httpAllowHalfOpen: true });
    server.maxHeadersCount = headersKept;
    server.on("connection", (socket) => this.#welcome(socket));
    server.on("request", (request, response) => this.#visit(request, response, false));
    server.on("checkContinue", (request, response) => this.#visit(request, response, true));
    server.on("clientError", (error, socket) => this.#unreadable(error, socket));
    server.on("connect", (_request, socket) =>
      sayRaw(socket, 405, "Homeport is a gateway for models, not a proxy: CONNECT is not served."),
    );
    return server;
  }

  open(listening: Listening, open: OpenDoor): Door {
    const { servers, port } = listening;
    for (const server of servers) server.on("error", (error) => this.#onBug(error, "listening socket"));
    this.#handle = open(port, this.#uploads);
    const connections = this.#connections;
    return {
      port,
      get connections() {
        return connections.size;
      },
      stop: (drainMs = 0) => this.#stop(listening, drainMs),
    };
  }

  close(): void {
    this.#uploads.stop();
  }

  #welcome(socket: Socket): void {
    if (this.#connections.size >= this.#limits.maxConnections) {
      sayRaw(socket, 503, "Homeport has as many connections open as it allows. Close some, or raise gateway.maxConnections.");
      return;
    }
    this.#connections.set(socket, new Connection(socket, () => this.#connections.delete(socket)));
  }

  #visit(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const connection = this.#connections.get(request.socket);
    // One connection too many: its refusal is on the way already.
    if (connection === undefined) return;
    const visit = new Visit(request, response, connection, expectsContinue);
    try {
      this.#handle(visit);
    } catch (error) {
      this.#onBug(error, "door");
      refuse(visit, fail("internal", "Homeport failed to handle this request; its log has the details."));
    }
  }

  /** The parser gave up: bytes that are no request, a head too large, or one that never ended. */
  #unreadable(error: Error & { readonly code?: string }, socket: Duplex): void {
    const visits = [...(this.#connections.get(socket)?.visits ?? [])];
    // In the middle of somebody's answer no second answer may be written.
    if (!socket.writable || error.code === "ECONNRESET" || visits.length > 1 || visits.some((visit) => !visit.mayBeRefusedRaw)) {
      socket.destroy();
      return;
    }
    for (const visit of visits) visit.left();
    switch (error.code) {
      case "HPE_HEADER_OVERFLOW":
        return sayRaw(socket, 431, "The request's headers are larger than 16 KiB.");
      case "ERR_HTTP_REQUEST_TIMEOUT":
        return sayRaw(socket, 408, "The request did not arrive in time.");
      default:
        return sayRaw(socket, 400, "This is not a well-formed HTTP/1.1 request.");
    }
  }

  async #stop(listening: Listening, drainMs: number): Promise<void> {
    this.#handle = closing;
    const closed = listening.servers.map((server) => new Promise<void>((resolve) => void server.close(() => resolve())));
    const until = performance.now() + drainMs;
    while (this.#busy() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, drainLookMs));
    for (const connection of this.#connections.values()) connection.destroy();
    await Promise.all(closed);
    this.close();
  }

  #busy(): boolean {
    for (const connection of this.#connections.values()) if (connection.visits.length > 0) return true;
    return false;
  }
}

function closing(visit: Visit): void {
  visit.closeAfter();
  refuse(visit, fail("paused", "Homeport is stopping. Try again when it runs.", { retryAfterMs: 5000 }));
}

/** An answer to somebody who never became a `Visit`. Closes the connection. */
function sayRaw(socket: Duplex, status: number, message: string): void {
  const id = newRequestId();
  const kind = status === 503 ? "no-candidate" : status === 405 ? "method-not-allowed" : "invalid-request";
  const body = wires.openai.failureBody(fail(kind, message), id);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "connection: close",
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "x-content-type-options: nosniff",
    "cache-control: no-store",
    `x-homeport-request: ${id}`,
    ...(status === 503 ? [`retry-after: ${busyRetrySeconds}`] : []),
  ];
  socket.on("error", () => socket.destroy());
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
