// Services in the cloud behind the gateway: nothing leaves the house unasked, limits are pauses, keys reach one node and are seen by nobody.
import { expect, it, test } from "vitest";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { MemoryVault } from "../support/memory-vault.ts";
import { call, chat } from "./caller.ts";

const chats = "/v1/chat/completions";
const canary = "canary-cloud-key-91d2";
const service: HomeNode = {
  kind: "openai",
  key: canary,
  models: [{ name: "gpt" }, { name: "gpt-mini" }, { name: "embedder" }],
  declares: { place: "cloud", key: { env: "CLOUD_KEY" } },
};
const env = { CLOUD_KEY: canary };
const cloud = { allowed: true };

it("demands 1.13: nothing leaves the house until the settings allow the cloud", async () => {
  const home = await startHome({ nodes: { far: service }, env });
  const refused = await call(home.url, chats, chat("gpt"));
  expect(refused.status).toBe(403);
  expect(home.at("far").record.to(chats)).toHaveLength(0);
  await home.config.update((document) => ({ ...document, cloud }));
  expect((await call(home.url, chats, chat("gpt"))).status).toBe(200);
});

it("S-20, S-75, S-80: a service's key is sent to it and is nowhere else: not in snapshot, settings, facts, history, metrics, log or other nodes", async () => {
  const home = await startHome({
    nodes: { far: service, attic: { kind: "ollama", models: [{ name: "m", warm: true }] } },
    env,
    config: { cloud },
  });
  const answers = [await call(home.url, chats, chat("gpt")), await call(home.url, chats, chat("m"))];
  expect(home.at("far").record.to(chats)[0]?.headers["authorization"]).toBe(`Bearer ${canary}`);
  const { dispatch, engine } = home.homeport;
  const told = await Promise.all(["snapshot", "getSettings", "history", "secretNames"].map((method) => dispatch(method, {})));
  const seen = [
    told,
    home.events,
    home.errors,
    await engine.chronicle.metrics.exposition(),
    home.at("attic").record.requests.map(({ headers, body }) => [headers, body.toString()]),
    answers.map(({ headers, text }) => [headers, text]),
  ];
  expect(JSON.stringify(seen)).not.toContain(canary);
});

it("S-81: a service that repeats our key in its error does not bring it to the client", async () => {
  const home = await startHome({ nodes: { far: service }, env, config: { cloud } });
  home.at("far").fault({ fault: "status", status: 401, body: JSON.stringify({ error: { message: `Incorrect API key: ${canary}` } }) });
  const answer = await call(home.url, chats, chat("gpt"));
  expect(answer.status).toBe(502);
  expect(JSON.stringify([answer.headers, answer.text, home.homeport.snapshot(), home.errors])).not.toContain(canary);
});

it("UX-40: a key that is missing is named where the node is shown, and nothing is sent", async () => {
  const home = await startHome({ nodes: { far: service }, config: { cloud } });
  expect(home.node("far").health).toMatchObject({ state: "paused", because: "misconfigured", says: expect.stringContaining("CLOUD_KEY") });
  expect(home.at("far").record.received).toBe(0);
});

it("R-4: an answer that used up the limit pauses the node before it has to refuse, until the limit is renewed", async () => {
  const home = await startHome({
    nodes: { far: { ...service, limit: { requests: 1, everyMs: 40_000 } } },
    env,
    config: { cloud },
  });
  expect((await call(home.url, chats, chat("gpt"))).status).toBe(200);
  const { failure } = await home.happened("limit-reached");
  expect(failure.retryAfterMs).toBeGreaterThan(30_000);
  expect(home.node("far").health).toMatchObject({ state: "paused", because: "rate-limited" });
  const next = await call(home.url, chats, chat("gpt"));
  expect(next.status).toBeGreaterThanOrEqual(429);
  expect(home.at("far").record.to(chats)).toHaveLength(1);
});

it("F21: a service that refuses for its limit is left alone, another one answers, and no breaker hears of it", async () => {
  const home = await startHome({ nodes: { far: service, near: service }, env, config: { cloud } });
  home.at("far").fault({ fault: "status", status: 429, body: "{}", headers: { "retry-after": "30" } }, { path: chats });
  for (let turn = 0; turn < 3; turn++) expect((await call(home.url, chats, chat("gpt"))).status).toBe(200);
  expect(home.at("far").record.to(chats).length).toBeLessThanOrEqual(1);
  for (const id of ["far", "near"] as const) expect(home.node(id).breaker).toMatchObject({ state: "closed", failures: [] });
});

it("no credit is for a person to mend: no short pause, and nothing more is sent there", async () => {
  const home = await startHome({ nodes: { far: service }, env, config: { cloud } });
  const body = JSON.stringify({ error: { message: "You exceeded your current quota", code: "insufficient_quota" } });
  home.at("far").fault({ fault: "status", status: 429, body }, { path: chats });
  expect((await call(home.url, chats, chat("gpt"))).status).toBe(502);
  const { health } = home.node("far");
  expect(health).toMatchObject({ state: "paused", because: "misconfigured", says: expect.stringContaining("credit") });
  expect(health).not.toHaveProperty("until");
  await call(home.url, chats, chat("gpt"));
  expect(home.at("far").record.to(chats)).toHaveLength(1);
});

it("of a long list only what the settings offer is offered, and another choice counts at once", async () => {
  const home = await startHome({
    nodes: { far: { ...service, declares: { ...service.declares, offer: ["gpt*"] } } },
    env,
    config: { cloud },
  });
  expect(Object.keys(home.node("far").models).sort()).toEqual(["gpt", "gpt-mini"]);
  await home.homeport.dispatch("updateNode", { node: "far", change: { offer: ["embedder"] } });
  await home.until((fleet) => fleet.nodes["far"]?.models["embedder"] !== undefined);
  expect(Object.keys(home.node("far").models)).toEqual(["embedder"]);
});

test.each(["openai", "anthropic"] as const)("two services behind one address are two (%s)", async (kind) => {
  const node = { ...service, kind };
  const home = await startHome({ nodes: { far: node, near: node }, env, config: { cloud } });
  expect([home.node("far").duplicateOf, home.node("near").duplicateOf, home.node("far").identity]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it("S-45: another address clears the key, and so does a preset that leads elsewhere", async () => {
  const home = await startHome({ nodes: { far: service }, env });
  await home.homeport.dispatch("updateNode", { node: "far", change: { url: "http://127.0.0.1:9" } });
  expect(home.config.current().nodes[0]?.key).toBeUndefined();
});

it("S-56, S-76: the desktop keeps a key that no method tells; set, replaced and cleared without a restart", async () => {
  const vault = new MemoryVault();
  const node = { ...service, declares: { place: "cloud" as const, key: { store: "far" } } };
  const home = await startHome({ nodes: { far: node }, vault, config: { cloud } });
  const { dispatch } = home.homeport;
  expect(home.homeport.snapshot().banners.map(({ id }) => id)).toContain("node-keys");
  expect(await dispatch("setSecret", { name: "far", value: canary })).toEqual({ ok: true, output: {} });
  await home.until((fleet) => fleet.nodes["far"]?.health.state === "up");
  expect(home.homeport.snapshot().banners).toEqual([]);
  expect(await dispatch("secretNames", {})).toEqual({ ok: true, output: { names: ["far"], available: true } });
  const answer = await call(home.url, chats, chat("gpt"));
  expect(answer.status).toBe(200);
  const told = await Promise.all(["snapshot", "getSettings", "history", "secretNames"].map((method) => dispatch(method, {})));
  expect(JSON.stringify([told, home.events, home.errors, answer.headers])).not.toContain(canary);
  await dispatch("setSecret", { name: "far", value: null });
  await home.until((fleet) => fleet.nodes["far"]?.health.state === "paused");
  const sent = home.at("far").record.received;
  expect((await call(home.url, chats, chat("gpt"))).status).toBeGreaterThanOrEqual(500);
  expect(home.at("far").record.received).toBe(sent);
});

it("S-56: in headless use there is no key store, and that is said", async () => {
  const home = await startHome({ nodes: { far: service }, env });
  expect(await home.homeport.dispatch("setSecret", { name: "far", value: canary })).toMatchObject({
    ok: false,
    failure: { kind: "unsupported" },
  });
  expect(await home.homeport.dispatch("secretNames", {})).toMatchObject({ ok: true, output: { names: [], available: false } });
});

it("S-55: a key's name is a name, and its value is bounded", async () => {
  const home = await startHome({ nodes: { far: service }, env });
  for (const input of [
    { name: "../x", value: "k" },
    { name: "", value: "k" },
    { name: "a", value: "" },
    { name: "a", value: "k".repeat(5_000) },
  ])
    expect(await home.homeport.dispatch("setSecret", input)).toMatchObject({ ok: false, failure: { kind: "invalid-request" } });
});
