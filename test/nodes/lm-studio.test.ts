// LM Studio's own ways: one copy and never two, requests to the copy that is there, progress where it costs nobody his memory.
import { describe, expect, test } from "vitest";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import type { LoadProgress } from "../../src-core/engine/ports.ts";
import { createLmStudio } from "../../src-core/nodes/lm-studio.ts";
import { type StartOptions, startSimulatedNode } from "../../src-core/simulator/node.ts";
import { type Route, reply } from "../support/replay.ts";
import { closeAfterEach, later, serve } from "./servers.ts";

closeAfterEach();

const never = () => new AbortController().signal;
const qwen = ModelId.parse("qwen3-8b");

async function studio(options: Omit<StartOptions, "kind">) {
  const node = await startSimulatedNode({ kind: "lm-studio", ...options });
  const adapter = createLmStudio({ id: NodeId.parse("attic"), url: node.url, demo: false });
  later(() => node.stop());
  later(() => adapter.close());
  const instances = async (): Promise<readonly string[]> => {
    const answer = await (await fetch(`${node.url}/api/v1/models`)).text();
    return [...answer.matchAll(/\{"id":"([^"]+)"/g)].map((found) => found[1] ?? "");
  };
  const loads = () => node.record.to("/api/v1/models/load").length;
  const chats = () => node.record.to("/api/v1/chat").length;
  return { node, adapter, instances, loads, chats };
}

async function replaying(route: Route) {
  const server = await serve(route);
  const adapter = createLmStudio({ id: NodeId.parse("attic"), url: server.url, demo: false });
  later(() => adapter.close());
  return { server, adapter };
}

const listOf = (...loaded: readonly { readonly id: string; readonly config?: object }[]) =>
  reply(200, { models: [{ type: "llm", key: "qwen3-8b", loaded_instances: loaded, max_context_length: 40_960, size_bytes: 5_000 }] });

describe("one copy and never two (lmstudio-bug-tracker#1751)", () => {
  test("loading what is loaded asks for nothing", async () => {
    const { adapter, instances, loads, chats } = await studio({ models: [{ name: "qwen3-8b", warm: true }] });
    expect(await adapter.load(qwen, {}, () => {}, never())).toBeUndefined();
    expect([await instances(), loads(), chats()]).toEqual([["qwen3-8b"], 0, 0]);
  });

  test("a smaller context than the loaded one is served by what is there", async () => {
    const { adapter, instances } = await studio({ models: [{ name: "qwen3-8b", warm: true, contextTokens: 8_192 }] });
    expect(await adapter.load(qwen, { contextTokens: 4_096 }, () => {}, never())).toBeUndefined();
    expect(await instances()).toEqual(["qwen3-8b"]);
  });

  test("a larger context takes the place of the old copy instead of standing beside it", async () => {
    const config = { context_length: 4_096 };
    let loaded: readonly { readonly id: string; readonly config: object }[] = [{ id: "qwen3-8b", config }];
    const { server, adapter } = await replaying(({ path, body }) => {
      if (path === "/api/v1/models") return listOf(...loaded);
      if (path === "/api/v1/models/unload") loaded = [];
      if (path === "/api/v1/chat") return reply(404, { error: { type: "model_not_found", message: "no JIT" } });
      if (path === "/api/v1/models/load") loaded = [{ id: "qwen3-8b", config: JSON.parse(body) }];
      return reply(200, { instance_id: "qwen3-8b" });
    });
    expect(await adapter.load(qwen, { contextTokens: 16_384 }, () => {}, never())).toBeUndefined();
    const posts = server.asked.filter(({ method }) => method === "POST").map(({ path }) => path);
    expect(posts).toEqual(["/api/v1/models/unload", "/api/v1/chat", "/api/v1/models/load"]);
    expect(loaded).toMatchObject([{ config: { context_length: 16_384 } }]);
  });

  test("unloading takes every copy away", async () => {
    const { node, adapter, instances } = await studio({ models: [{ name: "qwen3-8b", warm: true }] });
    await fetch(`${node.url}/api/v1/models/load`, { method: "POST", body: '{"model":"qwen3-8b"}' });
    expect(await instances()).toEqual(["qwen3-8b", "qwen3-8b:2"]);
    expect(await adapter.unload(qwen, never())).toBeUndefined();
    expect(await instances()).toEqual([]);
  });

  test("a model loaded under another name is asked for by that name, and found by its key", async () => {
    const { adapter } = await replaying(({ path }) => (path === "/api/v1/models" ? listOf({ id: "my-qwen" }) : reply(404, {})));
    const seen = await adapter.probe(never());
    expect(seen).toMatchObject({ models: [{ id: "my-qwen", residency: { state: "warm" }, aliases: ["qwen3-8b"] }] });
    expect(await adapter.load(qwen, {}, () => {}, never())).toBeUndefined();
  });

  test("of several copies the one with the model's own name is used", async () => {
    const { adapter } = await replaying(() =>
      listOf({ id: "qwen3-8b:2" }, { id: "qwen3-8b", config: { context_length: 8_192, parallel: 4 } }),
    );
    expect(await adapter.probe(never())).toMatchObject({ models: [{ id: "qwen3-8b", contextTokens: 8_192, slots: 4 }] });
  });
});

describe("loads", () => {
  test("UX-24: alone on its node a load tells its progress by the chat stream, and no answer is waited for", async () => {
    const { adapter, loads, chats } = await studio({ models: [{ name: "qwen3-8b", loadMs: 60 }] });
    const steps: LoadProgress[] = [];
    expect(await adapter.load(qwen, {}, (step) => steps.push(step), never())).toBeUndefined();
    expect(steps.length).toBeGreaterThan(3);
    expect([loads(), chats()]).toEqual([0, 1]);
  });

  test("beside another model it is loaded by the plain call: a request's model would be evicted by the next (apis.md 5.3)", async () => {
    const { adapter, loads, chats } = await studio({ models: [{ name: "other", warm: true }, { name: "qwen3-8b" }] });
    expect(await adapter.load(qwen, { keepAlive: "5m" }, () => {}, never())).toBeUndefined();
    expect([loads(), chats()]).toEqual([1, 0]);
  });

  test("a keep-alive travels as ttl in seconds", async () => {
    const { node, adapter } = await studio({ models: [{ name: "other", warm: true }, { name: "qwen3-8b" }] });
    await adapter.load(qwen, { keepAlive: "5m" }, () => {}, never());
    expect(JSON.parse(node.record.to("/api/v1/models/load")[0]?.body.toString() ?? "")).toEqual({ model: "qwen3-8b", ttl: 300 });
  });

  test("200 with an error body is no loaded model", async () => {
    const { adapter } = await replaying(({ path }) =>
      path === "/api/v1/models" ? listOf() : reply(200, { error: "Unexpected endpoint or method. (POST /x)" }),
    );
    expect(await adapter.load(qwen, {}, () => {}, never())).toMatchObject({
      kind: "load-failed",
      message: expect.stringContaining("Unexpected endpoint"),
    });
  });

  test("R-9: a load given up is told at once, and what comes into memory all the same is seen", async () => {
    const { node, adapter } = await studio({ models: [{ name: "qwen3-8b", loadMs: 80 }] });
    const cancel = new AbortController();
    expect((await adapter.load(qwen, {}, () => cancel.abort(), cancel.signal))?.kind).toBe("cancelled");
    await expect.poll(() => node.inMemory, { interval: 5 }).toEqual(["qwen3-8b"]);
    expect(await adapter.probe(never())).toMatchObject({ models: [{ residency: { state: "warm" } }] });
  });

  test("before 0.4 a load is one request for one token, and a loaded model is left alone", async () => {
    const { node, adapter } = await studio({ version: "0.3.30", models: [{ name: "qwen3-8b" }] });
    expect(await adapter.probe(never())).toMatchObject({ variant: "before 0.4", can: { load: true, unload: false } });
    expect(await adapter.load(qwen, {}, () => {}, never())).toBeUndefined();
    expect(await adapter.load(qwen, {}, () => {}, never())).toBeUndefined();
    expect([node.inMemory, node.record.to("/api/v0/chat/completions").length]).toEqual([["qwen3-8b"], 1]);
  });
});

test("S-25: a list with entries that make no sense costs those entries only", async () => {
  const models = [{ key: 7 }, null, { key: "ok", loaded_instances: "none", size_bytes: -1 }, { key: "\u0000" }];
  const { adapter } = await replaying(() => reply(200, { models }));
  expect(await adapter.probe(never())).toMatchObject({ models: [{ id: "ok", residency: { state: "cold" } }] });
});
