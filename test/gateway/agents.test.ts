// The agents' endpoint and the pool of capabilities (source-systems.md 1.9), through the whole gateway.
import { expect, test } from "vitest";
import { startHome } from "../support/gateway.ts";
import { call, send } from "./caller.ts";

const models = [
  { name: "small", warm: true, bytes: 2e9, says: ["small says"] },
  { name: "big", warm: true, bytes: 9e9, says: ["big says"] },
];
const infer = (agent: string) => `/v1/agents/${agent}/infer`;
const messages = [{ role: "user", content: "Hi" }];

const house = (config = {}) =>
  startHome({
    nodes: { attic: { kind: "ollama", models, slots: 4 } },
    config: {
      profiles: { planner: { chain: ["big"] }, quick: { chain: ["small"] } },
      agents: { clara: { profile: "planner" } },
      ...config,
    },
  });

test("1.9: an agent's job goes by its profile, and the answer is a JobResponse that says who did it", async () => {
  const home = await house();
  const job = { job_id: "j1", trace_id: "t1", payload: { messages }, required_type: "llm" };
  const answer = await call(home.url, infer("clara"), job);
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({
    job_id: "j1",
    trace_id: "t1",
    status: "ok",
    node_id: "attic",
    provider: "ollama",
    result: { text: "big says", finish_reason: "stop" },
    usage: { completion_tokens: expect.any(Number) },
    cached: false,
    latency_ms: expect.any(Number),
  });
  expect(answer.headers).toMatchObject({ "x-homeport-profile": "planner", "x-homeport-model": "big:latest" });
});

test("1.9: a plain chat or a prompt is a job too; a model that is named is taken, one that is a profile's wins over the agent", async () => {
  const home = await house();
  expect((await call(home.url, infer("clara"), { messages })).json).toMatchObject({ status: "ok", result: { text: "big says" } });
  expect((await call(home.url, infer("nobody"), { model: "small", prompt: "Hi" })).json).toMatchObject({ result: { text: "small says" } });
  const named = await call(home.url, infer("clara"), { model: "small", messages });
  expect(named.headers).toMatchObject({ "x-homeport-profile": "quick" });
});

test.each([
  ["speech", { required_type: "stt", payload: {} }, 501, "UNSUPPORTED_TYPE"],
  ["nothing to answer to", { payload: {} }, 400, "INVALID_REQUEST"],
  ["a payload that is no object", { payload: "Hi" }, 400, "INVALID_REQUEST"],
  ["a model that is nowhere", { model: "gone", messages }, 404, "INVALID_REQUEST"],
])("1.6: %s is an error of the job, with a status that fits", async (_, job, status, code) => {
  const home = await house({ agents: {} });
  const answer = await call(home.url, infer("clara"), job);
  expect([answer.status, answer.json]).toMatchObject([status, { status: "error", error: { code } }]);
});

test("1.6, F66: a job past its deadline is not begun, in milliseconds or in seconds", async () => {
  const home = await house();
  for (const deadline_ts of [Date.now() - 1_000, Math.floor(Date.now() / 1_000) - 10]) {
    const answer = await call(home.url, infer("clara"), { deadline_ts, payload: { messages } });
    expect([answer.status, answer.json]).toMatchObject([504, { status: "timeout", error: { code: "DEADLINE_EXCEEDED" } }]);
  }
  expect(home.at("attic").record.to("/v1/chat/completions")).toHaveLength(0);
});

test("R-13: an agent that leaves ends its job at the node", async () => {
  const home = await startHome({ nodes: { attic: { kind: "ollama", models: [{ name: "small", warm: true, firstTokenMs: 60_000 }] } } });
  const { record } = home.at("attic");
  const leaving = send(home.url, infer("clara"), { model: "small", messages });
  await record.until(() => record.to("/v1/chat/completions").length === 1);
  leaving.leave();
  await record.until(() => record.to("/v1/chat/completions").some(({ abortedAt }) => abortedAt !== undefined));
});

test("1.2, 1.9: the pool tells every model of every node, grouped by node, with the age of what is known", async () => {
  const home = await house();
  const { json } = await call(home.url, "/v1/capabilities");
  expect(json).toMatchObject({
    node_count: 1,
    local_node: "attic",
    nodes: { attic: { node_age_s: expect.any(Number), served_models: [{ name: "small:latest" }, { name: "big:latest" }] } },
  });
  expect(json).toMatchObject({
    served_models: expect.arrayContaining([
      {
        name: "big:latest",
        type: "llm",
        runtime: "ollama",
        node: "attic",
        local: true,
        base_url: home.at("attic").url,
        running: true,
        size_gb: 9,
        node_age_s: expect.any(Number),
      },
    ]),
  });
});

test("S-09: a client key is asked for here too, sees only its own models, and no addresses", async () => {
  const home = await startHome({
    nodes: { attic: { kind: "ollama", models, slots: 4 } },
    config: { clients: [{ name: "app", key: { env: "APP_KEY" }, models: ["small*"] }] },
    env: { APP_KEY: "app-key-0123456789" },
  });
  expect((await call(home.url, "/v1/capabilities")).status).toBe(401);
  expect((await call(home.url, infer("clara"), { messages })).status).toBe(401);
  const key = { authorization: "Bearer app-key-0123456789" };
  const { text, json } = await call(home.url, "/v1/capabilities", undefined, key);
  expect(json).toMatchObject({ served_models: [{ name: "small:latest" }] });
  expect(text).not.toContain("base_url");
  expect((await call(home.url, infer("clara"), { model: "big", messages }, key)).status).toBe(403);
  expect((await call(home.url, infer("clara"), { model: "small", messages }, key)).status).toBe(200);
});
