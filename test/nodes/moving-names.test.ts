// Names that are not found, names that lead elsewhere by now, and handshakes that never end.
import { describe, expect, test, vi } from "vitest";
import { failureTable } from "../../src-core/contract/failure.ts";
import { guardedLookup, type Resolve } from "../../src-core/nodes/guarded-lookup.ts";
import type { NodeHttpInput } from "../../src-core/nodes/http.ts";
import { reply } from "../support/replay.ts";
import { client, closeAfterEach, serve, serveRaw } from "./servers.ts";
import { collect, getCall } from "./sinks.ts";

closeAfterEach();

describe("F04: a name that is not found", () => {
  const notFound = Object.assign(new Error("ENOTFOUND"), { code: "ENOTFOUND" });

  test("is asked for once in five seconds, however many calls want it; then it is asked for again", () => {
    const time = { ms: 0, asked: 0 };
    const resolve: Resolve = (_host, _options, callback) => {
      time.asked += 1;
      callback(notFound, []);
    };
    const lookup = guardedLookup(
      resolve,
      () => false,
      () => time.ms,
    );
    const errors: unknown[] = [];
    const ask = () => lookup("studio.lan", {}, (error) => errors.push(error));
    for (let n = 0; n < 100; n += 1) ask();
    time.ms = 4_999;
    ask();
    expect([time.asked, errors.length, new Set(errors).size]).toEqual([1, 101, 1]);
    time.ms = 5_000;
    ask();
    expect(time.asked).toBe(2);
  });

  test("fails its own node in words, with the next one to be asked, and no other node", async () => {
    const resolve: NodeHttpInput["resolve"] = (_host, _options, callback) => callback(notFound, []);
    const lost = client("http://studio.lan:11434", { resolve });
    const there = await serve(() => reply(200, { ok: true }));
    const [first, second, other] = await Promise.all([
      collect(lost, getCall("/")),
      collect(lost, getCall("/")),
      collect(client(`http://127.0.0.1:${there.port}`), getCall("/")),
    ]);
    for (const { failure } of [first, second])
      expect(failure).toMatchObject({ kind: "connect-failed", message: expect.stringContaining("was not found") });
    expect(failureTable["connect-failed"].next).toBe("other-node");
    expect(other.text).toBe('{"ok":true}');
  });

  test("F53: a changed network forgets that it was not found", async () => {
    const there = await serve(() => reply(200, {}));
    const answers = [notFound];
    const resolve: Resolve = (_host, _options, callback) => {
      const error = answers.pop();
      if (error === undefined) callback(null, [{ address: "127.0.0.1", family: 4 }]);
      else callback(error, []);
    };
    const http = client(`http://studio.lan:${there.port}`, { resolve });
    expect((await collect(http, getCall("/"))).failure?.kind).toBe("connect-failed");
    http.flush("keep");
    expect((await collect(http, getCall("/"))).text).toBe("{}");
  });
});

test("F05: a busy connection to a name is left for a new one after thirty seconds, and the name is asked anew; one to an address is kept", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    const there = await serve(() => reply(200, {}));
    const asked: string[] = [];
    const resolve: Resolve = (host, _options, callback) => {
      asked.push(host);
      callback(null, [{ address: "127.0.0.1", family: 4 }]);
    };
    const named = client(`http://studio.lan:${there.port}`, { resolve });
    for (let turn = 0; turn < 3; turn += 1) {
      await collect(named, getCall("/"));
      // The connection is free again a moment after its answer ended.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      vi.setSystemTime(Date.now() + 11_000);
    }
    expect(asked.length).toBe(1);
    await collect(named, getCall("/"));
    expect(asked).toEqual(["studio.lan", "studio.lan"]);
  } finally {
    vi.useRealTimers();
  }
});

test("F07: a handshake that never ends costs the connect timeout, no more, shows no key, and the next node is asked", async () => {
  let heard = "";
  const mute = await serveRaw((socket) => void socket.on("data", (chunk) => (heard += chunk.toString("latin1"))));
  const began = performance.now();
  const { failure } = await collect(
    client(mute.url.replace("http:", "https:"), { connectTimeoutMs: 300, key: "key-of-attic" }),
    getCall("/v1/models"),
  );
  expect(failure).toMatchObject({ kind: "connect-failed", message: expect.stringContaining("did not answer") });
  expect(failureTable["connect-failed"].next).toBe("other-node");
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(heard).not.toContain("key-of-attic");
});
