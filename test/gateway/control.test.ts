import { expect, test } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import { startSimulatedNode } from "../../src-core/simulator/node.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type Home, type HomeNode, startHome } from "../support/gateway.ts";
import { type Answer, call, chat, send } from "./caller.ts";

const attic: HomeNode = {
  kind: "ollama",
  models: [
    { name: "m", warm: true, replyTokens: 2 },
    { name: "cold", replyTokens: 2 },
  ],
};

const bearer = (home: Home<"attic">) => ({ authorization: `Bearer ${home.homeport.token}` });

/** One method over HTTP, as a script calls it. */
async function control(home: Home<"attic">, method: string, input: object = {}): Promise<{ status: number; json: unknown }> {
  const { status, json } = await call(home.homeport.controlUrl ?? "", "/control/call", { method, input }, bearer(home));
  return { status, json };
}

/** The pushes of an event stream so far. */
function pushesOf({ text }: Answer, type: string): unknown[] {
  const frames = text.split("\n\n").slice(0, -1);
  return frames.flatMap((frame) => (frame.startsWith(`event: ${type}\n`) ? [JSON.parse(frame.slice(frame.indexOf("data: ") + 6))] : []));
}

test("load and unload: the node does it, and the snapshot says so afterwards", async () => {
  const home = await startHome({ nodes: { attic } });
  expect(await control(home, "load", { node: "attic", model: "cold" })).toMatchObject({
    status: 200,
    json: { ok: true, output: { ms: expect.any(Number) } },
  });
  expect(home.at("attic").inMemory).toContain("cold");
  const warm = { output: { fleet: { nodes: { attic: { models: { cold: { residency: { state: "warm" } } } } } } } };
  expect((await control(home, "snapshot")).json).toMatchObject(warm);
  expect(await control(home, "unload", { node: "attic", model: "cold" })).toMatchObject({ json: { ok: true } });
  expect(home.at("attic").inMemory).not.toContain("cold");
  await home.until(() => home.entry("attic", "cold")?.residency.state === "cold");
});

test.each([
  ["load", { node: "attic", model: "nobody" }, 404, "unknown-model"],
  ["load", { node: "nowhere", model: "m" }, 404, "not-found"],
  ["unload", { node: "nowhere", model: "m" }, 404, "not-found"],
  ["load", { node: "attic" }, 400, "invalid-request"],
  ["load", { node: "attic", model: "m", now: true }, 400, "invalid-request"],
  ["cancelLoad", { node: "attic", model: "m" }, 404, "not-found"],
  ["retryLoad", { node: "attic", model: "m" }, 404, "not-found"],
  ["removeNode", { node: "nowhere" }, 404, "not-found"],
  ["makeTea", {}, 404, "not-found"],
] as const)("%s %o is a failure with words and the status of the one table", async (method, input, status, kind) => {
  const home = await startHome({ nodes: { attic } });
  const answer = await control(home, method, input);
  expect(answer).toMatchObject({ status, json: { ok: false, failure: { kind, message: expect.stringMatching(/\S/) } } });
});

test("a node is added while Homeport runs, serves, is changed, and is gone once removed", async () => {
  const home = await startHome({ nodes: { attic } });
  const late = await startSimulatedNode({ kind: "llama-server", models: [{ name: "late", replyTokens: 2 }] });
  try {
    const found = await control(home, "probeNode", { url: late.url });
    expect(found.json).toMatchObject({ ok: true, output: { url: late.url, kind: "llama-server", models: 1 } });
    const added = await control(home, "addNode", { kind: "llama-server", url: late.url, name: "Late One" });
    expect(added.json).toEqual({ ok: true, output: { id: "late-one" } });
    await home.until(({ nodes }) => nodes["late-one"]?.health.state === "up");
    expect((await call(home.url, "/v1/chat/completions", chat("late"))).headers["x-homeport-node"]).toBe("late-one");
    expect((await control(home, "probeNode", { url: late.url })).json).toMatchObject({ output: { known: "late-one" } });
    await control(home, "updateNode", { node: "late-one", change: { enabled: false } });
    expect((await call(home.url, "/v1/chat/completions", chat("late"))).status).toBeGreaterThanOrEqual(400);
    await control(home, "updateNode", { node: "late-one", change: { enabled: true, name: null } });
    await home.until(({ nodes }) => nodes["late-one"]?.health.state === "up");
    expect((await call(home.url, "/v1/chat/completions", chat("late"))).status).toBe(200);
    expect((await control(home, "removeNode", { node: "late-one" })).json).toMatchObject({ ok: true });
    expect((await call(home.url, "/v1/chat/completions", chat("late"))).status).toBe(404);
  } finally {
    await late.stop();
  }
});

test("a key is bound to its address: a node that moves without a new key loses the old one (S-45)", async () => {
  const home = await startHome({ nodes: { attic: { ...attic, declares: { key: { env: "ATTIC_KEY" } } } }, env: { ATTIC_KEY: "s" } });
  await control(home, "updateNode", { node: "attic", change: { url: "http://127.0.0.1:9" } });
  expect(home.config.current().nodes[0]).not.toHaveProperty("key");
});

test("the breaker opens and is tried by hand; requests go elsewhere meanwhile", async () => {
  const home = await startHome({ nodes: { attic } });
  await control(home, "tripBreaker", { node: "attic" });
  const refused = await call(home.url, "/v1/chat/completions", chat("m"));
  expect(refused.status).toBe(503);
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(100);
  await control(home, "tryNow", { node: "attic" });
  expect(home.node("attic").breaker.state).toBe("half-open");
  for (let n = 0; n < 2; n++) expect((await call(home.url, "/v1/chat/completions", chat("m"))).status).toBe(200);
  expect(home.node("attic").breaker.state).toBe("closed");
});

test("settings: read, changed by section, and a bad change keeps the last good one and names the field", async () => {
  const home = await startHome({ nodes: { attic } });
  expect((await control(home, "setSettings", { change: { requests: { queueDepth: 7 } } })).json).toMatchObject({ ok: true });
  expect(home.homeport.engine.config.requests.queueDepth).toBe(7);
  const bad = await control(home, "setSettings", { change: { requests: { queueDepth: -1 } } });
  expect(bad).toMatchObject({ status: 400, json: { ok: false, failure: { field: expect.stringContaining("queueDepth") } } });
  expect((await control(home, "setSettings", { change: { reqests: {} } })).json).toMatchObject({ ok: false });
  const read = await control(home, "getSettings");
  expect(read.json).toMatchObject({ output: { config: { requests: { queueDepth: 7 }, nodes: [{ id: "attic" }] }, writable: true } });
});

test("a bad change from outside is refused, shown until it is mended, and routing goes on", async () => {
  const home = await startHome({ nodes: { attic } });
  home.config.reject(fail("invalid-request", "homeport.yaml, line 3: nodes: expected a list."));
  const shown = { output: { banners: [{ id: "config-rejected", level: "error" }], notices: [{ kind: "config-rejected" }] } };
  expect((await control(home, "snapshot")).json).toMatchObject(shown);
  expect((await call(home.url, "/v1/chat/completions", chat("m"))).status).toBe(200);
  await home.config.update((document) => document);
  expect((await control(home, "snapshot")).json).toMatchObject({ output: { banners: [] } });
});

test("routing is paused and resumed; a paused gateway says so instead of hanging", async () => {
  const home = await startHome({ nodes: { attic } });
  await control(home, "pauseRouting", { minutes: 5 });
  const paused = await call(home.url, "/v1/chat/completions", chat("m"));
  expect([paused.status, paused.headers["retry-after"]]).toEqual([503, "300"]);
  await control(home, "resumeRouting");
  expect((await call(home.url, "/v1/chat/completions", chat("m"))).status).toBe(200);
});

test("a request is ended by hand from the activity list: client cut, node freed", async () => {
  const home = await startHome({
    nodes: { attic: { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 100_000, tokensPerSecond: 100 }] } },
  });
  const answer = send(home.url, "/v1/chat/completions", chat("m", { stream: true }));
  await answer.until(({ text }) => text !== "");
  const request = String(answer.headers["x-homeport-request"]);
  expect((await control(home, "cancelRequest", { request })).json).toMatchObject({ ok: true });
  expect(await answer.ended).not.toBe("complete");
  await home.at("attic").record.until(() => home.at("attic").record.open === 0);
  expect((await control(home, "cancelRequest", { request })).json).toMatchObject({ ok: false });
});

test("events: first a whole snapshot, then at most one a quarter second however much happens, with the rows that changed", async () => {
  const clock = new FakeClock();
  const home = await startHome({ nodes: { attic }, clock });
  const events = send(home.homeport.controlUrl ?? "", "/control/events", undefined, bearer(home));
  await events.until(({ text }) => pushesOf(events, "activity").length === 1 && text.endsWith("\n\n"));
  expect(events.text.startsWith("event: snapshot\n")).toBe(true);
  expect(pushesOf(events, "snapshot")).toMatchObject([{ snapshot: { fleet: { nodes: { attic: { health: { state: "up" } } } } } }]);
  for (let n = 0; n < 20; n++) await call(home.url, "/v1/chat/completions", chat("m"));
  clock.advance(249);
  clock.advance(1);
  await events.until(() => pushesOf(events, "snapshot").length === 2);
  await call(home.url, "/v1/chat/completions", chat("m"));
  clock.advance(250);
  await events.until(() => pushesOf(events, "snapshot").length === 3);
  expect(pushesOf(events, "activity").length).toBeLessThanOrEqual(3);
  expect(pushesOf(events, "activity").at(-1)).toMatchObject({ rows: [{ model: "m", phase: "done", outcome: "ok", node: "attic" }] });
});

test("S-07: the token is asked for, and nothing of the control API answers on the gateway port", async () => {
  const home = await startHome({ nodes: { attic } });
  const base = home.homeport.controlUrl ?? "";
  const body = { method: "snapshot", input: {} };
  expect((await call(base, "/control/call", body)).status).toBe(401);
  expect((await call(base, "/control/call", body, { authorization: "Bearer wrong" })).status).toBe(401);
  expect((await call(base, "/control/events")).status).toBe(401);
  for (const path of ["/control/call", "/control/events", "/control"]) {
    expect((await call(home.url, path, body, bearer(home))).status).toBe(404);
    expect((await call(home.url, path, undefined, bearer(home))).status).toBe(404);
  }
});
