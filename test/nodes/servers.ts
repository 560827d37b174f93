// Servers for one test: replaying, raw, closed and silent ones, closed again when it ends.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach } from "vitest";
import { createNodeHttp, type NodeHttp, type NodeHttpInput } from "../../src-core/nodes/http.ts";
import { type ReplayServer, type Route, startReplay } from "../support/replay.ts";

const closing: (() => Promise<unknown>)[] = [];

/** Registers the clean-up of everything a test opened; called once per file. */
export function closeAfterEach(): void {
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
}

/** Something more to close when the test ends. */
export function later(close: () => Promise<unknown>): void {
  closing.push(close);
}

/** A client of the node called "attic". */
export function client(url: string, more: Partial<NodeHttpInput> = {}): NodeHttp {
  const http = createNodeHttp({ node: "attic", url, ...more });
  closing.push(() => http.close());
  return http;
}

export async function serve(route: Route): Promise<ReplayServer> {
  const server = await startReplay(route);
  closing.push(() => server.stop());
  return server;
}

/** A raw server: `onSocket` plays the node by hand, byte for byte. */
export async function serveRaw(onSocket: (socket: Socket, nth: number) => void): Promise<{ url: string; port: number; server: Server }> {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onSocket(socket, count++);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const port = portOf(server);
  return { url: `http://127.0.0.1:${port}`, port, server };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

/** A socket is free for its next call some turns of the loop after its answer. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** The shortest good answer. */
export const ok = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

/** A listening process that is stopped and whose queue of half-open connections is full: the kernel then drops every further handshake. */
export async function startBlackhole(): Promise<number> {
  const script = "const s=require('net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},()=>console.log(s.address().port))";
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await once(child.stdout, "data");
  const port = Number(String(line).trim());
  child.kill("SIGSTOP");
  const fillers: Socket[] = [];
  for (let filled = true; filled && fillers.length < 64; ) {
    const filler = connect({ port, host: "127.0.0.1" }).on("error", () => {});
    fillers.push(filler);
    filled = await Promise.race([
      once(filler, "connect").then(() => true),
      new Promise<boolean>((done) => setTimeout(() => done(false), 150)),
    ]);
  }
  const stop = async () => {
    for (const filler of fillers) filler.destroy();
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  closing.push(stop);
  return port;
}
