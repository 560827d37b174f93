// Who answers at an address: by the shape of what it says, never by its status or its port.
import { afterEach, describe, expect, test } from "vitest";
import { fingerprint } from "../../src-core/nodes/fingerprint.ts";
import { discover } from "../../src-core/nodes/survey.ts";
import { startSimulatedNode } from "../../src-core/simulator/node.ts";
import { type ReplayServer, type Reply, recorded, reply, startReplay } from "../support/replay.ts";
import { recordedLlamaServer, recordedOllama, recordedOpenAi, recordedRouter } from "./recorded-nodes.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const never = () => new AbortController().signal;
const list = { object: "list", data: [{ id: "m" }] };

async function serving(answers: Readonly<Record<string, Reply>>, otherwise: Reply = reply(404, "")): Promise<ReplayServer> {
  const server = await startReplay(({ path }) => answers[path.split("?", 1)[0] ?? ""] ?? otherwise);
  closing.push(() => server.stop());
  return server;
}

test.each([
  ["Ollama", recordedOllama, { kind: "ollama", label: "Ollama", version: "0.0.0", models: 4 }],
  ["llama-server", recordedLlamaServer, { kind: "llama-server", label: "llama-server", version: "b11669-Debian", models: 1 }],
  ["a llama-server router", recordedRouter, { kind: "llama-server", label: "llama-server (router)" }],
  ["vLLM", recordedOpenAi, { kind: "vllm", label: "vLLM", version: "0.11.1", models: 1 }],
] as const)("%s is recognised, and was only read", async (_name, start, expected) => {
  const node = await start();
  closing.push(() => node.stop());
  expect(await fingerprint(node.url, never())).toMatchObject(expected);
  expect(node.replay.asked.map(({ method }) => method)).not.toContain("POST");
});

test.each((["ollama", "llama-server", "lm-studio", "vllm", "llama-swap", "neuron", "cortex", "homeport"] as const).map((kind) => [kind]))(
  "a simulated %s is recognised by its own signs, and nothing is loaded",
  async (kind) => {
    const node = await startSimulatedNode({ kind, models: [{ name: "m", warm: kind === "llama-server" }] });
    closing.push(() => node.stop());
    expect((await fingerprint(node.url, never())).kind).toBe(kind);
    expect([node.record.loads, node.record.requests.filter(({ method }) => method === "POST")]).toEqual([{}, []]);
  },
);

describe("look-alikes", () => {
  test("LM Studio answers 200 with an error on unknown paths, and is still LM Studio", async () => {
    const error = reply(200, { error: "Unexpected endpoint or method." });
    const server = await serving({ "/api/v1/models": reply(200, { models: [{ key: "qwen" }] }), "/v1/models": reply(200, list) }, error);
    expect(await fingerprint(server.url, never())).toMatchObject({ kind: "lm-studio", label: "LM Studio", models: 1 });
  });

  test("a server that answers 200 to everything is nothing", async () => {
    const server = await serving({}, reply(200, { error: "Unexpected endpoint or method." }));
    expect((await fingerprint(server.url, never())).kind).toBeUndefined();
  });

  test("Lemonade speaks Ollama too, and is not taken for it", async () => {
    const server = await serving({
      "/v1/health": reply(200, { version: "9.1", all_models_loaded: [] }),
      "/api/version": recorded("ollama", "version"),
      "/api/tags": recorded("ollama", "tags"),
      "/v1/models": reply(200, list),
    });
    expect(await fingerprint(server.url, never())).toMatchObject({ kind: "openai-compatible", label: "Lemonade" });
  });

  test("llama-swap is named", async () => {
    const server = await serving({ "/running": reply(200, { running: [] }), "/v1/models": reply(200, list) });
    expect(await fingerprint(server.url, never())).toMatchObject({ kind: "llama-swap", label: "llama-swap" });
  });

  test("another Homeport is recognised, though it speaks Ollama too: circles are refused by its calls, not here (S-43)", async () => {
    const ours = reply(200, list, { "x-homeport-request": "r1" });
    const server = await serving({
      "/v1/models": ours,
      "/api/version": recorded("ollama", "version"),
      "/api/tags": recorded("ollama", "tags"),
    });
    expect(await fingerprint(server.url, never())).toMatchObject({ kind: "homeport", label: "Homeport", models: 1 });
  });

  test("a llama-server that wants its key is recognised without it", async () => {
    const locked = reply(401, { error: { message: "Invalid API Key", type: "authentication_error", code: 401 } });
    const server = await serving({ "/health": reply(200, { status: "ok" }) }, locked);
    expect(await fingerprint(server.url, never())).toMatchObject({ kind: "llama-server", label: expect.stringContaining("key") });
  });

  test("F27: a web page is not a model server", async () => {
    const server = await serving({}, reply(200, "<!doctype html><title>Router</title>", { "content-type": "text/html" }));
    const found = await fingerprint(server.url, never());
    expect(found.kind).toBeUndefined();
    expect(found.label).toContain("not as a model server");
  });

  test("S-41: a metadata address is refused with its reason, not dialled", async () => {
    const found = await fingerprint("http://169.254.169.254", never());
    expect(found.kind).toBeUndefined();
    expect(found.label).toContain("169.254.169.254");
  });

  test("F02: a server that accepts and never answers costs a second, no more", async () => {
    const server = await startReplay(() => undefined);
    closing.push(() => server.stop());
    const began = performance.now();
    expect((await fingerprint(server.url, never())).kind).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});

test("discovery finds what runs on this machine, leaves out what is no model server, and never looks at our own ports", async () => {
  const ollama = await recordedOllama();
  const own = await recordedOllama();
  const page = await serving({}, reply(200, "<html></html>"));
  closing.push(ollama.stop, own.stop);
  const ports = [ollama.replay.port, own.replay.port, page.port];
  const found = await discover([own.replay.port], never(), ports);
  expect(found.map(({ url, kind }) => [url, kind])).toEqual([[ollama.url, "ollama"]]);
  expect(own.replay.asked).toEqual([]);
});
