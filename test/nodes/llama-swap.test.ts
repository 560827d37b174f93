// llama-swap's own ways: two lists, loads by being asked, and words of its own that are no content.
import { describe, expect, test } from "vitest";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { createLlamaSwap } from "../../src-core/nodes/llama-swap.ts";
import { type StartOptions, startSimulatedNode } from "../../src-core/simulator/node.ts";
import { type Route, reply } from "../support/replay.ts";
import { closeAfterEach, later, serve } from "./servers.ts";
import { collect, postCall } from "./sinks.ts";

closeAfterEach();

const never = () => new AbortController().signal;
const model = ModelId.parse("org/qwen");

async function swap(options: Omit<StartOptions, "kind">) {
  const node = await startSimulatedNode({ kind: "llama-swap", ...options });
  const adapter = createLlamaSwap({ id: NodeId.parse("attic"), url: node.url, demo: false });
  later(() => node.stop());
  later(() => adapter.close());
  return { node, adapter };
}

async function replaying(route: Route) {
  const server = await serve(route);
  const adapter = createLlamaSwap({ id: NodeId.parse("attic"), url: server.url, demo: false });
  later(() => adapter.close());
  return { server, adapter };
}

describe("where models are", () => {
  test.each([
    ["ready", "warm"],
    ["starting", "loading"],
    ["stopping", "unloading"],
    ["stopped", "cold"],
    ["shutdown", "cold"],
  ])("%s is %s", async (state, residency) => {
    const { adapter } = await replaying(({ path }) =>
      path === "/running" ? reply(200, { running: [{ model: "m", state }] }) : reply(200, { data: [{ id: "m" }, { id: "other" }] }),
    );
    expect(await adapter.probe(never())).toMatchObject({
      models: [
        { id: "m", residency: { state: residency } },
        { id: "other", residency: { state: "cold" } },
      ],
    });
  });

  test("a peer's model is the peer's to load", async () => {
    const data = [{ id: "attic/m", meta: { llamaswap: { type: "peer" } } }];
    const { adapter } = await replaying(({ path }) => reply(200, path === "/running" ? { running: [] } : { data }));
    expect(await adapter.probe(never())).toMatchObject({ models: [{ id: "attic/m", residency: { state: "warm" } }] });
  });
});

describe("loads", () => {
  test("a model with a slash in its name is loaded and unloaded by that name", async () => {
    const { node, adapter } = await swap({ models: [{ name: model, loadMs: 20 }] });
    expect(await adapter.load(model, {}, () => {}, never())).toBeUndefined();
    expect(node.inMemory).toEqual([model]);
    expect(await adapter.unload(model, never())).toBeUndefined();
    expect(node.inMemory).toEqual([]);
  });

  test("R-9: a load given up is stopped on the node", async () => {
    const { node, adapter } = await swap({ models: [{ name: model, loadMs: 600_000 }] });
    const cancel = new AbortController();
    const loading = adapter.load(model, {}, () => {}, cancel.signal);
    await expect.poll(() => node.loading.length, { interval: 5 }).toBe(1);
    cancel.abort();
    expect((await loading)?.kind).toBe("cancelled");
    await expect.poll(() => node.loading.length, { interval: 5 }).toBe(0);
  });

  test("an older one that can only unload everything is asked for it only when nothing else runs", async () => {
    let running = [{ model: "m", state: "ready" }];
    const { server, adapter } = await replaying(({ path }) => {
      if (path === "/running") return reply(200, { running });
      return path === "/unload" ? reply(200, "OK") : reply(404, "404 page not found");
    });
    expect(await adapter.unload(ModelId.parse("m"), never())).toBeUndefined();
    expect(server.asked.map(({ path }) => path)).toContain("/unload");
    running = [...running, { model: "other", state: "ready" }];
    expect(await adapter.unload(ModelId.parse("m"), never())).toMatchObject({ kind: "unsupported" });
    expect(server.asked.filter(({ path }) => path === "/unload")).toHaveLength(1);
  });

  test("R-4: its 429 is a full queue, not a limit", async () => {
    const { adapter } = await swap({ models: [{ name: model }] });
    expect(adapter.classify(429, {}, "Too many requests")).toMatchObject({ kind: "upstream-busy", retryAfterMs: 1_000 });
  });
});

describe("its own words while it loads", () => {
  test("are taken out, however they are cut, and the model's reasoning stays", async () => {
    const { node, adapter } = await swap({ quirks: ["fake-reasoning-while-loading"], models: [{ name: model, warm: true }] });
    const asked = postCall("/v1/chat/completions", { model, stream: true, messages: [{ role: "user", content: "Hi" }] });
    const { text } = await collect(adapter, asked);
    expect(text).not.toContain("llama-swap");
    expect(text.startsWith("data: {")).toBe(true);
    expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
    expect(node.record.to("/v1/chat/completions")).toHaveLength(1);
  });

  test("a whole answer passes untouched", async () => {
    const { adapter } = await swap({ models: [{ name: model, warm: true }] });
    const { text } = await collect(adapter, postCall("/v1/chat/completions", { model, messages: [{ role: "user", content: "Hi" }] }));
    expect(JSON.parse(text)).toHaveProperty("choices");
  });
});
