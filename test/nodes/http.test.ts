// The shared client against real sockets: what goes out, what comes back, and what each way of breaking is called.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NodeHttpInput } from "../../src-core/nodes/http.ts";
import { reply } from "../support/replay.ts";
import { client, closeAfterEach, closedPort, ok, serve, serveRaw, startBlackhole, turns } from "./servers.ts";
import { collect, getCall, postCall } from "./sinks.ts";

closeAfterEach();

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
      const port = await startBlackhole();
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
