// Services in the cloud: what they are sent, what their limits and refusals mean, and what is never sent at all.
import { describe, expect, it } from "vitest";
import { CloudPreset, cloudPresets } from "../../src-core/contract/cloud-presets.ts";
import { Config } from "../../src-core/contract/config.ts";
import type { Failure } from "../../src-core/contract/failure.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import type { AdapterInput } from "../../src-core/engine/ports.ts";
import { limitWaitMs, untilMs } from "../../src-core/nodes/cloud-limits.ts";
import { classifyCloud } from "../../src-core/nodes/cloud-refusals.ts";
import { nodeKinds } from "../../src-core/nodes/index.ts";
import { placeOf } from "../../src-core/nodes/node-url.ts";
import { reply } from "../support/replay.ts";
import { closeAfterEach, serve } from "./servers.ts";
import { collect, postCall } from "./sinks.ts";

closeAfterEach();

const now = Date.UTC(2026, 10, 21, 12);
const attic = NodeId.parse("attic");
const never = () => new AbortController().signal;
const error = (message: string, more: object = {}) => JSON.stringify({ error: { message, ...more } });

describe("limits told in headers", () => {
  it.each([
    ["1s", 1_000],
    ["6m0s", 360_000],
    ["2m59.56s", 179_560],
    ["20ms", 20],
    ["1h2m3s", 3_723_000],
    ["15", 15_000],
    ["0", 0],
    [String(now + 4_000), 4_000],
    [String(now / 1000 + 4), 4_000],
    ["2026-11-21T12:00:07Z", 7_000],
    ["2026-11-21T11:00:00Z", 0],
    ["soon", undefined],
    ["", undefined],
    ["s".repeat(100), undefined],
  ])("S-25: a reset written %s is read as a length, whoever writes it so", (said, ms) => {
    expect(untilMs(said, now)).toEqual(ms === undefined ? undefined : expect.closeTo(ms, 3));
  });

  it.each([
    ["something is left", { "x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "9s" }, undefined],
    ["requests are used up", { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "9s" }, 9_000],
    [
      "the longer of two counts",
      {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "2s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "7s",
      },
      7_000,
    ],
    [
      "Anthropic's tokens",
      { "anthropic-ratelimit-output-tokens-remaining": "0", "anthropic-ratelimit-output-tokens-reset": "2026-11-21T12:00:30Z" },
      30_000,
    ],
    ["OpenRouter's instant", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now + 500) }, 500],
    ["no reset is told", { "x-ratelimit-remaining-requests": "0" }, undefined],
    ["an empty figure is no zero", { "x-ratelimit-remaining-requests": "", "x-ratelimit-reset-requests": "9s" }, undefined],
  ])("R-4: %s", (_, headers: Readonly<Record<string, string>>, ms) => {
    expect(limitWaitMs(headers, now)).toBe(ms);
  });
});

describe("refusals", () => {
  it.each<[string, number, string, Readonly<Record<string, string>>, Failure["kind"] | undefined, number | undefined]>([
    ["F21: a limit with Retry-After", 429, error("slow down"), { "retry-after": "30" }, "upstream-rate-limited", 30_000],
    [
      "F21: a limit told by its reset",
      429,
      error("slow down"),
      { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "12s" },
      "upstream-rate-limited",
      12_000,
    ],
    [
      "F21: a limit told inside Google's error",
      429,
      '[{"error":{"message":"quota","details":[{"retryDelay": "17s"}]}}]',
      {},
      "upstream-rate-limited",
      17_000,
    ],
    [
      "R-4: a limit for a day is asked again after a minute",
      429,
      error("daily"),
      { "retry-after": "86400" },
      "upstream-rate-limited",
      60_000,
    ],
    ["F21: a limit without a word of time", 429, error("slow down"), {}, "upstream-rate-limited", 5_000],
    [
      "no credit at OpenAI is no short pause",
      429,
      error("You exceeded your current quota.", { code: "insufficient_quota" }),
      {},
      "upstream-misconfigured",
      undefined,
    ],
    ["no credit at DeepSeek", 402, error("Insufficient Balance"), {}, "upstream-misconfigured", undefined],
    [
      "no credit at Anthropic, told as a bad request",
      400,
      error("Your credit balance is too low to access the Anthropic API."),
      {},
      "upstream-misconfigured",
      undefined,
    ],
    ["F24: a key that is refused", 401, error("Incorrect API key"), {}, "upstream-misconfigured", undefined],
    [
      "a prompt that is refused is the client's matter",
      403,
      error("Your input was flagged by moderation"),
      {},
      "upstream-rejected",
      undefined,
    ],
    ["F22: a model OpenAI does not have", 404, error("no access", { code: "model_not_found" }), {}, "upstream-lacks-model", undefined],
    [
      "F22: a model Anthropic does not have",
      404,
      error("model: claude-x", { type: "not_found_error" }),
      {},
      "upstream-lacks-model",
      undefined,
    ],
    ["F20: 529 is overload, and nobody's fault", 529, error("Overloaded", { type: "overloaded_error" }), {}, "upstream-busy", 5_000],
    ["F23: a bad request is the client's", 400, error("temperature: too hot"), {}, "upstream-rejected", undefined],
    ["a service that fails counts against its breaker", 500, error("api_error"), {}, "upstream-unavailable", undefined],
    ["a success is none", 200, "{}", {}, undefined, undefined],
  ])("%s", (_, status, body, headers, kind, retryAfterMs) => {
    const failure = classifyCloud({ node: "attic", status, headers, body }, now);
    expect([failure?.kind, failure?.retryAfterMs]).toEqual([kind, retryAfterMs]);
  });
});

describe("what is never sent", () => {
  it.each<[string, Partial<AdapterInput>, RegExp]>([
    [
      "a key that is missing",
      { keyRemedy: "set the environment variable OPENAI_API_KEY where Homeport runs" },
      /key of attic is missing: set .*OPENAI_API_KEY/,
    ],
    ["no key named at all", {}, /key of attic is missing/],
    ["S-45: a key over a line that others can read", { key: "canary", url: "http://api.example.com" }, /must begin with https/],
    ["S-21: a key with a line end in it", { key: "canary\r\nx-evil: 1" }, /holds a space/],
  ])("%s stops every call before a connection is made", async (_, more, says) => {
    for (const kind of ["openai", "anthropic"] as const) {
      const adapter = nodeKinds[kind].create({ id: attic, url: "http://127.0.0.1:9", demo: false, ...more });
      const probed = await adapter.probe(never());
      const { failure } = await collect(adapter, postCall("/v1/messages", {}));
      for (const told of ["failure" in probed ? probed.failure : undefined, failure]) {
        expect(told?.kind).toBe("upstream-misconfigured");
        expect(told?.message).toMatch(says);
        expect(JSON.stringify(told)).not.toContain("canary");
      }
      await adapter.close();
    }
  });
});

describe("what is sent", () => {
  const heard = async (kind: "openai" | "anthropic" | "openai-compatible", more: Partial<AdapterInput>, path: string, prefix = "") => {
    const asked: { path: string; headers: Readonly<Record<string, unknown>> }[] = [];
    const server = await serve((request) => {
      asked.push(request);
      return reply(200, { data: [{ id: "models/m" }] });
    });
    const adapter = nodeKinds[kind].create({ id: attic, url: server.url + prefix, key: "the-key", demo: false, ...more });
    const headers = { authorization: "Bearer client", "x-api-key": "client", "anthropic-beta": "b1", "anthropic-version": "2024-01-01" };
    await collect(adapter, postCall(path, {}, headers));
    const probed = await adapter.probe(never());
    await adapter.close();
    return { asked, models: "failure" in probed ? probed.failure.message : probed.models.map(({ id }) => id) };
  };

  it("S-20: Anthropic gets its own key, its version and the client's betas, and no key of a client", async () => {
    const { asked } = await heard("anthropic", {}, "/v1/messages");
    expect(asked[0]?.headers).toMatchObject({ "x-api-key": "the-key", "anthropic-beta": "b1", "anthropic-version": "2024-01-01" });
    expect(asked[0]?.headers["authorization"]).toBeUndefined();
    expect(asked[1]).toMatchObject({ path: "/v1/models?limit=1000", headers: { "anthropic-version": "2023-06-01" } });
  });

  it.each(["openai", "openai-compatible"] as const)("S-20: what is Anthropic's own goes to no other node (%s)", async (kind) => {
    const { asked } = await heard(kind, {}, "/v1/chat/completions");
    expect(asked[0]?.headers).toMatchObject({ authorization: "Bearer the-key" });
    for (const name of ["x-api-key", "anthropic-beta", "anthropic-version"]) expect(asked[0]?.headers[name]).toBeUndefined();
  });

  it("Gemini's address takes the place of /v1, and its list's prefix is no part of a name", async () => {
    const { asked, models } = await heard("openai", { preset: "gemini" }, "/v1/chat/completions", "/v1beta/openai");
    expect(asked.map(({ path }) => path)).toEqual(["/v1beta/openai/chat/completions", "/v1beta/openai/models"]);
    expect(models).toEqual(["m"]);
  });

  it.each(["/openai", "/openai/v1", "/openai/v1/"])("Groq's address is used however it ends (%s)", async (prefix) => {
    const { asked } = await heard("openai", { preset: "groq" }, "/v1/chat/completions", prefix);
    expect(asked[0]?.path).toBe("/openai/v1/chat/completions");
  });
});

describe("presets", () => {
  it.each(CloudPreset.options)("%s needs no address, stands in the cloud, and is spoken to in secret", (preset) => {
    const { kind, url } = cloudPresets[preset];
    const { nodes } = Config.parse({ nodes: [{ id: "a", kind, preset }] });
    expect(nodes[0]?.url).toBe(url);
    expect([placeOf(url), url.startsWith("https://")]).toEqual(["cloud", true]);
  });

  it.each([
    [{ id: "a", kind: "ollama" }, "an address, or a preset that has one"],
    [{ id: "a", kind: "anthropic", preset: "groq" }, '"openai", as the preset groq needs'],
  ])("UX-40: what is missing or does not fit is said: %j", (node, says) => {
    expect(Config.safeParse({ nodes: [node] }).error?.issues[0]?.message).toBe(says);
  });
});
