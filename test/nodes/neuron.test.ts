// neuron's and cortex's own ways: what recovers is not loaded twice, what cannot be served is not asked, and doors stay on the neuron's machine.
import { describe, expect, test } from "vitest";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { createNeuron } from "../../src-core/nodes/neuron.ts";
import { type StartOptions, startSimulatedNode } from "../../src-core/simulator/node.ts";
import { type Route, reply } from "../support/replay.ts";
import { closeAfterEach, later, serve } from "./servers.ts";
import { collect, postCall } from "./sinks.ts";

closeAfterEach();

const never = () => new AbortController().signal;
const model = ModelId.parse("Qwen/Qwen3-8B");

async function neuron(options: Omit<StartOptions, "kind">) {
  const node = await startSimulatedNode({ kind: "neuron", ...options });
  const adapter = createNeuron({ id: NodeId.parse("beast"), url: node.url, demo: false });
  later(() => node.stop());
  later(() => adapter.close());
  return { node, adapter };
}

async function replaying(route: Route, key?: string) {
  const server = await serve(route);
  const adapter = createNeuron({ id: NodeId.parse("beast"), url: server.url, key, demo: false });
  later(() => adapter.close());
  return { server, adapter };
}

const loading = (status: number, body: unknown): Route =>
  function route({ path }) {
    return path === "/models" ? reply(200, [{ id: model, harness: "candle", status: "unloaded" }]) : reply(status, body);
  };

describe("what it tells", () => {
  test("4.8: memory of all devices, contexts, abilities and slots are its own words", async () => {
    const mebi = 1024 * 1024;
    const devices = [
      { name: "RTX 3090", memoryBytes: 24_000 * mebi },
      { name: "RTX 3090", memoryBytes: 24_000 * mebi },
    ];
    const { adapter } = await neuron({
      devices,
      slots: 3,
      models: [{ name: model, warm: true, bytes: 8_000 * mebi, capabilities: ["completion", "tools"], contextTokens: 40_960 }],
    });
    expect(await adapter.probe(never())).toMatchObject({
      memory: { totalBytes: 48_000 * mebi, totalSource: "node", usedBytes: 8_000 * mebi, usedSource: "node" },
      can: { load: true, unload: true, loadsUnlisted: true },
      models: [{ id: model, residency: { state: "warm", vramBytes: 8_000 * mebi }, maxContextTokens: 40_960, slots: 3, hindrance: null }],
    });
  });

  test.each([
    ["loaded", "warm"],
    ["unloaded", "cold"],
    ["reloading", "loading"],
    ["recovering", "loading"],
    ["something-new", "warm"],
    [undefined, "warm"],
  ])("4.7: %s is %s", async (status, state) => {
    const { adapter } = await replaying(({ path }) => (path === "/models" ? reply(200, [{ id: "m", status }]) : reply(404, {})));
    expect(await adapter.probe(never())).toMatchObject({ models: [{ id: "m", residency: { state } }] });
  });

  test("4.7: a neuron whose health cannot be had is well all the same", async () => {
    const { adapter } = await replaying(({ path }) => (path === "/models" ? reply(200, []) : reply(500, "boom")));
    expect(await adapter.probe(never())).toMatchObject({ models: [] });
  });

  test("loaded and yet not servable is told with its reason; no word of it means servable", async () => {
    const { adapter } = await neuron({
      models: [
        { name: "a", warm: true, hindrance: "not-servable" },
        { name: "b", warm: true },
      ],
    });
    expect(await adapter.probe(never())).toMatchObject({
      models: [{ hindrance: { is: "not-servable", says: "insufficient_vram: needs 9 GB more" } }, { hindrance: null }],
    });
  });
});

describe("loads", () => {
  test.each([
    [200, { status: "loaded" }, undefined],
    [400, { error: "model x already loaded" }, undefined],
    [400, { error: "no safetensors" }, "load-failed"],
    [422, { error: { kind: "repo_fetch_failed" } }, "upstream-lacks-model"],
    [422, { error: { kind: "empty_repo" } }, "upstream-lacks-model"],
    [422, { error: { kind: "quant_not_found" } }, "load-failed"],
    [422, { error: { kind: "tp_requires_safetensors" } }, "load-failed"],
    [503, { error: "no CUDA driver", code: "cuda_unavailable" }, "load-failed"],
    [503, { error: { message: "not enough free VRAM", code: "insufficient_vram" } }, "out-of-memory"],
  ])("4.5: %i %j is %s", async (status, body, kind) => {
    const { adapter } = await replaying(loading(status, body));
    expect((await adapter.load(model, {}, () => {}, never()))?.kind).toBe(kind);
  });

  test("4.2: what recovers is not loaded a second time", async () => {
    const { node, adapter } = await neuron({ models: [{ name: model, hindrance: "recovering" }] });
    expect(await adapter.load(model, {}, () => {}, never())).toMatchObject({ kind: "upstream-busy", retryAfterMs: 2_000 });
    expect(node.record.loadCalls).toEqual({});
  });
});

describe("doors (S-43)", () => {
  const door = async () => serve(({ path }) => reply(200, { choices: [], path }));
  const asked = postCall("/v1/chat/completions", { messages: [], model: "m" });

  test("a model with a door of its own is asked there: loopback means the neuron's machine", async () => {
    const its = await door();
    const { server, adapter } = await replaying(({ path }) => {
      if (path === "/models")
        return reply(200, [
          { id: "m", status: "loaded" },
          { id: "other", status: "loaded" },
        ]);
      if (path === "/models/m/endpoint") return reply(200, { url: `http://localhost:${its.port}/v1` });
      return path === "/models/other/endpoint"
        ? reply(200, { url: `http://127.0.0.1:${new URL(`http://x:${its.port}`).port}0` })
        : reply(404, {});
    });
    await adapter.probe(never());
    await collect(adapter, asked);
    expect(its.asked.map(({ path }) => path)).toEqual(["/v1/chat/completions"]);
    expect(server.asked.some(({ method }) => method === "POST")).toBe(false);
  });

  test("a door on any other host is not dialled: prompts stay with the node that was configured", async () => {
    const { server, adapter } = await replaying(({ path }) => {
      if (path === "/models") return reply(200, [{ id: "m", status: "loaded" }]);
      return path.endsWith("/endpoint") ? reply(200, { url: "http://169.254.169.254:80" }) : reply(200, { choices: [] });
    });
    await adapter.probe(never());
    await collect(adapter, asked);
    expect(server.asked.filter(({ method }) => method === "POST").map(({ path }) => path)).toEqual(["/v1/chat/completions"]);
  });
});
