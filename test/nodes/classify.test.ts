// Refusals as real servers worded them, and what each must mean to routing.
import { afterEach, describe, expect, test, vi } from "vitest";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import type { NodeAdapter } from "../../src-core/engine/ports.ts";
import { classifyRefusal, retryAfterOf } from "../../src-core/nodes/classify.ts";
import { nodeKinds } from "../../src-core/nodes/index.ts";
import { presentable } from "../../src-core/nodes/words.ts";
import { recorded } from "../support/replay.ts";

const adapters: NodeAdapter[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const adapter of adapters.splice(0)) await adapter.close();
});

function classifyOn(kind: keyof typeof nodeKinds, status: number, body: string, headers: Readonly<Record<string, string>> = {}) {
  const adapter = nodeKinds[kind].create({ id: NodeId.parse("attic"), url: "http://127.0.0.1:9", demo: false });
  adapters.push(adapter);
  return adapter.classify(status, headers, body);
}

describe("recorded refusals", () => {
  test.each([
    ["ollama", "ollama", "api-chat-unknown", "upstream-lacks-model"],
    ["ollama", "ollama", "chat-unknown-model", "upstream-lacks-model"],
    ["ollama", "ollama", "embed-unknown", "upstream-lacks-model"],
    ["ollama", "ollama", "show-unknown", "upstream-lacks-model"],
    ["ollama", "ollama", "api-chat-tools", "upstream-rejected"],
    ["ollama", "ollama", "api-chat-think", "upstream-rejected"],
    ["ollama", "ollama", "api-chat-bad-json", "upstream-rejected"],
    ["ollama", "ollama", "keep-alive-bad", "upstream-rejected"],
    ["ollama", "ollama", "unknown-path", "upstream-rejected"],
    ["llama-server", "llama-server", "chat-too-long", "upstream-rejected"],
    ["llama-server", "llama-server", "chat-image", "upstream-rejected"],
    ["llama-server", "llama-server", "embeddings", "upstream-unable"],
    ["llama-server", "llama-server-router", "chat-unknown-model", "upstream-lacks-model"],
    ["llama-server", "llama-server-router", "chat-broken-model", "load-failed"],
    ["llama-server", "llama-server-router", "chat-no-model", "upstream-rejected"],
  ] as const)("%s: %s/%s is %s", (kind, folder, name, expected) => {
    const { status, chunks } = recorded(folder, name);
    const failure = classifyOn(kind, status, chunks.join(""));
    expect(failure?.kind).toBe(expected);
    expect(failure?.message).toContain("attic");
    if (expected === "upstream-rejected") expect(failure?.status).toBe(status);
  });
});

describe("observed words", () => {
  const openAi = (message: string) => JSON.stringify({ error: { message, type: "x", code: null } });
  test.each([
    ["ollama", 503, '{"error":"server busy, please try again.  maximum pending requests exceeded"}', "upstream-busy"],
    ["ollama", 500, '{"error":"model requires more system memory (8.0 GiB) than is available (4.0 GiB)"}', "out-of-memory"],
    ["ollama", 500, '{"error":"llama-server reported out-of-memory during startup: x"}', "out-of-memory"],
    ["ollama", 500, '{"error":"tensor \\"token_embd.weight\\" offset+size (325472) exceeds file size (300000)"}', "load-failed"],
    ["ollama", 500, '{"error":"llama-server process has terminated: exit status 1: error loading model: x"}', "load-failed"],
    ["ollama", 500, '{"error":"timed out waiting for llama-server to start"}', "load-failed"],
    ["ollama", 500, '{"error":"an error was encountered while running the model: unexpected EOF"}', "upstream-unavailable"],
    ["ollama", 403, "", "upstream-misconfigured"],
    ["ollama", 401, '{"error":"unauthorized","signin_url":"https://x"}', "upstream-rejected"],
    ["llama-server", 500, "proxy error: Failed to read connection", "upstream-unavailable"],
    ["llama-server", 500, "proxy error: Could not establish connection", "upstream-unavailable"],
    ["llama-server", 503, openAi("Loading model"), "upstream-busy"],
    ["llama-server", 503, openAi("no slot available"), "upstream-busy"],
    ["llama-server", 401, openAi("Invalid API Key"), "upstream-misconfigured"],
    ["openai-compatible", 429, openAi("slow down"), "upstream-rate-limited"],
    ["openai-compatible", 404, openAi("The model `gpt-x` does not exist."), "upstream-lacks-model"],
    ["openai-compatible", 404, '{"detail":"Not Found"}', "upstream-rejected"],
    ["openai-compatible", 400, openAi("This model's maximum context length is 8192 tokens."), "upstream-rejected"],
    ["openai-compatible", 400, '{"object":"error","message":"bad","type":"BadRequestError","code":400}', "upstream-rejected"],
    ["openai-compatible", 502, "<html>bad gateway</html>", "upstream-unavailable"],
    ["openai-compatible", 503, "", "upstream-unavailable"],
    ["openai-compatible", 500, openAi("CUDA out of memory. Tried to allocate 2 GiB"), "out-of-memory"],
  ] as const)("%s %d %s is %s", (kind, status, body, expected) => expect(classifyOn(kind, status, body)?.kind).toBe(expected));

  test("words inside other words mean nothing: 'bedroom of memory lane' is not out of memory", () => {
    expect(classifyOn("openai-compatible", 500, openAi("shout of memory lane"))?.kind).toBe("upstream-unavailable");
  });

  test("a success is no failure", () => expect(classifyOn("ollama", 200, "{}")).toBeUndefined());
});

describe("how long to wait", () => {
  test.each([
    [{ "retry-after": "7" }, 7_000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "86400" }, 60_000],
    [{ "retry-after-ms": "250", "retry-after": "1" }, 250],
    [{ "retry-after": "soon" }, 5],
    [{ "retry-after": "" }, 5],
    [{}, 5],
  ] as const)("%j → %d ms", (headers, expected) => expect(retryAfterOf(headers, 5)).toBe(expected));

  test("a date in the past is now, one in the future is the difference", () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 12) });
    expect(retryAfterOf({ "retry-after": "Sat, 21 Nov 2026 12:00:10 GMT" }, 5)).toBe(10_000);
    expect(retryAfterOf({ "retry-after": "Sat, 21 Nov 2026 11:00:00 GMT" }, 5)).toBe(0);
  });
});

describe("untrusted words", () => {
  test("S-31: control and bidirectional characters of a node never reach a screen, and length is bounded", () => {
    expect(presentable("a\u202e\u0000b\n\n c")).toBe("a b c");
    expect(presentable("x".repeat(5_000)).length).toBeLessThan(310);
  });

  test("a hostile body costs no time: the patterns are linear", () => {
    const body = `model ${"not ".repeat(16_000)}`;
    const began = performance.now();
    for (const status of [400, 404, 500, 503]) classifyRefusal({ node: "attic", status, headers: {}, body });
    expect(performance.now() - began).toBeLessThan(200);
  });

  test("a refused embedding is remembered: the server tells only when asked", async () => {
    const adapter = nodeKinds["llama-server"].create({ id: NodeId.parse("attic"), url: "http://127.0.0.1:9", demo: false });
    adapters.push(adapter);
    expect(ModelId.safeParse("x\u202ey").success).toBe(false);
    const { status, chunks } = recorded("llama-server", "embeddings");
    expect(adapter.classify(status, {}, chunks.join(""))).toMatchObject({ kind: "upstream-unable" });
  });
});
