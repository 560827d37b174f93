// Bad input at every inference route of every dialect: refused in the client's own envelope with the field named, before any node hears of it,
// and nothing of Homeport breaks.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type InferenceRoute, routes } from "../../src-core/dialects/facts.ts";
import { type Home, startHome } from "../support/gateway.ts";
import { type Body, json, least, plus, unreadable, wrongFields, wrongNumbers } from "./bad-bodies.ts";
import { Answer } from "./caller.ts";

const house = (config = {}) =>
  startHome({
    nodes: {
      attic: {
        kind: "ollama",
        models: [{ name: "m", warm: true, replyTokens: 1, contextTokens: 1_000_000, capabilities: ["completion", "embedding"] }],
        defaultContextTokens: 1_000_000,
      },
    },
    config,
  });

/** Sends bytes as they are. */
function sendBytes(url: string, path: string, body: string | Buffer): Promise<Answer> {
  const answer = new Answer(url + path, { method: "POST", headers: { "content-type": "application/json" } });
  answer.request.end(body);
  return answer.whole();
}

/** The refusal's sentence, where it stands in the envelope of this dialect; undefined where the envelope is not the dialect's. */
function sentence(dialect: string, text: string): string | undefined {
  const body: unknown = JSON.parse(text);
  const read = (value: unknown, key: string): unknown =>
    typeof value === "object" && value !== null && Object.hasOwn(value, key)
      ? Object.entries(value).find(([name]) => name === key)?.[1]
      : undefined;
  const error = read(body, "error");
  const says = dialect === "ollama" ? error : read(error, "message");
  if (dialect === "anthropic" && (read(body, "type") !== "error" || read(error, "type") !== "invalid_request_error")) return undefined;
  if (dialect === "openai" && read(error, "type") !== "invalid_request_error") return undefined;
  return typeof says === "string" ? says : undefined;
}

/** What reached a node besides questions about its models. */
const heard = (home: Home<"attic">) => home.at("attic").record.requests.filter(({ path }) => routes.has(path.split("?", 1)[0] ?? ""));

const table = [...routes].map(([path, route]) => ({ path, route }));

test.each(table)(
  "F44, S-29, S-31: $path refuses what is bad with 400 in its dialect, names the field, and no node hears of it",
  async ({ path, route }) => {
    const home = await house();
    const body = least(route, path);
    const corpus = [...unreadable(body), ...wrongNumbers(body), ...wrongFields(body, route, path)];
    const wrong: unknown[] = [];
    for (const [field, bytes] of corpus) {
      const { status, text } = await sendBytes(home.url, path, bytes);
      const says = status === 400 ? sentence(route.dialect, text) : undefined;
      if (says?.includes(field) !== true) wrong.push([field, bytes.toString().slice(0, 200), status, text.slice(0, 200)]);
    }
    expect(wrong).toEqual([]);
    expect(corpus.length).toBeGreaterThan(100);
    expect(heard(home)).toEqual([]);
    expect(home.errors).toEqual([]);
    const right = await sendBytes(home.url, path, JSON.stringify(body));
    // Nobody in this house ranks.
    if (route.task !== "rerank") expect([right.text.slice(0, 200), right.status, heard(home).length]).toEqual([expect.anything(), 200, 1]);
  },
);

test.each(table)("F43: $path refuses a body over the limit with 413 in its dialect", async ({ path, route }) => {
  const home = await house({ gateway: { maxBodyBytes: 64 * 1024 } });
  const { status, text } = await sendBytes(home.url, path, json(least(route, path), { user: "x".repeat(70_000) }));
  expect([status, JSON.stringify(JSON.parse(text))]).toEqual([413, expect.stringContaining("64 KiB")]);
  expect([heard(home), home.errors]).toEqual([[], []]);
});

test.each(table.filter(({ route, path }) => route.task === "chat" && path !== "/v1/responses"))(
  "S-11: $path takes 10,000 messages, quickly",
  async ({ path, route }) => {
    const home = await house();
    const body = json(least(route, path), {
      messages: Array.from({ length: 10_000 }, (_, n) => ({ role: n % 2 === 0 ? "user" : "assistant", content: `${n}` })),
    });
    const began = process.cpuUsage();
    expect((await sendBytes(home.url, path, body)).status).toBe(200);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1000).toBeLessThan(2000);
  },
);

test.each(table)("S-31: names from Object's own family are words like any other for $path, at every level", async ({ path, route }) => {
  const home = await house();
  const body = least(route, path);
  const family = '"__proto__":{"model":"x","polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1';
  const answers = [
    plus(body, family),
    plus(body, `"options":{${family}},"metadata":{${family}},"tools":[{${family}}]`),
    plus(body, `"tools":[{"type":"function","function":{"name":"__proto__","parameters":{"type":"object","properties":{${family}}}}}]`),
    JSON.stringify(body).replace('"model":"m"', '"model":"__proto__"'),
    JSON.stringify(body).replace('"model":"m"', '"model":"constructor"'),
  ];
  for (const text of answers) expect((await sendBytes(home.url, path, text)).status).not.toBe(500);
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  expect(home.errors).toEqual([]);
});

const leaf = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(-1, 2 ** 53, "", "\u0000", "__proto__", null, [], {}, "wizard", "data:image/png;base64,", true),
);

/** A right body in which one place, however deep, holds something else. */
const mutation = fc.tuple(fc.nat(), fc.constantFrom("replace", "remove", "add", "rename"), leaf, fc.string({ maxLength: 12 }));

function mutated(value: unknown, [place, how, put, name]: readonly [number, string, unknown, string]): unknown {
  let left = place % 40;
  const change = (at: unknown): unknown => {
    if (left-- === 0 && how === "replace") return put;
    if (Array.isArray(at)) return at.map(change);
    if (typeof at !== "object" || at === null) return at;
    const entries = Object.entries(at).flatMap(([key, inner]): [string, unknown][] => {
      if (how === "remove" && left === 0) {
        left = -1;
        return [];
      }
      if (how === "rename" && left === 0) {
        left = -1;
        return [[name, inner]];
      }
      return [[key, change(inner)]];
    });
    return Object.fromEntries(how === "add" && left <= 0 ? [...entries, [name, put]] : entries);
  };
  return change(value);
}

/** Bodies with everything that a translation looks at. */
function richest(route: InferenceRoute, path: string): Body {
  const more = {
    temperature: 0.5,
    stop: ["x"],
    seed: 1,
    stream_options: { include_usage: true },
    response_format: { type: "json_object" },
  };
  const schema = { type: "object", properties: { a: { type: "string" } } };
  const tool = { type: "function", function: { name: "f", description: "d", parameters: schema } };
  const call = { id: "c", type: "function", function: { name: "f", arguments: route.dialect === "ollama" ? {} : "{}" } };
  const body = least(route, path);
  if (route.task !== "chat" || path === "/v1/responses") return { ...body, ...more, options: { num_ctx: 2048 } };
  if (route.dialect === "anthropic") {
    const messages = [
      { role: "user", content: [{ type: "text", text: "hi" }] },
      { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "ok" }] },
    ];
    return {
      ...body,
      messages,
      system: [{ type: "text", text: "s" }],
      tools: [{ name: "f", input_schema: schema }],
      tool_choice: { type: "auto" },
    };
  }
  const messages = [
    { role: "user", content: "hi" },
    { role: "assistant", content: "", tool_calls: [call] },
    { role: "tool", tool_call_id: "c", content: "ok" },
    { role: "user", content: route.dialect === "ollama" ? "hi" : [{ type: "text", text: "hi" }] },
  ];
  return { ...body, ...more, messages, tools: [tool], tool_choice: "auto", options: { num_ctx: 2048, stop: ["x"] }, format: "json" };
}

test.each(table)(
  "F44: a right body for $path with anything wrong in it, passed on or translated, is answered and never with 500",
  async ({ path, route }) => {
    const models = (name: string) => [{ name, warm: true, replyTokens: 1 }];
    const home = await startHome({
      nodes: {
        attic: { kind: "ollama", models: models("o") },
        den: { kind: "llama-server", models: models("l") },
        plain: { kind: "openai-compatible", models: models("p") },
      },
    });
    const body = richest(route, path);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("o", "l", "p"), fc.array(mutation, { minLength: 1, maxLength: 2 }), async (model, mutations) => {
        const bad = mutations.reduce<unknown>(mutated, { ...body, model });
        const { status, text } = await sendBytes(home.url, path, JSON.stringify(bad) ?? "");
        expect([status, text]).not.toEqual([500, expect.anything()]);
        expect(status).toBeGreaterThanOrEqual(200);
      }),
      { numRuns: 60 },
    );
    expect(home.errors).toEqual([]);
  },
);
