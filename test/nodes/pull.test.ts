// Fetching models to disks and deleting them there, by each kind's own calls, on real sockets (apis.md 1.9, 4.2, 5.1).
import { describe, expect, it } from "vitest";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import type { NodeAdapter, PullProgress } from "../../src-core/engine/ports.ts";
import { nodeKinds } from "../../src-core/nodes/index.ts";
import { configKind } from "../../src-core/simulator/fleet.ts";
import { type StartOptions, startSimulatedNode } from "../../src-core/simulator/node.ts";
import { reply } from "../support/replay.ts";
import { closeAfterEach, later, serve, serveRaw } from "./servers.ts";

closeAfterEach();

const fresh = ModelId.parse("gemma3:4b");
const never = () => new AbortController().signal;
const fetching = ["ollama", "lm-studio", "llama-server-router"] as const;

async function simulated(options: StartOptions) {
  const node = await startSimulatedNode(options);
  const adapter = nodeKinds[configKind(options.kind)].create({ id: NodeId.parse("attic"), url: node.url, demo: false });
  later(() => node.stop());
  later(() => adapter.close());
  const listed = async () => {
    const seen = await adapter.probe(never());
    return "failure" in seen ? [] : seen.models.map(({ id }) => id);
  };
  await adapter.probe(never());
  return { node, adapter, listed };
}

const pull = (adapter: NodeAdapter, told: PullProgress[] = [], signal = never(), model = fresh) =>
  adapter.pull?.(model, (progress) => told.push(progress), signal);

/** An Ollama that answers a pull with these lines. */
async function replayed(...lines: readonly object[]) {
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const server = await serve(() => reply(200, body, { "content-type": "application/x-ndjson" }));
  const adapter = nodeKinds.ollama.create({ id: NodeId.parse("attic"), url: server.url, demo: false });
  later(() => adapter.close());
  return adapter;
}

describe.each(fetching)("a %s that fetches", (kind) => {
  it("demands 23: tells how far it is in bytes, and has the model in its own list at the end", async () => {
    const { adapter, listed } = await simulated({ kind, models: [{ name: "tiny" }], pullBytesPerSecond: 40e9 });
    const told: PullProgress[] = [];
    expect(await pull(adapter, told)).toBeUndefined();
    const sized = told.filter(({ totalBytes }) => totalBytes !== undefined);
    expect(sized.length).toBeGreaterThan(0);
    for (const { completedBytes = 0, totalBytes = 0 } of sized) expect(completedBytes).toBeLessThanOrEqual(totalBytes);
    expect(await listed()).toContain(fresh);
  });

  it("a full disk is told as that, with what to do, and not as a load that failed", async () => {
    const { adapter } = await simulated({ kind, models: [{ name: "tiny", bytes: 1e9 }], diskBytes: 2e9, pullBytesPerSecond: 40e9 });
    const failure = await pull(adapter);
    if (kind === "llama-server-router") return expect(failure?.kind).toBe("pull-failed");
    expect(failure?.kind).toBe("disk-full");
    expect(failure?.message).toMatch(/^The disk of attic is too full for gemma3:4b: .*Delete a model there, then try again\.$/);
  });

  it("a name that the library does not have is no endless fetch", async () => {
    const { adapter } = await simulated({ kind, models: [{ name: "tiny" }], library: [] });
    expect((await pull(adapter))?.kind).toBe("upstream-lacks-model");
  });

  it("a fetch that is given up ends at once and says what becomes of it", async () => {
    const { adapter, node, listed } = await simulated({ kind, models: [{ name: "tiny" }], pullBytesPerSecond: 1e6 });
    const stop = new AbortController();
    const pulling = adapter.pull?.(fresh, () => stop.abort(), stop.signal);
    const failure = await pulling;
    expect(failure?.kind).toBe("cancelled");
    expect(failure?.message).toMatch(kind === "lm-studio" ? /goes on fetching it/ : /stopped/);
    expect(await listed()).not.toContain(fresh);
    if (kind === "llama-server-router") expect(node.record.to("/models/unload")).toHaveLength(1);
  });
});

describe("Ollama's pull, line by line", () => {
  it("goes on from what an earlier, broken-off fetch had left", async () => {
    const { adapter, node } = await simulated({ kind: "ollama", models: [{ name: "tiny" }], pullBytesPerSecond: 4e9 });
    const stop = new AbortController();
    await adapter.pull?.(fresh, ({ completedBytes = 0 }) => completedBytes > 0 && stop.abort(), stop.signal);
    await node.record.until(() => node.record.to("/api/pull").every(({ abortedAt }) => abortedAt !== undefined));
    const told: PullProgress[] = [];
    expect(await pull(adapter, told)).toBeUndefined();
    const first = told.find(({ completedBytes }) => (completedBytes ?? 0) > 0);
    expect(first?.completedBytes).toBeGreaterThan(0.4e9);
  });

  it("sums the parts that interleave, and a part begun anew does not make the sum fall", async () => {
    const adapter = await replayed(
      { status: "pulling manifest" },
      { status: "pulling aa", digest: "sha256:aa", total: 100 },
      { status: "pulling bb", digest: "sha256:bb", total: 50, completed: 20 },
      { status: "pulling aa", digest: "sha256:aa", total: 100, completed: 60 },
      { status: "pulling aa", digest: "sha256:aa", total: 100, completed: 10 },
      { status: "verifying sha256 digest" },
      { status: "success" },
    );
    const told: PullProgress[] = [];
    expect(await pull(adapter, told)).toBeUndefined();
    expect(told.map(({ completedBytes, totalBytes }) => [completedBytes, totalBytes])).toEqual([
      [undefined, undefined],
      [0, 100],
      [20, 150],
      [80, 150],
      [80, 150],
      [80, 150],
    ]);
    expect(told.at(-1)?.stage).toBe("verifying sha256 digest");
  });

  it("observed 3: an error told under status 200 is a failure, in its own words", async () => {
    const adapter = await replayed({ status: "pulling manifest" }, { error: "max retries exceeded: EOF" });
    expect(await pull(adapter)).toMatchObject({
      kind: "pull-failed",
      message: "attic could not fetch gemma3:4b: max retries exceeded: EOF",
    });
  });

  it("a stream that ends without success has not fetched anything", async () => {
    expect((await pull(await replayed({ status: "pulling manifest" })))?.kind).toBe("pull-failed");
    expect((await pull(await replayed()))?.kind).toBe("pull-failed");
  });

  it("a last line without its line end counts", async () => {
    const server = await serve(() => reply(200, '{"status":"success"}', { "content-type": "application/x-ndjson" }));
    const adapter = nodeKinds.ollama.create({ id: NodeId.parse("attic"), url: server.url, demo: false });
    later(() => adapter.close());
    expect(await pull(adapter)).toBeUndefined();
  });

  it("S-25: a line without an end, and words of control characters, neither fill memory nor reach the window", async () => {
    const { url } = await serveRaw((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\nconnection: close\r\n\r\n");
        for (let part = 0; part < 64; part++) socket.write("x".repeat(64 * 1024));
        socket.end(`\n${JSON.stringify({ error: "bad\u001b[31m\u202e words" })}\n`);
      });
    });
    const adapter = nodeKinds.ollama.create({ id: NodeId.parse("attic"), url, demo: false });
    later(() => adapter.close());
    expect((await pull(adapter))?.message).toBe("attic could not fetch gemma3:4b: bad [31m words");
  });
});

describe("deleting from a disk", () => {
  it("Ollama: the model is gone from its list, and deleting it twice is no failure", async () => {
    const { adapter, listed } = await simulated({ kind: "ollama", models: [{ name: "tiny:1b" }, { name: "other:1b" }] });
    const tiny = ModelId.parse("tiny:1b");
    expect(await adapter.remove?.(tiny, never())).toBeUndefined();
    expect(await listed()).toEqual(["other:1b"]);
    expect(await adapter.remove?.(tiny, never())).toBeUndefined();
  });

  it("a llama-server router deletes only what it fetched itself, and promises no more", async () => {
    const { adapter, listed } = await simulated({ kind: "llama-server-router", models: [{ name: "tiny" }], pullBytesPerSecond: 40e9 });
    const can = async () => {
      const seen = await adapter.probe(never());
      return "can" in seen ? [seen.can?.pull, seen.can?.remove] : [];
    };
    expect(await can()).toEqual([true, undefined]);
    await pull(adapter);
    expect(await can()).toEqual([true, true]);
    expect(await adapter.remove?.(fresh, never())).toBeUndefined();
    expect(await listed()).toEqual(["tiny"]);
  });

  it("a llama-server router of before its own downloads says that it is too old", async () => {
    const { adapter, node } = await simulated({ kind: "llama-server-router", models: [{ name: "tiny" }] });
    node.fault({ fault: "status", status: 404, body: '{"error":{"message":"File Not Found"}}' }, { path: "/models" });
    expect((await pull(adapter))?.kind).toBe("unsupported");
  });
});
