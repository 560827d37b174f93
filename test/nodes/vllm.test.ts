// vLLM's own ways: LoRA adapters as models, slots from its figures, and sleep that only a load ends.
import { describe, expect, test } from "vitest";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { createVllm } from "../../src-core/nodes/vllm.ts";
import { dialectsOf, readFigures, slotsOf } from "../../src-core/nodes/vllm-shapes.ts";
import { type StartOptions, startSimulatedNode } from "../../src-core/simulator/node.ts";
import { type Route, reply } from "../support/replay.ts";
import { closeAfterEach, later, serve } from "./servers.ts";
import { collect, postCall } from "./sinks.ts";

closeAfterEach();

const never = () => new AbortController().signal;
const base = ModelId.parse("Qwen/Qwen3-8B");

async function engine(options: Omit<StartOptions, "kind">) {
  const node = await startSimulatedNode({ kind: "vllm", ...options });
  const adapter = createVllm({ id: NodeId.parse("attic"), url: node.url, demo: false });
  later(() => node.stop());
  later(() => adapter.close());
  const posts = () => node.record.requests.filter(({ method }) => method === "POST").map(({ path }) => path);
  return { node, adapter, posts };
}

async function replaying(route: Route) {
  const server = await serve(route);
  const adapter = createVllm({ id: NodeId.parse("attic"), url: server.url, demo: false });
  later(() => adapter.close());
  return adapter;
}

const list = reply(200, { data: [{ id: "base", max_model_len: 4_096 }] });

test("LoRA adapters are models beside their base", async () => {
  const { adapter } = await engine({ models: [{ name: base, contextTokens: 40_960 }, { name: "sql-lora" }] });
  const seen = await adapter.probe(never());
  expect(seen).toMatchObject({ version: "0.11.2", can: { load: false, unload: false, dialects: ["openai", "anthropic", "responses"] } });
  expect(seen).toMatchObject({
    models: [
      { id: base, residency: { state: "warm" }, maxContextTokens: 40_960 },
      { id: "sql-lora", residency: { state: "warm" } },
    ],
  });
});

describe("sleep (demands 22)", () => {
  test("a sleeping engine is seen asleep, by reading alone", async () => {
    const { adapter, posts } = await engine({ devMode: true, models: [{ name: base }] });
    expect(await adapter.probe(never())).toMatchObject({
      can: { load: true, unload: true, wakesByLoad: true },
      models: [{ residency: { state: "sleeping" } }],
    });
    expect(posts()).toEqual([]);
  });

  test("a load wakes it and warms it up with one token; an unload sends it to level 1", async () => {
    const { adapter, posts } = await engine({ devMode: true, models: [{ name: base }] });
    expect(await adapter.load(base, {}, () => {}, never())).toBeUndefined();
    expect(await adapter.unload(base, never())).toBeUndefined();
    expect(posts()).toEqual(["/wake_up", "/v1/chat/completions", "/sleep?level=1"]);
  });

  test("after level 2 the weights are read again before anything is answered", async () => {
    const { node, adapter, posts } = await engine({ devMode: true, models: [{ name: base, warm: true }] });
    await fetch(`${node.url}/sleep?level=2`, { method: "POST" });
    expect(await adapter.probe(never())).toMatchObject({ models: [{ residency: { state: "cold" } }] });
    expect(await adapter.load(base, {}, () => {}, never())).toBeUndefined();
    expect(posts().slice(1, 4)).toEqual(["/wake_up?tags=weights", "/collective_rpc", "/wake_up?tags=kv_cache"]);
    const asked = postCall("/v1/chat/completions", { model: base, messages: [{ role: "user", content: "Hi" }] });
    expect((await collect(adapter, asked)).text).not.toContain("!!!!");
  });

  test("where the level is not told, the weights are read again: nonsense would look like an answer", async () => {
    const asked: string[] = [];
    let asleep = true;
    const adapter = await replaying(({ method, path }) => {
      if (method === "POST") asked.push(path);
      if (path === "/v1/models") return list;
      if (path === "/is_sleeping") return reply(200, { is_sleeping: asleep });
      if (path === "/metrics") return reply(200, 'vllm:num_requests_running{engine="0"} 0.0');
      if (path.endsWith("kv_cache")) asleep = false;
      return reply(200, {});
    });
    expect(await adapter.load(ModelId.parse("base"), {}, () => {}, never())).toBeUndefined();
    expect(asked).toEqual(["/wake_up?tags=weights", "/collective_rpc", "/wake_up?tags=kv_cache", "/v1/chat/completions"]);
  });

  test("404 on is_sleeping means that sleep mode is off, and says how to turn it on", async () => {
    const adapter = await replaying(({ path }) => (path === "/v1/models" ? list : reply(404, { detail: "Not Found" })));
    expect(await adapter.probe(never())).toMatchObject({ can: { load: false }, models: [{ residency: { state: "warm" } }] });
    expect(await adapter.unload(ModelId.parse("base"), never())).toMatchObject({
      kind: "unsupported",
      message: expect.stringContaining("--enable-sleep-mode"),
    });
  });

  test("an engine that stays asleep is a load that failed, in words", async () => {
    const adapter = await replaying(({ path }) => (path === "/v1/models" ? list : reply(200, { is_sleeping: true })));
    expect(await adapter.load(ModelId.parse("base"), {}, () => {}, never())).toMatchObject({ kind: "load-failed" });
  });
});

describe("figures", () => {
  const page = (running: number, waiting: number, cache: number) =>
    [
      "# HELP vllm:num_requests_running Number of requests",
      `vllm:num_requests_running{engine="0",model_name="m"} ${running}.0`,
      `vllm:num_requests_running{engine="1",model_name="m"} 1.0`,
      `vllm:num_requests_waiting{engine="0",model_name="m"} ${waiting}.0`,
      `vllm:gpu_cache_usage_perc{model_name="m"} ${cache}`,
    ].join("\n");

  test.each([
    [3, 0, 0.1, 256],
    [3, 2, 0.1, 4],
    [0, 1, 0.1, 1],
    [5, 0, 0.99, 6],
  ])("%i running, %i waiting, %f of the cache: %i slots", (running, waiting, cache, slots) => {
    const figures = readFigures(page(running, waiting, cache));
    expect(figures === undefined ? undefined : slotsOf(figures)).toBe(slots);
  });

  test("a page of somebody else's metrics tells nothing", () => {
    expect(readFigures("llamacpp:requests_processing 1")).toBeUndefined();
  });

  test("S-31: a hostile page costs no time", () => {
    const began = performance.now();
    readFigures(`vllm:${"vllm:num_requests_running{".repeat(200_000)}`);
    expect(performance.now() - began).toBeLessThan(500);
  });

  test.each([
    ["0.11.0", 1],
    ["0.11.1", 3],
    ["0.11.1rc2.dev3", 3],
    ["1.0.0", 3],
    ["0.9.2", 1],
    [undefined, 1],
    ["dev", 1],
  ])("version %s speaks %i dialects", (version, count) => {
    expect(dialectsOf(version)).toHaveLength(count);
  });
});

test("a flat error of an older vLLM is read", async () => {
  const { adapter } = await engine({ models: [{ name: base }] });
  const body = JSON.stringify({
    object: "error",
    message: "This model's maximum context length is 10 tokens.",
    type: "BadRequestError",
    code: 400,
  });
  expect(adapter.classify(400, {}, body)).toMatchObject({
    kind: "upstream-rejected",
    message: expect.stringContaining("maximum context length"),
  });
});
