// The connections of the shared client: reused, died, abandoned, paused, and where they really lead.
import { describe, expect, test } from "vitest";
import { reply } from "../support/replay.ts";
import { client, closeAfterEach, ok, serve, serveRaw, turns } from "./servers.ts";
import { CollectingSink, collect, getCall, postCall } from "./sinks.ts";

closeAfterEach();

describe("connections", () => {
  test("demands 3.17: a reused socket that died while it was idle costs nobody a request", async () => {
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
