// Starts a simulated node: a real HTTP server on loopback that behaves as its kind does, and misbehaves when told to.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { z } from "zod";
import type { Clock } from "../engine/ports.ts";
import { Call } from "./call.ts";
import { Disk } from "./disk.ts";
import { type Fault, FaultBook, type FaultRule } from "./faults.ts";
import type { SimulatedServer } from "./kind.ts";
import { kindRows, rulesOf } from "./kinds.ts";
import { type LoadFault, type SimulatedKind, SimulatedNodeOptions } from "./options.ts";
import { systemClock } from "./pace.ts";
import type { Quirk } from "./quirk-shapes.ts";
import { quirks } from "./quirks.ts";
import { NodeRecord } from "./record.ts";
import { Residency } from "./residency.ts";

/** A node to start: `SimulatedNodeOptions` as written, and a clock. The record keeps `keeps` requests. */
export type StartOptions = z.input<typeof SimulatedNodeOptions> & { readonly clock?: Clock; readonly keeps?: number };

/** A node that runs. Every method may be called at any time. */
export interface SimulatedNode {
  readonly kind: SimulatedKind;
  /** "http://HOST:PORT", the same after a restart. */
  readonly url: string;
  readonly options: SimulatedNodeOptions;
  readonly record: NodeRecord;
  /** Names of the models in memory, and of those on their way. */
  readonly inMemory: readonly string[];
  readonly loading: readonly string[];
  /** Plays a fault on the requests that match, from now on. Returns the function that takes it back. */
  fault(fault: Fault, rule?: FaultRule): () => void;
  clearFaults(): void;
  /** How loads of this model go wrong from now on; null makes them go well, whatever the options say. */
  loadFault(model: string, fault: LoadFault | null): void;
  /** Takes no new connection; what runs goes on. Undone by `restart`. */
  refuse(): void;
  /** Dies at once: every connection is reset, memory is empty, the port refuses. */
  kill(): Promise<void>;
  /** Listens again on the same port, with nothing in memory. */
  restart(): Promise<void>;
  /** Ends as real servers do on SIGTERM: answers under way are cut. */
  stop(): Promise<void>;
}

const inferencePath =
  /^\/(v1\/)?(chat\/completions|completions|embeddings|rerank|messages|responses)$|^\/api\/(chat|generate|embed|embeddings)$/;

/** Starts a node and resolves once it listens. Rejects when the port is taken or the options are wrong. */
export async function startSimulatedNode(options: StartOptions): Promise<SimulatedNode> {
  const { clock = systemClock, keeps, ...rest } = options;
  const node = new RunningNode(SimulatedNodeOptions.parse(rest), clock, keeps);
  await node.listen();
  return node;
}

class RunningNode implements SimulatedNode {
  readonly options: SimulatedNodeOptions;
  readonly record: NodeRecord;
  readonly #clock: Clock;
  readonly #faults = new FaultBook();
  readonly #quirks: readonly Quirk[];
  readonly #sockets = new Map<Socket, number>();
  readonly #residency: Residency;
  readonly #disk: Disk;
  #behaviour: SimulatedServer;
  #server: Server | undefined;
  #port: number;
  #forgetDrop: () => void = () => undefined;

  constructor(options: SimulatedNodeOptions, clock: Clock, keeps: number | undefined) {
    // A list of its own, since models come to a disk and go from it.
    const models = [...options.models];
    this.options = { ...options, models };
    this.#disk = new Disk(options, models);
    this.#clock = clock;
    this.#port = options.port;
    this.#quirks = options.quirks.map((name) => quirks[name]);
    this.record = new NodeRecord(clock, keeps);
    this.#residency = new Residency(rulesOf(options), clock, this.record);
    for (const model of options.models) {
      if (!model.warm && kindRows[options.kind].warm !== true) continue;
      this.#residency.place(model, this.#startContext(model.contextTokens));
    }
    this.#behaviour = this.#behave();
  }

  get kind(): SimulatedKind {
    return this.options.kind;
  }

  get url(): string {
    return `http://${this.options.host}:${this.#port}`;
  }

  get inMemory(): readonly string[] {
    return this.#residency.instances.filter(({ state }) => state !== "loading").map(({ model }) => model.name);
  }

  get loading(): readonly string[] {
    return this.#residency.instances.filter(({ state }) => state === "loading").map(({ model }) => model.name);
  }

  fault(fault: Fault, rule: FaultRule = {}): () => void {
    return this.#faults.add(fault, rule);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  loadFault(model: string, fault: LoadFault | null): void {
    this.#residency.loadFaults.set(model, fault);
  }

  refuse(): void {
    this.#server?.close();
    this.#server?.closeIdleConnections();
  }

  async kill(): Promise<void> {
    await this.#end((socket) => socket.resetAndDestroy());
  }

  async stop(): Promise<void> {
    this.#forgetDrop();
    this.#behaviour.close();
    await this.#end((socket) => socket.destroy());
  }

  async restart(): Promise<void> {
    await this.#end((socket) => socket.destroy());
    this.#behaviour = this.#behave();
    await this.listen();
  }

  /** Opens the port; the first time a free one, later the same. */
  listen(): Promise<void> {
    const server = createServer({ keepAliveTimeout: this.kind === "ollama" ? 0 : 5000, keepAliveTimeoutBuffer: 0 }, (request, response) => {
      void this.#answer(request, response);
    });
    server.requestTimeout = 0;
    server.headersTimeout = 0;
    if (this.kind === "llama-server" || this.kind === "llama-server-router") server.maxRequestsPerSocket = 100;
    server.on("connection", (socket: Socket) => this.#connected(socket));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, this.options.host, () => {
        this.#port = addressOf(server).port;
        this.#planDrop();
        resolve();
      });
    });
  }

  #startContext(most: number): number {
    return this.kind === "ollama" ? Math.min(this.options.defaultContextTokens, most) : most;
  }

  #behave(): SimulatedServer {
    this.#residency.listeners.clear();
    const exit = () => void this.kill();
    return kindRows[this.kind].simulate({
      options: this.options,
      clock: this.#clock,
      record: this.record,
      residency: this.#residency,
      disk: this.#disk,
      exit,
    });
  }

  #connected(socket: Socket): void {
    this.record.connections += 1;
    this.#sockets.set(socket, this.record.connections);
    socket.on("error", () => undefined);
    socket.once("close", () => this.#sockets.delete(socket));
    this.record.changed();
  }

  /** Closes the port and every connection, and forgets what was in memory. */
  #end(cut: (socket: Socket) => void): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = server?.listening ? new Promise<void>((resolve) => server.close(() => resolve())) : Promise.resolve();
    for (const socket of this.#sockets.keys()) cut(socket);
    this.#residency.clear();
    return closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/", socket } = request;
    const path = url.split("?", 1)[0] ?? url;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const connection = this.#sockets.get(socket) ?? 0;
    const recorded = this.record.add({
      method,
      path: url,
      headers,
      rawHeaders: request.rawHeaders.filter((_, at) => at % 2 === 0),
      connection,
    });
    if (method === "POST" && inferencePath.test(path)) this.record.opened(recorded);
    for (const [name, value] of Object.entries(this.#behaviour.headers)) response.setHeader(name, value);
    const call = new Call({
      request,
      response,
      record: this.record,
      recorded,
      fault: this.#faults.take(method, path),
      quirks: this.#quirks,
      clock: this.#clock,
    });
    try {
      if (!(await call.read()) || (await playBefore(call))) return;
      await this.#behaviour.handle(call);
    } catch (error) {
      // A bug of the simulator shall look like one, not like a fault that somebody asked for.
      if (call.answered) call.cut();
      else call.text(500, `The simulated node failed: ${String(error)}`, "text/plain");
    }
  }

  /** A flaky node dies now and then and comes back a little later. */
  #planDrop(): void {
    const { dropsEveryMs, dropsForMs } = this.options;
    if (dropsEveryMs === undefined) return;
    this.#forgetDrop();
    this.#forgetDrop = this.#clock.after(dropsEveryMs, () => {
      void this.kill();
      this.#forgetDrop = this.#clock.after(dropsForMs, () => void this.restart());
    });
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A simulated node listens on a TCP port.");
  return address;
}

/** Plays what stands before any right answer. True: the call is over. */
async function playBefore(call: Call): Promise<boolean> {
  const { fault } = call;
  switch (fault?.fault) {
    case "status":
      call.text(fault.status, fault.body ?? "", fault.headers?.["content-type"] ?? "application/json", fault.headers);
      return true;
    case "redirect":
      call.text(fault.status ?? 307, "", "", { location: fault.location });
      return true;
    case "html":
      call.text(fault.status ?? 200, "<!doctype html><html><body><h1>It works!</h1></body></html>", "text/html; charset=utf-8");
      return true;
    case "reset":
      call.cut();
      return true;
    case "hang":
      return true;
    case "slow-head":
      await call.wait(fault.ms);
      return call.signal.aborted;
    default:
      return false;
  }
}
