// A TCP proxy that spoils a connection on the way, in Toxiproxy's words. It knows no HTTP: what it breaks is the wire.
// Waits run on an injected clock, so a fake one needs no sleeping.
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../../src-core/engine/ports.ts";
import { systemClock, wait } from "../../src-core/simulator/pace.ts";

/** `downstream` is node to client (where not said), `upstream` client to node. */
export type Direction = "upstream" | "downstream";

export type Toxic =
  /** Every chunk comes this much later. */
  | { readonly toxic: "latency"; readonly ms: number; readonly direction?: Direction }
  | { readonly toxic: "bandwidth"; readonly bytesPerSecond: number; readonly direction?: Direction }
  /** Chunks arrive in pieces of this size, in writes of their own, `delayMs` apart. */
  | { readonly toxic: "slicer"; readonly bytes: number; readonly delayMs?: number; readonly direction?: Direction }
  /** Swallows everything and closes after `ms`; 0 never closes. */
  | { readonly toxic: "timeout"; readonly ms: number; readonly direction?: Direction }
  /** Resets both ends `ms` after the first byte. */
  | { readonly toxic: "reset"; readonly ms: number; readonly direction?: Direction }
  /** Closes after this many bytes of one direction. */
  | { readonly toxic: "limit_data"; readonly bytes: number; readonly direction?: Direction };

/** One client connection and its twin to the node. */
interface Link {
  readonly client: Socket;
  readonly node: Socket;
  readonly ended: AbortController;
  readonly passed: Record<Direction, number>;
}

/** What a toxic does to a chunk: passes it on, or the link is over or dumb. */
type Verdict = "pass" | "swallowed";

export class FaultProxy {
  readonly #targetPort: number;
  readonly #clock: Clock;
  readonly #links = new Set<Link>();
  readonly #toxics = new Set<Toxic>();
  readonly #silent = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #blackhole = false;
  /** Connections accepted since the start. */
  accepted = 0;

  private constructor(targetPort: number, clock: Clock) {
    this.#targetPort = targetPort;
    this.#clock = clock;
  }

  /** Starts in front of `target`, an http URL on loopback. */
  static async start(target: string, clock: Clock = systemClock): Promise<FaultProxy> {
    const proxy = new FaultProxy(Number(new URL(target).port), clock);
    await proxy.accept();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Links open now. */
  get open(): number {
    return this.#links.size;
  }

  /** Adds a toxic, also to connections that are open. Returns the function that takes it away. */
  add(toxic: Toxic): () => void {
    this.#toxics.add(toxic);
    return () => this.#toxics.delete(toxic);
  }

  /** Heals the wire: no toxics, no blackhole. Refusing goes on until `accept`. */
  clear(): void {
    this.#toxics.clear();
    this.#blackhole = false;
  }

  /** From now on connections are accepted and nothing ever answers; open ones go on. */
  blackhole(): void {
    this.#blackhole = true;
  }

  /** Connections are refused from now on; open ones are cut unless `keep`. */
  async refuse(keep = false): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = server === undefined ? Promise.resolve() : new Promise<void>((resolve) => server.close(() => resolve()));
    if (keep) return;
    this.cut();
    await closed;
  }

  /** Accepts connections again, on the same port. */
  accept(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (client) => this.#link(client));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", () => {
        this.#port = portOf(server);
        resolve();
      });
    });
  }

  /** Resets every open connection, at both ends. */
  cut(): void {
    for (const link of this.#links) this.#reset(link);
    for (const socket of this.#silent) socket.resetAndDestroy();
  }

  async stop(): Promise<void> {
    await this.refuse();
  }

  #link(client: Socket): void {
    this.accepted += 1;
    client.on("error", () => undefined);
    if (this.#blackhole) {
      this.#silent.add(client);
      client.once("close", () => this.#silent.delete(client));
      return;
    }
    const node = connect({ port: this.#targetPort, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    client.setNoDelay(true);
    const link: Link = { client, node, ended: new AbortController(), passed: { upstream: 0, downstream: 0 } };
    this.#links.add(link);
    node.on("error", () => this.#reset(link));
    client.on("error", () => this.#reset(link));
    for (const socket of [client, node]) socket.once("close", () => this.#close(link));
    this.#carry(link, client, node, "upstream");
    this.#carry(link, node, client, "downstream");
  }

  #carry(link: Link, from: Socket, to: Socket, direction: Direction): void {
    let last = Promise.resolve();
    from.on("data", (chunk) => {
      from.pause();
      last = this.#pass(link, to, Buffer.from(chunk), direction).then(() => {
        from.resume();
      });
    });
    from.once("end", () => void last.then(() => to.end()));
  }

  async #pass(link: Link, to: Socket, chunk: Buffer, direction: Direction): Promise<void> {
    let pieces: readonly Buffer[] = [chunk];
    let gapMs = 0;
    for (const toxic of this.#toxics) {
      if ((toxic.direction ?? "downstream") !== direction) continue;
      if (toxic.toxic === "slicer") {
        pieces = pieces.flatMap((piece) => slices(piece, toxic.bytes));
        gapMs = toxic.delayMs ?? 0;
      } else if ((await this.#suffer(link, to, chunk, direction, toxic)) === "swallowed") return;
    }
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) await this.#between(link, gapMs);
      await this.#write(link, to, piece, direction);
    }
  }

  async #suffer(link: Link, to: Socket, chunk: Buffer, direction: Direction, toxic: Exclude<Toxic, { toxic: "slicer" }>): Promise<Verdict> {
    switch (toxic.toxic) {
      case "latency":
        await wait(this.#clock, toxic.ms, link.ended.signal);
        return "pass";
      case "bandwidth":
        await wait(this.#clock, (chunk.length * 1000) / toxic.bytesPerSecond, link.ended.signal);
        return "pass";
      case "timeout":
        if (toxic.ms > 0) void wait(this.#clock, toxic.ms, link.ended.signal).then(() => this.#close(link));
        return "swallowed";
      case "reset":
        await wait(this.#clock, toxic.ms, link.ended.signal);
        this.#reset(link);
        return "swallowed";
      case "limit_data": {
        const left = toxic.bytes - link.passed[direction];
        if (chunk.length < left) return "pass";
        await this.#write(link, to, chunk.subarray(0, Math.max(0, left)), direction);
        to.end(() => this.#close(link));
        return "swallowed";
      }
    }
  }

  /** Pieces in the same tick would be joined by the kernel: give each a turn of its own. */
  #between(link: Link, gapMs: number): Promise<void> {
    return gapMs > 0 ? wait(this.#clock, gapMs, link.ended.signal) : new Promise((resolve) => setImmediate(resolve));
  }

  #write(link: Link, to: Socket, piece: Buffer, direction: Direction): Promise<void> {
    if (link.ended.signal.aborted || piece.length === 0) return Promise.resolve();
    link.passed[direction] += piece.length;
    return new Promise((resolve) => {
      to.write(piece, () => resolve());
    });
  }

  #reset(link: Link): void {
    link.client.resetAndDestroy();
    link.node.resetAndDestroy();
    this.#close(link);
  }

  #close(link: Link): void {
    if (!this.#links.delete(link)) return;
    link.ended.abort();
    // `destroySoon` lets what was written leave first.
    link.client.destroySoon();
    link.node.destroySoon();
  }
}

function slices(chunk: Buffer, bytes: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0; start < chunk.length; start += bytes) pieces.push(chunk.subarray(start, start + bytes));
  return pieces;
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("The fault proxy listens on a TCP port.");
  return address.port;
}
