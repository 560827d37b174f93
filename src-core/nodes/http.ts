// The HTTP client every adapter uses: one pool of connections per node, no redirects, no decompression, no time limit but connecting.
// Every other limit belongs to the engine, which alone knows deadlines.
import { isIP } from "node:net";
import type { buildConnector as connecting, Dispatcher } from "undici";
import buildConnector from "undici/lib/core/connect.js";
import Pool from "undici/lib/dispatcher/pool.js";
import { type Failure, fail } from "../contract/failure.ts";
import type { UpstreamCall, UpstreamHandle, UpstreamSink } from "../engine/ports.ts";
import { guardedLookup, type Resolve } from "./guarded-lookup.ts";
import { fixedHeaders, type HeaderWays, requestHeaders } from "./headers.ts";
import { keyToMask } from "./key-mask.ts";
import { identityOf, isLoopbackName, type NodeAddress, parseNodeUrl, placeOf } from "./node-url.ts";
import { pinned } from "./pinned-certificate.ts";
import { type Answer, readAnswer } from "./read-answer.ts";
import { flushed } from "./transport-failure.ts";
import { type Line, UpstreamExchange } from "./upstream-exchange.ts";

/** Real servers close idle connections after 5 s; ours are gone before. */
const keepAliveMs = 4_000;
const maxHeaderBytes = 64 * 1024;
const connectMs = { "this-machine": 1_000, lan: 2_000, cloud: 5_000 } as const;
/** Lists and details are read up to this size. */
const answerBytes = 8 * 1024 * 1024;

/** A connection to a name is used for new calls no longer than this, however busy it is; what runs on it may end. */
const longestNameMs = 30_000;

const poolOptions = {
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: keepAliveMs,
  keepAliveMaxTimeout: keepAliveMs,
  pipelining: 1,
  maxHeaderSize: maxHeaderBytes,
  allowH2: false,
} as const;

export interface NodeHttpInput {
  /** Named in failures. */
  readonly node: string;
  readonly url: string;
  readonly key?: string | undefined;
  /** SHA-256 of the one certificate that is trusted, in upper case with colons. */
  readonly certificate?: string | undefined;
  /** This gateway's name among gateways; absent: nothing is told of who asks. */
  readonly instance?: string | undefined;
  readonly ways?: HeaderWays | undefined;
  /** Nothing is ever sent, and this is why. */
  readonly closed?: Failure | undefined;
  readonly connectTimeoutMs?: number | undefined;
  /** How names are resolved; the system's way when absent. */
  readonly resolve?: Resolve | undefined;
}

export interface NodeHttp {
  readonly node: string;
  /** The far end of the newest connection, `address:port`; absent before the first. */
  readonly identity: string | undefined;
  /** See `NodeAdapter.send`. */
  send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle;
  /** Reads a whole answer, of any status. */
  read(call: UpstreamCall, signal: AbortSignal, maxBytes?: number): Promise<Answer | { readonly failure: Failure }>;
  /** See `NodeAdapter.fetchJson`. */
  fetchJson(
    call: UpstreamCall,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly body: unknown } | { readonly failure: Failure }>;
  /** See `NodeAdapter.flush`. */
  flush(calls: "cut" | "keep"): void;
  close(): Promise<void>;
}

/** Never throws: with an address that may not be dialled, every call fails and says why. */
export function createNodeHttp(input: NodeHttpInput): NodeHttp {
  if (input.closed !== undefined) return new ClosedHttp(input.node, input.closed);
  const address = parseNodeUrl(input.url);
  return "failure" in address ? new ClosedHttp(input.node, address.failure) : new PooledHttp(input, address);
}

abstract class ReadingHttp implements NodeHttp {
  readonly node: string;
  abstract readonly identity: string | undefined;

  constructor(node: string) {
    this.node = node;
  }

  abstract send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle;
  abstract flush(calls: "cut" | "keep"): void;
  abstract close(): Promise<void>;

  read(call: UpstreamCall, signal: AbortSignal, maxBytes = answerBytes): Promise<Answer | { readonly failure: Failure }> {
    return readAnswer(this.node, (sink) => this.send(call, sink), signal, maxBytes);
  }

  async fetchJson(call: UpstreamCall, signal: AbortSignal) {
    const answer = await this.read(call, signal);
    if ("failure" in answer) return answer;
    const { status, text } = answer;
    try {
      const body: unknown = JSON.parse(text);
      return { status, body };
    } catch {
      if (status > 299) return { status, body: text };
      return { failure: fail("malformed-reply", `${this.node} answered ${call.path} with something that is not JSON.`) };
    }
  }
}

class PooledHttp extends ReadingHttp implements Line {
  readonly peer: Line["peer"];
  readonly secret: Line["secret"];
  identity: string | undefined;
  isFresh = false;
  #pool: InstanceType<typeof Pool>;
  readonly #newPool: () => InstanceType<typeof Pool>;
  readonly #prefix: string;
  readonly #fixed: readonly string[];
  readonly #ways: HeaderWays | undefined;
  readonly #tellsHops: boolean;

  constructor(input: NodeHttpInput, address: NodeAddress) {
    super(input.node);
    this.peer = { node: input.node, address: `${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}` };
    this.secret = keyToMask(input.key);
    this.#prefix = address.prefix;
    this.#fixed = fixedHeaders(input.key, input.ways, input.instance);
    this.#tellsHops = input.instance !== undefined;
    this.#ways = input.ways;
    const place = isLoopbackName(address.host) ? "this-machine" : placeOf(input.url);
    const timeoutMs = input.connectTimeoutMs ?? connectMs[place];
    // A name may lead elsewhere tomorrow; an address is one for ever, and its connections are asked for no age (F05).
    const clientTtl = isIP(address.host.replace(/^\[|\]$/g, "")) === 0 ? longestNameMs : null;
    this.#newPool = () => new Pool(address.origin, { ...poolOptions, clientTtl, connect: this.#connector(input, timeoutMs) });
    this.#pool = this.#newPool();
  }

  send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle {
    const options: Dispatcher.DispatchOptions = {
      path: this.#prefix + call.path,
      method: call.method,
      headers: requestHeaders(this.#fixed, call.headers, this.#ways, this.#tellsHops),
      body: call.body ?? null,
    };
    const exchange = new UpstreamExchange(this, options, sink);
    exchange.begin();
    return exchange;
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#pool.dispatch(options, handler);
  }

  flush(calls: "cut" | "keep"): void {
    const old = this.#pool;
    this.#pool = this.#newPool();
    // Either ends some time after; what it ends with is told to each call.
    if (calls === "cut") old.destroy(flushed).catch(() => undefined);
    else old.close().catch(() => undefined);
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  /** Marks the moment in which a new connection takes its first call, and remembers whom we really reached. */
  #connector({ resolve, certificate }: NodeHttpInput, timeout: number): connecting.connector {
    const connect = pinned(certificate, (trust) => buildConnector({ timeout, allowH2: false, lookup: guardedLookup(resolve), ...trust }));
    return (options, callback) =>
      connect(options, (...outcome) => {
        const [, socket] = outcome;
        if (socket?.remoteAddress !== undefined) this.identity = identityOf(socket.remoteAddress, socket.remotePort ?? 0);
        this.isFresh = true;
        callback(...outcome);
        this.isFresh = false;
      });
  }
}

class ClosedHttp extends ReadingHttp {
  readonly identity = undefined;
  readonly #failure: Failure;

  constructor(node: string, failure: Failure) {
    super(node);
    this.#failure = failure;
  }

  send(_call: UpstreamCall, sink: UpstreamSink): UpstreamHandle {
    let abandoned = false;
    // Later, as a real failure would come: the caller does not have its handle yet.
    queueMicrotask(() => {
      if (!abandoned) sink.onFailure(this.#failure);
    });
    return {
      resume: () => {},
      abort: () => {
        abandoned = true;
      },
    };
  }

  flush(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}
