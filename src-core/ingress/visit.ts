// One request at a door and its answer: node:http's two objects as a `ClientReply`. Made for every request, so it holds no closures of its own.
import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { mintRequestId, type RequestId } from "../contract/ids.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import type { ClientKey } from "../contract/routing.ts";
import type { ClientReply } from "../engine/exchange.ts";
import { ChunkedBody, oneTextBytes } from "./chunked-body.ts";
import type { Connection } from "./connection.ts";
import { replyHeaders } from "./reply-headers.ts";
import { Upload, type UploadEnd, type UploadWatch } from "./upload.ts";

/** Unique across restarts: a random beginning per process, then a counter. */
const boot = randomBytes(6).toString("hex");
let count = 0;

/** A new request id. Also for answers to bytes that never became a request. */
export function newRequestId(): RequestId {
  count += 1;
  return mintRequestId(`${boot}-${count.toString(36)}`);
}

/** How long a refused upload is read on and thrown away, so that the client sees the answer before the connection closes. */
const lingerMs = 500;
/** An answer that ended but that the client does not take is cut after this. */
const untakenMs = 120_000;

export class Visit implements ClientReply {
  readonly id: RequestId = newRequestId();
  /** Set by the route; decides the shape of a refusal. */
  dialect: Dialect = "openai";
  /** Whose key it came with, where clients have keys of their own. */
  client: ClientKey | undefined;
  /** Added to every answer of this visit after the guard let it in. */
  extraHeaders: Readonly<Record<string, string>> | undefined;
  headSent = false;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #connection: Connection;
  readonly #expectsContinue: boolean;
  #upload: Upload | undefined;
  #closing = false;
  #over = false;
  #gone = false;
  /** Where no length was told. */
  #chunks: ChunkedBody | undefined;
  #status = 200;
  #headers: Readonly<Record<string, string>> = {};
  #onGone: (() => void) | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, connection: Connection, expectsContinue: boolean) {
    this.#request = request;
    this.#response = response;
    this.#connection = connection;
    this.#expectsContinue = expectsContinue;
    connection.visits.push(this);
  }

  get method(): string {
    return this.#request.method ?? "";
  }

  /** The request target as received, query included. */
  get target(): string {
    return this.#request.url ?? "";
  }

  /** The target without its query, not decoded. */
  get path(): string {
    const target = this.target;
    const query = target.indexOf("?");
    return query === -1 ? target : target.slice(0, query);
  }

  /** Lower-case names. */
  get headers(): IncomingHttpHeaders {
    return this.#request.headers;
  }

  /** Names and values in turn, repeats included. */
  get rawHeaders(): readonly string[] {
    return this.#request.rawHeaders;
  }

  get remoteAddress(): string {
    return this.#request.socket.remoteAddress ?? "";
  }

  /** True while nothing of the answer is on the wire and the request is not fully read: the parser may still refuse it. */
  get mayBeRefusedRaw(): boolean {
    return !this.#response.headersSent && !this.#request.complete;
  }

  /** True once bytes of the answer may be on the wire. */
  get answering(): boolean {
    return this.#response.headersSent;
  }

  /** Reads the body. Calls back once; never after the client left. */
  readBody(limitBytes: number, watch: UploadWatch, end: UploadEnd): void {
    const declared = Number(this.#request.headers["content-length"] ?? 0);
    if (declared > limitBytes) return end.onRefused("too-large");
    if (this.#expectsContinue) this.#response.writeContinue();
    this.#upload = new Upload(this.#request, limitBytes, end, watch);
  }

  /** The next answer closes the connection: the request was not read to its end, or the door is closing. */
  closeAfter(): void {
    this.#closing = true;
  }

  /** The head travels with the first `write` or with `end`, so that a short answer is one packet with its length. */
  head(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#over || this.headSent) return;
    this.headSent = true;
    this.#status = status;
    this.#headers = headers;
  }

  write(chunk: Buffer): boolean {
    if (this.#over) return true;
    if (!this.#response.headersSent) this.#writeHead(undefined);
    return this.#send(chunk);
  }

  onDrain(callback: () => void): void {
    if (this.#over) return;
    if (this.#chunks === undefined) this.#response.once("drain", callback);
    else this.#chunks.onDrain(callback);
  }

  end(chunk?: Buffer): void {
    if (this.#over) return;
    this.#over = true;
    this.#connection.over(this);
    if (!this.#response.headersSent) this.#writeHead(chunk?.length ?? 0);
    if (this.#closing && !this.#request.complete) return this.#linger(chunk);
    if (this.#chunks !== undefined) this.#chunks.end(chunk);
    else if (chunk === undefined) this.#response.end();
    // Text joins the head in one write, where bytes would be a second one.
    else if (chunk.length <= oneTextBytes) this.#response.end(chunk.toString("latin1"), "latin1");
    else this.#response.end(chunk);
    const { socket } = this.#request;
    // node:http sets its own keep-alive limit once the last byte is taken.
    if (socket.writableLength > 0) socket.setTimeout(untakenMs);
  }

  destroy(): void {
    if (this.#over) return;
    this.#finish();
    this.#chunks?.flush();
    this.#request.socket.destroy();
  }

  onGone(callback: () => void): void {
    if (this.#gone) return callback();
    if (this.#over) return;
    const earlier = this.#onGone;
    this.#onGone =
      earlier === undefined
        ? callback
        : () => {
            earlier();
            callback();
          };
  }

  /** The connection closed under us. */
  left(): void {
    if (this.#over) return;
    this.#gone = true;
    this.#finish();
    const told = this.#onGone;
    this.#onGone = undefined;
    told?.();
  }

  /**
   * The client sent its end of file: it may still be reading (F42), or be gone, and TCP tells only who writes. An informational
   * answer costs a reader nothing and makes a closed socket say so. False where the protocol version knows no such answer.
   */
  ask(): boolean {
    if (this.#over || this.#response.headersSent || this.#request.httpVersionMinor === 0) return false;
    this.#response.writeProcessing();
    return true;
  }

  #finish(): void {
    this.#over = true;
    this.#upload?.cancel();
    this.#connection.over(this);
  }

  #writeHead(wholeBytes: number | undefined): void {
    const headers = replyHeaders(this.#headers, this.id, this.extraHeaders);
    if (wholeBytes !== undefined && this.#status !== 204 && this.#headers["content-length"] === undefined)
      headers.push("content-length", String(wholeBytes));
    if (this.#closing) headers.push("connection", "close");
    const inChunks = wholeBytes === undefined && this.#takesChunks();
    if (inChunks) headers.push("transfer-encoding", "chunked");
    this.#response.writeHead(this.#status, headers);
    if (inChunks) this.#chunks = new ChunkedBody(this.#response);
  }

  /** Not where the node told a length, where the client speaks HTTP/1.0, or where no body may follow. */
  #takesChunks(): boolean {
    if (this.#headers["content-length"] !== undefined || this.#request.httpVersionMinor === 0) return false;
    return this.method !== "HEAD" && this.#status !== 204 && this.#status !== 304;
  }

  #send(chunk: Buffer): boolean {
    return this.#chunks === undefined ? this.#response.write(chunk) : this.#chunks.write(chunk);
  }

  /** The answer is complete by its length; closing at once would reset the connection under it while the client still sends. */
  #linger(chunk: Buffer | undefined): void {
    const { socket } = this.#request;
    if (chunk !== undefined) this.#send(chunk);
    const close = () => (this.#chunks === undefined ? void this.#response.end() : this.#chunks.end());
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    this.#request.once("end", close);
    socket.once("close", () => clearTimeout(timer));
    this.#request.resume();
  }
}
