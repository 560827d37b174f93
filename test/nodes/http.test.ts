// The shared client against real sockets: what goes out, what comes back, and what each way of breaking is called.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { createNodeHttp, type NodeHttp, type NodeHttpInput } from "../../src-core/nodes/http.ts";
import { type ReplayServer, type Route, reply, startReplay } from "../support/replay.ts";
import { CollectingSink, collect, getCall, postCall } from "./sinks.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function client(url: string, more: Partial<NodeHttpInput> = {}): NodeHttp {
  const http = createNodeHttp({ node: "attic", url, ...more });
  closing.push(() => http.close());
  return http;
}

async function serve(route: Route): Promise<ReplayServer> {
  const server = await startReplay(route);
  closing.push(() => server.stop());
  return server;
}

/** A raw server: `onSocket` plays the node by hand, byte for byte. */
async function serveRaw(onSocket: (socket: Socket, nth: number) => void): Promise<{ url: string; port: number; server: Server }> {
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

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

/** A socket is free for its next call some turns of the loop after its answer. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const ok = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

describe("what goes out", () => {
  test("S-20, S-22: a client's key, cookie, host or proxy header never reaches a node", async () => {
    const node = await serve(() => reply(200, {}));
    const canaries = ["authorization", "x-api-key", "cookie", "host", "proxy-authorization", "forwarded", "x-forwarded-for", "origin"];
    await collect(client(node.url), getCall("/v1/models", Object.fromEntries(canaries.map((name) => [name, "canary"]))));
    expect(JSON.stringify(node.asked)).not.toContain("canary");
    expect(node.asked[0]?.headers.host).toBe(`127.0.0.1:${node.port}`);
  });

  test("S-20, S-45: a node gets its own key, and a node without one gets none", async () => {
    const node = await serve(() => reply(200, {}));
    await collect(client(node.url, { key: "mine" }), getCall("/a", { authorization: "Bearer client" }));
    await collect(client(node.url), getCall("/b", { authorization: "Bearer client" }));
    expect(node.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer mine", undefined]);
  });

  test("S-21: headers named in Connection stay on their own connection, whatever they are called", async () => {
    const node = await serve(() => reply(200, {}));
    const http = client(node.url);
    const name = fc.stringMatching(/^x-[a-z]{1,8}$/);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), async (names) => {
        const before = node.asked.length;
        await collect(
          http,
          getCall("/", { ...Object.fromEntries(names.map((each) => [each, "canary"])), connection: names.join(", "), te: "canary" }),
        );
        expect(JSON.stringify(node.asked.slice(before))).not.toContain("canary");
      }),
      { numRuns: 20 },
    );
  });

  test("S-24: nodes are asked not to compress, whatever the client takes", async () => {
    const node = await serve(() => reply(200, {}));
    await collect(client(node.url), getCall("/", { "accept-encoding": "gzip, br" }));
    expect(node.asked[0]?.headers["accept-encoding"]).toBe("identity");
  });

  test("a base path is kept, and a /v1 at its end is not doubled", async () => {
    const node = await serve(() => reply(200, {}));
    await collect(client(`${node.url}/v1`), getCall("/v1/models"));
    await collect(client(`${node.url}/openai/v1/`), getCall("/v1/models"));
    expect(node.asked.map(({ path }) => path)).toEqual(["/v1/models", "/openai/v1/models"]);
  });
});

describe("what comes back", () => {
  test("S-21: connection headers, cookies, server names and cross-origin rules of a node stop here; the rest passes", async () => {
    const { url } = await serveRaw((socket) =>
      socket.once("data", () =>
        socket.end(
          "HTTP/1.1 200 OK\r\nServer: llama.cpp\r\nAccess-Control-Allow-Origin: \r\nSet-Cookie: a=b\r\nKeep-Alive: timeout=5\r\nConnection: close, X-Private\r\nX-Private: canary\r\nX-Request-Id: 7\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi",
        ),
      ),
    );
    const { head, text } = await collect(client(url), getCall("/"));
    expect(head).toEqual({ status: 200, headers: { "x-request-id": "7", "content-type": "text/plain" } });
    expect(text).toBe("hi");
  });

  test("S-26, F26: a redirect is the node's fault, and no second request leaves", async () => {
    const node = await serve(() => reply(302, "", { location: "http://169.254.169.254/latest/meta-data" }));
    const { failure, ends } = await collect(client(node.url), getCall("/v1/models"));
    expect(failure).toMatchObject({ kind: "upstream-unavailable", message: expect.stringContaining("redirect") });
    expect([node.asked.length, ends]).toEqual([1, 1]);
  });

  test("S-24: a compressed answer passes as it is and is not unpacked", async () => {
    const node = await serve(() => reply(200, "not really gzip", { "content-encoding": "gzip" }));
    const { text, head } = await collect(client(node.url), getCall("/"));
    expect([text, head?.headers["content-encoding"]]).toEqual(["not really gzip", "gzip"]);
  });

  test("S-25: endless headers are cut off, not collected", async () => {
    const { url } = await serveRaw((socket) =>
      socket.once("data", () => socket.write(`HTTP/1.1 200 OK\r\n${"x-a: b\r\n".repeat(20_000)}\r\n`)),
    );
    const { failure } = await collect(client(url), getCall("/"));
    expect(failure?.kind).toBe("malformed-reply");
  });

  test("a hint before the answer (103) is not taken for the answer", async () => {
    const { url } = await serveRaw((socket) => socket.once("data", () => socket.write(`HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${ok}`)));
    const { head, ends } = await collect(client(url), getCall("/"));
    expect([head?.status, ends]).toEqual([200, 1]);
  });

  test("an endless list is given up at its limit instead of filling memory", async () => {
    const node = await serve(() => reply(200, "x".repeat(4096)));
    const answer = await client(node.url).read(getCall("/"), new AbortController().signal, 1024);
    expect(answer).toMatchObject({ failure: { kind: "malformed-reply" } });
  });
});

describe("how it breaks", () => {
  test("F01: a refused connection is told at once, with the address", async () => {
    const port = await closedPort();
    const { failure } = await collect(client(`http://127.0.0.1:${port}`), getCall("/"));
    expect(failure).toMatchObject({ kind: "connect-failed", message: expect.stringContaining(`127.0.0.1:${port}`) });
  });

  test.runIf(process.platform === "linux")(
    "F02: a blackhole that never completes the handshake costs the connect timeout, no more",
    async () => {
      const { port, stop } = await startBlackhole();
      closing.push(stop);
      const began = performance.now();
      const { failure } = await collect(client(`http://127.0.0.1:${port}`, { connectTimeoutMs: 400 }), getCall("/"));
      expect(failure).toMatchObject({ kind: "connect-failed", message: expect.stringContaining("did not answer") });
      expect(performance.now() - began).toBeLessThan(3_000);
    },
  );

  test("F02: a name that never resolves costs the connect timeout, no more", async () => {
    const { failure } = await collect(client("http://studio.lan:1", { connectTimeoutMs: 300, resolve: () => {} }), getCall("/"));
    expect(failure?.kind).toBe("connect-failed");
  });

  test.each([
    ["F03: no route", "EHOSTUNREACH", "no way to"],
    ["F03: no network", "ENETUNREACH", "no way to"],
    ["a name nobody knows", "ENOTFOUND", "was not found"],
    ["a resolver that is away", "EAI_AGAIN", "was not found"],
  ])("%s is a failed connection in words a person can act on", async (_name, code, words) => {
    const resolve: NodeHttpInput["resolve"] = (_host, _options, callback) => callback(Object.assign(new Error(code), { code }), []);
    const { failure } = await collect(client("http://studio.lan:11434", { resolve }), getCall("/"));
    expect(failure).toMatchObject({ kind: "connect-failed", message: expect.stringContaining(words) });
  });

  test("F11: a reset before the answer is a failed connection, told once", async () => {
    const { url } = await serveRaw((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const { failure, ends } = await collect(client(url), postCall("/v1/chat/completions", {}));
    expect([failure?.kind, ends]).toEqual(["connect-failed", 1]);
  });

  test("F13: a reset in the middle of an answer is a broken stream, told once", async () => {
    const { url } = await serveRaw((socket) =>
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
        setImmediate(() => socket.resetAndDestroy());
      }),
    );
    const { failure, ends } = await collect(client(url), getCall("/"));
    expect([failure?.kind, ends]).toEqual(["stream-broken", 1]);
  });

  test.each([
    ["keep-alive", ""],
    ["close", "connection: close\r\n"],
  ])("F13: a chunked answer cut without its end is a broken stream (%s)", async (_name, header) => {
    const { url } = await serveRaw((socket) =>
      socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\n${header}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n`)),
    );
    const { failure, text } = await collect(client(url), getCall("/"));
    expect([failure?.kind, text]).toEqual(["stream-broken", "abc"]);
  });

  test("F15: a body shorter than its content-length is a broken stream, and its socket is not used again", async () => {
    const { url } = await serveRaw((socket, nth) =>
      socket.once("data", () => (nth === 0 ? socket.end("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc") : socket.write(ok))),
    );
    const http = client(url);
    expect((await collect(http, getCall("/"))).failure?.kind).toBe("stream-broken");
    expect((await collect(http, getCall("/"))).text).toBe("{}");
  });

  test("F15: bytes beyond the content-length never become part of the next answer", async () => {
    const { url } = await serveRaw((socket, nth) =>
      socket.on("data", () => socket.write(nth === 0 ? `${ok}HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged` : ok)),
    );
    const http = client(url);
    await collect(http, getCall("/"));
    await turns();
    const second = await collect(http, getCall("/"));
    expect([second.text, second.failure]).toEqual(["{}", undefined]);
  });

  test("something that is not HTTP is a malformed reply", async () => {
    const { url } = await serveRaw((socket) => socket.once("data", () => socket.end("SSH-2.0-OpenSSH_9.9\r\n")));
    expect((await collect(client(url), getCall("/"))).failure?.kind).toBe("malformed-reply");
  });
});

describe("connections", () => {
  test("a reused socket that died while it was idle costs nobody a request", async () => {
    let served = 0;
    const { url } = await serveRaw((socket, nth) =>
      socket.on("data", () => {
        served += 1;
        // The first connection serves one call and dies of the second, as a server does whose idle limit passes at that moment.
        if (nth === 0 && served > 1) socket.resetAndDestroy();
        else socket.write(ok);
      }),
    );
    const http = client(url);
    await collect(http, getCall("/"));
    await turns();
    const second = await collect(http, postCall("/v1/chat/completions", {}));
    expect([second.text, second.failure, served]).toEqual(["{}", undefined, 3]);
  });

  test("a fresh socket that dies is a failure at once: nothing is sent twice to a node that crashes on it", async () => {
    let calls = 0;
    const { url } = await serveRaw((socket) =>
      socket.on("data", () => {
        calls += 1;
        socket.resetAndDestroy();
      }),
    );
    expect((await collect(client(url), postCall("/", {}))).failure?.kind).toBe("connect-failed");
    expect(calls).toBe(1);
  });

  test("R-13: abort cuts the node's connection and the sink hears nothing more", async () => {
    const gone = Promise.withResolvers<void>();
    const node = await serve((_asked, response) => {
      response.on("close", () => gone.resolve());
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n");
      return undefined;
    });
    const sink = new CollectingSink();
    const handle = client(node.url).send(getCall("/"), sink);
    await sink.first;
    handle.abort();
    await gone.promise;
    expect([sink.ends, sink.failure]).toEqual([0, undefined]);
  });

  test("R-13: a call given up while its connection is made is never sent", async () => {
    const node = await serve(() => reply(200, {}));
    const http = client(node.url);
    const sink = new CollectingSink();
    http.send(getCall("/given-up"), sink).abort();
    await collect(http, getCall("/kept"));
    expect([node.asked.map(({ path }) => path), sink.ends]).toEqual([["/kept"], 0]);
  });

  test("a slow reader pauses the node instead of filling our memory", async () => {
    const megabyte = Buffer.alloc(1024 * 1024, "x");
    let written = 0;
    const drained = Promise.withResolvers<void>();
    const node = await serve((_asked, response) => {
      response.writeHead(200);
      const pump = () => {
        while (written < 64) {
          written += 1;
          if (!response.write(megabyte)) return void response.once("drain", pump);
        }
        response.end(() => drained.resolve());
      };
      pump();
      return undefined;
    });
    let received = 0;
    const ended = Promise.withResolvers<void>();
    const firstPause = Promise.withResolvers<void>();
    const handle = client(node.url).send(getCall("/"), {
      onHead: () => {},
      onData: (chunk) => {
        const isFirst = received === 0;
        received += chunk.length;
        if (isFirst) firstPause.resolve();
        return !isFirst;
      },
      onEnd: () => ended.resolve(),
      onFailure: () => ended.resolve(),
    });
    await firstPause.promise;
    // Other traffic flows meanwhile; the paused answer gets no further than the kernel's buffers.
    const other = await serve(() => reply(200, {}));
    for (let round = 0; round < 20; round++) await collect(client(other.url), getCall("/"));
    expect(received).toBeLessThan(1024 * 1024);
    expect(written).toBeLessThan(64);
    handle.resume();
    await ended.promise;
    expect(received).toBe(64 * 1024 * 1024);
    await drained.promise;
  });

  test("S-41, S-42: a name that leads to a metadata address is refused at the moment of connecting, each time anew", async () => {
    const node = await serve(() => reply(200, {}));
    const answers = ["127.0.0.1", "169.254.169.254"];
    const http = client(`http://studio.lan:${node.port}`, {
      resolve: (_host, _options, callback) => callback(null, [{ address: answers.shift() ?? "", family: 4 }]),
    });
    expect((await collect(http, getCall("/", { connection: "close" }))).text).toBe("{}");
    node.server.closeAllConnections();
    const again = new CollectingSink();
    http.send(getCall("/"), again);
    expect((await again.ended).failure).toMatchObject({
      kind: "upstream-misconfigured",
      detail: expect.stringContaining("169.254.169.254"),
    });
    expect(node.asked.length).toBe(1);
  });

  test("S-41: a node configured with a metadata address fails every call without touching the network", async () => {
    const { failure } = await collect(client("http://169.254.169.254/"), getCall("/latest"));
    expect(failure?.kind).toBe("upstream-misconfigured");
  });

  test("F39: the identity is the address really reached, however it was spelled", async () => {
    const node = await serve(() => reply(200, {}));
    const http = client(`http://localhost:${node.port}`);
    await collect(http, getCall("/"));
    expect(http.identity).toBe(`127.0.0.1:${node.port}`);
  });
});

/** A listening process that is stopped and whose queue of half-open connections is full: the kernel then drops every further handshake. */
async function startBlackhole(): Promise<{ port: number; stop: () => Promise<void> }> {
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
  return { port, stop };
}
