// What a probe makes of recorded and of hostile lists: every figure the node gave, none that it did not.
import { afterEach, describe, expect, test } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import type { NodeKind } from "../../src-core/contract/node-kinds.ts";
import type { Sighting } from "../../src-core/contract/sighting.ts";
import type { NodeAdapter } from "../../src-core/engine/ports.ts";
import { nodeKinds } from "../../src-core/nodes/index.ts";
import { type Route, recorded, reply, startReplay } from "../support/replay.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const never = () => new AbortController().signal;

async function adapterFor(kind: NodeKind, route: Route): Promise<NodeAdapter> {
  const server = await startReplay(route);
  const adapter = nodeKinds[kind].create({ id: NodeId.parse("attic"), url: server.url, demo: false });
  closing.push(
    () => server.stop(),
    () => adapter.close(),
  );
  return adapter;
}

async function seen(adapter: NodeAdapter): Promise<Sighting> {
  const sighting = await adapter.probe(never());
  if ("failure" in sighting) throw new Error(sighting.failure.message);
  return sighting;
}

const plainPath = (path: string) => path.split("?", 1)[0];
const missing = reply(404, { error: "404" });

describe("Ollama", () => {
  const withLists = (tags: unknown, ps: unknown, show?: unknown): Route =>
    function route({ path }) {
      if (path === "/api/tags") return typeof tags === "string" ? recorded("ollama", tags) : reply(200, tags);
      if (path === "/api/ps") return typeof ps === "string" ? recorded("ollama", ps) : reply(200, ps);
      if (path === "/api/version") return recorded("ollama", "version");
      return path === "/api/show" && show !== undefined ? reply(200, show) : missing;
    };

  test("sizes, contexts, digests and expiry are the node's own; a pinned model stays", async () => {
    const { models, version } = await seen(await adapterFor("ollama", withLists("tags", "ps-forever")));
    expect(version).toBe("0.0.0");
    expect(models.map(({ id, residency }) => [id, residency.state])).toEqual([
      ["long:latest", "cold"],
      ["slow:latest", "cold"],
      ["tiny-a:latest", "warm"],
      ["tiny-b:latest", "warm"],
    ]);
    expect(models[2]).toMatchObject({
      bytes: 621_721,
      contextTokens: 4_096,
      maxContextTokens: 4_096,
      can: ["chat", "completion"],
      family: "llama",
      parameters: "151K",
      quantization: undefined,
      residency: { state: "warm", bytes: 7_046_430, vramBytes: 0, expiresAt: null },
    });
    expect(models[3]?.residency).toMatchObject({ expiresAt: Date.parse("2026-11-21T08:41:25.485992221Z") });
  });

  test("an older server's models learn what they can do from /api/show, without holding up the probe", async () => {
    const tags = { models: [{ name: "old:latest", size: 5, digest: "d1" }] };
    const adapter = await adapterFor("ollama", withLists(tags, { models: null }, { capabilities: ["completion", "tools"] }));
    expect((await seen(adapter)).models[0]?.can).toBeUndefined();
    await expect.poll(async () => (await seen(adapter)).models[0]?.can, { interval: 10 }).toEqual(["chat", "completion", "tools"]);
  });

  test("cloud models are not listed: a prompt must not leave the house because a name matched", async () => {
    const tags = {
      models: [{ name: "gpt-oss:120b-cloud", remote_host: "https://ollama.com:443", remote_model: "gpt-oss:120b" }, { name: "here:1b" }],
    };
    const { models } = await seen(await adapterFor("ollama", withLists(tags, { models: [] })));
    expect(models.map(({ id }) => id)).toEqual(["here:1b"]);
  });

  test("S-25, S-31: bad entries, bad names and endless lists cost themselves and nothing else", async () => {
    const good = { name: "good:latest", size: -5, details: "none", capabilities: 7 };
    const flood = Array.from({ length: 5_000 }, (_, n) => ({ name: `m${n}` }));
    const { models } = await seen(
      await adapterFor(
        "ollama",
        withLists({ models: [good, { name: "evil\u202egpj" }, { name: 5 }, null, "x", { name: "__proto__" }, ...flood] }, { models: [] }),
      ),
    );
    expect(models[0]).toMatchObject({ id: "good:latest", bytes: undefined });
    expect(models.some(({ id }) => id.includes("evil"))).toBe(false);
    expect(models.length).toBeLessThanOrEqual(2_000);
  });

  test("a model deleted while it is loaded still shows, since it still fills memory", async () => {
    const { models } = await seen(await adapterFor("ollama", withLists({ models: [] }, "ps-two")));
    expect(models.map(({ id, residency }) => [id, residency.state])).toContainEqual(["tiny-a:latest", "warm"]);
  });

  test.each([
    ["an OpenAI list", { data: [] }],
    ["a bare list", []],
    ["a text", "hello"],
  ])("F27: %s is not an Ollama server's list", async (_name, body) => {
    const adapter = await adapterFor("ollama", () => reply(200, body));
    expect(await adapter.probe(never())).toMatchObject({ failure: { kind: "malformed-reply" } });
  });
});

describe("llama-server", () => {
  test("one model: context per slot, slots, build and what it says of itself", async () => {
    const adapter = await adapterFor("llama-server", ({ path }) =>
      plainPath(path) === "/props" ? recorded("llama-server", "props") : recorded("llama-server", "v1-models"),
    );
    const { models, version, variant, can } = await seen(adapter);
    expect([version, variant, can?.load]).toEqual(["b11669-Debian", "single model", false]);
    expect(models).toHaveLength(1);
    expect(models[0]).toMatchObject({
      id: "models/tiny-a.gguf",
      residency: { state: "warm" },
      contextTokens: 2_048,
      maxContextTokens: 4_096,
      bytes: 605_952,
      slots: 2,
      aliases: undefined,
    });
    expect(models[0]?.can).not.toContain("vision");
    adapter.classify(501, {}, recorded("llama-server", "embeddings").chunks.join(""));
    expect((await seen(adapter)).models[0]?.can).not.toContain("embedding");
  });

  test("while it loads, its model is loading, not gone and not a failure", async () => {
    let loading = false;
    const busy = reply(503, { error: { message: "Loading model", type: "unavailable_error", code: 503 } });
    const adapter = await adapterFor("llama-server", ({ path }) => {
      if (loading) return busy;
      return plainPath(path) === "/props" ? recorded("llama-server", "props") : recorded("llama-server", "v1-models");
    });
    await seen(adapter);
    loading = true;
    expect((await seen(adapter)).models.map(({ id, residency }) => [id, residency.state])).toEqual([["models/tiny-a.gguf", "loading"]]);
  });

  test("a server never seen before that still loads is up, with nothing to offer yet", async () => {
    const adapter = await adapterFor("llama-server", () =>
      reply(503, { error: { message: "Loading model", type: "unavailable_error", code: 503 } }),
    );
    expect((await seen(adapter)).models).toEqual([]);
  });

  test("a router: each model's own state, and its slots without waking anything", async () => {
    const paths: string[] = [];
    const adapter = await adapterFor("llama-server", ({ path }) => {
      paths.push(path);
      if (plainPath(path) === "/props") return recorded("llama-server-router", path.includes("model=") ? "props-model" : "props");
      return recorded("llama-server-router", "models-loaded");
    });
    const { models, variant, can } = await seen(adapter);
    expect([variant, can?.load, can?.unload]).toEqual(["router", true, true]);
    const states = Object.fromEntries(models.map(({ id, residency }) => [id, residency.state]));
    expect(states).toMatchObject({ broken: "cold", slow: "cold", "tiny-a": "warm" });
    expect(models.find(({ id }) => id === "slow")).toMatchObject({ maxContextTokens: 65_536, slots: 2, contextTokens: undefined });
    const detailed = paths.filter((path) => path.includes("model="));
    expect(detailed).toEqual(["/props?model=tiny-a&autoload=false"]);
  });

  test("F27: another OpenAI server is not taken for a llama-server", async () => {
    const adapter = await adapterFor("llama-server", ({ path }) =>
      path === "/v1/models" ? reply(200, { data: [{ id: "m", owned_by: "vllm" }] }) : missing,
    );
    expect(await adapter.probe(never())).toMatchObject({
      failure: { kind: "malformed-reply", message: expect.stringContaining("not as a llama-server") },
    });
  });
});
