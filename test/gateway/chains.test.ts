// Profiles through the whole gateway: chains, gates, repairs and rules, from the client's request to the node's bytes.
import { expect, test } from "vitest";
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { startHome } from "../support/gateway.ts";
import { call, chat } from "./caller.ts";

const chats = "/v1/chat/completions";
const refusal = "I'm sorry, but I cannot help with that.";
const schema = { type: "object", properties: { action: { type: "string" } }, required: ["action"] };

async function house(config: ConfigDocument, says: Readonly<Record<string, readonly string[]>> = {}, clock?: FakeClock) {
  const model = (name: string) => ({ name, warm: true, ...(says[name] === undefined ? {} : { says: says[name] }) });
  return startHome({
    nodes: { attic: { kind: "ollama", models: [model("big"), model("small")], slots: 4 } },
    config: { polling: { activeSeconds: 3600, idleSeconds: 3600 }, ...config },
    ...(clock === undefined ? {} : { clock }),
  });
}

const asked = (home: Awaited<ReturnType<typeof house>>) =>
  home
    .at("attic")
    .record.to(chats)
    .map(({ body }) => String(JSON.parse(String(body)).model));

test("3.2: a profile is asked for like a model, is listed like one, and its name comes back", async () => {
  const home = await house({ profiles: { coder: { chain: ["big", "small"] } } });
  const answer = await call(home.url, chats, chat("coder"));
  expect(answer.headers).toMatchObject({ "x-homeport-model": "big:latest", "x-homeport-profile": "coder", "x-homeport-attempts": "1" });
  expect(answer.json).toMatchObject({ model: "coder" });
  expect((await call(home.url, "/v1/models")).text).toContain('"coder"');
});

test("3.2: the time a profile gives its model is a wall; the next model answers, and nobody is blamed", async () => {
  const clock = new FakeClock();
  const home = await house({ profiles: { coder: { chain: ["big", "small"], timeoutMs: 8_000 } } }, {}, clock);
  home.at("attic").fault({ fault: "hang" }, { path: chats, times: 1 });
  const waiting = call(home.url, chats, chat("coder"));
  const { record } = home.at("attic");
  await record.until(() => record.to(chats).length === 1);
  clock.advance(8_000);
  expect((await waiting).headers).toMatchObject({ "x-homeport-model": "small:latest", "x-homeport-attempts": "2" });
  expect(home.node("attic")).toMatchObject({ breaker: { state: "closed", failures: [] } });
});

test("3.3: a refusal is not released; the next model answers, streamed or whole", async () => {
  const home = await house({ profiles: { coder: { chain: ["big", "small"], gate: { refusal: true } } } }, { big: [refusal] });
  for (const stream of [false, true]) {
    const answer = await call(home.url, chats, chat("coder", { stream }));
    expect(answer.headers).toMatchObject({ "x-homeport-model": "small:latest", "x-homeport-attempts": "2" });
    expect(answer.text).not.toContain("cannot help");
  }
});

test("3.4: when all refuse, the best held answer is released as it was", async () => {
  const says = { big: [refusal], small: ["I am not able to do that."] };
  const home = await house({ profiles: { coder: { chain: ["big", "small"], gate: { refusal: true } } } }, says);
  for (const stream of [false, true]) {
    const answer = await call(home.url, chats, chat("coder", { stream }));
    expect([answer.status, answer.headers["x-homeport-model"]]).toEqual([200, "big:latest"]);
    if (stream) expect(answer.text).toContain("[DONE]");
    else expect(answer.json).toMatchObject({ model: "coder", choices: [{ message: { content: refusal } }] });
  }
});

test("3.3, 3.6: an answer that breaks the schema is asked for once more on the same node, with what was wrong, before the next model", async () => {
  const format = { type: "json_schema", json_schema: { name: "step", schema } };
  const profiles = { coder: { chain: ["big", "small"], gate: { schema: true } } };
  const home = await house({ profiles }, { big: ['{"act": 1}', '{"action": "restart"}'] });
  const answer = await call(home.url, chats, chat("coder", { response_format: format }));
  expect(answer.json).toMatchObject({ choices: [{ message: { content: '{"action": "restart"}' } }] });
  expect(asked(home)).toEqual(["big:latest", "big:latest"]);
  expect(String(home.at("attic").record.to(chats)[1]?.body)).toContain("/action is missing");
});

test("3.3, 3.4: no model keeps to the schema: the failure says so, with the log of attempts in body and header", async () => {
  const profiles = { coder: { chain: ["big", "small"], gate: { schema } } };
  const home = await house({ profiles }, { big: ["no json at all"], small: ['{"act": 1}'] });
  const answer = await call(home.url, chats, chat("coder"));
  expect(answer.status).toBe(502);
  expect(answer.json).toMatchObject({ error: { code: "schema_mismatch", attempts: [{}, {}, {}, {}] } });
  expect(asked(home)).toEqual(["big:latest", "big:latest", "small:latest", "small:latest"]);
  expect(answer.headers["x-homeport-attempts"]).toMatch(/^4; attic\/big:latest=schema-mismatch \d+ms, /);
});

test("5.11: another 4xx ends the chain: a bad request is not sent to every model", async () => {
  const home = await house({ profiles: { coder: { chain: ["big", "small"] } } });
  home.at("attic").fault({ fault: "status", status: 400, body: '{"error":"no"}' }, { path: chats });
  expect((await call(home.url, chats, chat("coder"))).status).toBe(400);
  expect(asked(home)).toEqual(["big:latest"]);
});

test("5.2: body before header before model before agent; an agent decides for models that mean nothing else", async () => {
  const home = await house({
    profiles: { first: { chain: ["big"] }, second: { chain: ["small"] } },
    agents: { planner: { profile: "second" } },
    aliases: { "gpt-4o-mini": "second" },
  });
  const model = async (body: Record<string, unknown>, headers = {}) =>
    (await call(home.url, chats, { ...chat("gpt-4o"), ...body }, headers)).headers["x-homeport-model"];
  expect(await model({ profile: "first" }, { "x-homeport-profile": "second", "x-homeport-agent": "planner" })).toBe("big:latest");
  expect(await model({}, { "x-homeport-profile": "first", "x-homeport-agent": "planner" })).toBe("big:latest");
  expect(await model({ model: "first" }, { "x-homeport-agent": "planner" })).toBe("big:latest");
  expect(await model({}, { "x-homeport-agent": "planner" })).toBe("small:latest");
  expect(await model({ model: "gpt-4o-mini" })).toBe("small:latest");
});

test("5.10: auto goes where the first rule that fits says, and the header names the rule", async () => {
  const home = await house({
    rules: [
      { id: "poem", when: { contentContains: "poem" }, use: "big" },
      { id: "rest", when: { tokensAtLeast: 0 }, use: "small" },
    ],
  });
  const ask = async (content: string) => (await call(home.url, chats, { model: "auto", messages: [{ role: "user", content }] })).headers;
  expect(await ask("a poem please")).toMatchObject({ "x-homeport-model": "big:latest", "x-homeport-rule": "poem" });
  expect(await ask("a list please")).toMatchObject({ "x-homeport-model": "small:latest", "x-homeport-rule": "rest" });
});

test("the trace of a request tells its chain, its attempts and why each failed", async () => {
  const home = await house({ profiles: { coder: { chain: ["big", "small"], gate: { refusal: true } } } }, { big: [refusal] });
  await call(home.url, chats, chat("coder"));
  expect(home.homeport.engine.chronicle.activity.latest(1)).toMatchObject([
    {
      resolution: { because: "profile", profile: "coder", chain: [{ model: "big" }, { model: "small" }] },
      attempts: [{ outcome: "failed", failure: { kind: "refused" } }, { outcome: "ok" }],
    },
  ]);
});
