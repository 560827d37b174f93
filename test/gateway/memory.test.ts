// Memory through the whole gateway: who swaps, how often, with which context, and what a node that ran out of it is spared.
import { expect, test } from "vitest";
import { FakeClock } from "../support/fake-clock.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat, send } from "./caller.ts";

const chats = "/v1/chat/completions";
const gb = 1_000_000_000;
const second = 1_000;

const model = (name: string, more: Partial<HomeNode["models"][number]> = {}) => ({
  name,
  bytes: 6 * gb,
  residentBytes: 6 * gb,
  replyTokens: 2,
  ...more,
});

/** A node where one of two models has room. */
const crowded: HomeNode = {
  kind: "ollama",
  memoryBytes: 10 * gb,
  models: [model("one", { warm: true }), model("two")],
  declares: { devices: [{ memoryBytes: 10 * gb }] },
};

test("F34: two models that do not fit together, alternating clients: at most one swap in 30 s, and both are served", async () => {
  const clock = new FakeClock();
  const home = await startHome({ nodes: { attic: crowded }, clock });
  const names = ["one", "two"] as const;
  const served = { one: 0, two: 0 };
  const asking = new Map<string, Promise<void>>();
  const ask = (name: (typeof names)[number]) => {
    if (asking.has(name)) return;
    const asked = call(home.url, chats, chat(name)).then(({ status }) => {
      expect(status).toBe(200);
      served[name] += 1;
      asking.delete(name);
    });
    asking.set(name, asked);
  };
  for (let at = 0; at < 130; at += 1) {
    for (const name of names) ask(name);
    await Promise.race(asking.values());
    clock.advance(second);
  }
  for (; asking.size > 0; clock.advance(second)) await Promise.race([...asking.values(), new Promise((resolve) => setImmediate(resolve))]);
  const swaps = home.events.flatMap((event) => (event.type === "load-finished" ? [event.at] : []));
  const gaps = swaps.slice(1).map((at, index) => at - (swaps[index] ?? 0));
  expect(swaps.length).toBeGreaterThanOrEqual(4);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(30 * second);
  expect(home.at("attic").record.to("/api/generate").length).toBeLessThanOrEqual(2 * swaps.length);
  expect(Math.min(served.one, served.two)).toBeGreaterThan(30);
});

test("demands 3.12: a smaller num_ctx, or none, reloads nothing; the trace names the client, and a greater one is let through", async () => {
  const home = await startHome({ nodes: { attic: { kind: "ollama", models: [model("m", { contextTokens: 32_768 })] } } });
  const ask = (options?: object) =>
    call(home.url, "/api/chat", {
      model: "m",
      stream: false,
      messages: [{ role: "user", content: "hi" }],
      ...(options === undefined ? {} : { options }),
    });
  expect((await ask({ num_ctx: 8192, seed: 1 })).status).toBe(200);
  expect((await ask({ seed: 1, num_ctx: 2048 })).status).toBe(200);
  expect((await ask()).status).toBe(200);
  const { record } = home.at("attic");
  expect(record.loads).toEqual({ m: 1 });
  const bodies = record.to("/api/chat").map(({ body }): unknown => JSON.parse(body.toString()));
  expect(bodies.slice(1)).toMatchObject([{ options: { num_ctx: 8192 } }, { options: { num_ctx: 8192 } }]);
  const guarded = await home.happened("context-guarded");
  expect(guarded).toMatchObject({ node: "attic", model: "m:latest", wantedTokens: 2048, keptTokens: 8192 });
  expect((await ask({ num_ctx: 16_384 })).status).toBe(200);
  expect(record.loads).toEqual({ m: 2 });
});

test("demands 3.12: with the guard on pass every client has its own context", async () => {
  const home = await startHome({
    nodes: { attic: { kind: "ollama", models: [model("m", { contextTokens: 32_768 })] } },
    config: { catalogue: [{ model: "m", contextGuard: "pass" }] },
  });
  const ask = (tokens: number) =>
    call(home.url, "/api/generate", { model: "m", prompt: "hi", stream: false, options: { num_ctx: tokens } });
  await ask(8192);
  await ask(2048);
  expect(home.at("attic").record.loads).toEqual({ m: 2 });
  expect(home.count("context-guarded")).toBe(0);
});

test("4.3: what a model took at each context is learned from the node's own report", async () => {
  const home = await startHome({ nodes: { attic: { kind: "ollama", models: [model("m", { contextTokens: 32_768 })] } } });
  const ask = (tokens: number) =>
    call(home.url, "/api/generate", { model: "m", prompt: "hi", stream: false, options: { num_ctx: tokens } });
  for (const tokens of [4096, 16_384]) {
    await ask(tokens);
    await home.homeport.engine.poller.probeAfresh(home.node("attic").id);
  }
  expect(home.node("attic").history["m"]?.footprints).toEqual({ "4096": 6 * gb, "16384": 6 * gb });
});

test("F25, 5.8: out of memory: one other node is tried, at most two loads begin, and the node is spared new loads while what is warm there serves", async () => {
  const clock = new FakeClock();
  const starved: HomeNode = {
    kind: "ollama",
    models: [model("big", { loadFault: { fault: "out-of-memory" } }), model("warm", { warm: true }), model("next")],
  };
  const home = await startHome({ nodes: { attic: starved, den: starved, yard: starved }, clock });
  const answer = await call(home.url, chats, chat("big"));
  expect(answer.status).toBe(503);
  const loads = home.count("load-started");
  expect(loads).toBe(2);
  const marked = (["attic", "den", "yard"] as const).filter((id) => home.node(id).pressure !== undefined);
  expect(marked).toHaveLength(2);
  const next = await call(home.url, chats, chat("next"));
  expect(marked).not.toContain(next.headers["x-homeport-node"]);
  for (const id of marked) expect(home.at(id).record.loads["next"]).toBeUndefined();
  expect((await call(home.url, chats, chat("warm"))).status).toBe(200);
  clock.advance(121 * second);
  expect(home.node("attic").pressure?.until ?? 0).toBeLessThan(clock.now());
});

test("F35: a load that stands still is given up after 90 s, and the waiters are served by another node", async () => {
  const clock = new FakeClock();
  const home = await startHome({
    nodes: {
      attic: {
        kind: "llama-server-router",
        models: [model("m", { loadMs: 60_000, loadFault: { fault: "stuck", atFraction: 0.3 } })],
        clock,
      },
      den: { kind: "ollama", models: [model("m")] },
    },
    clock,
    config: { catalogue: [{ model: "m" }], policy: ["name"] },
  });
  const answer = send(home.url, chats, chat("m"));
  await home.at("attic").record.until(() => home.at("attic").loading.length === 1);
  clock.advance(20 * second);
  await home.until(({ loads }) => Object.values(loads).some(({ reported }) => (reported?.fraction ?? 0) >= 0.2));
  clock.advance(91 * second);
  await answer.whole();
  expect([answer.status, answer.headers["x-homeport-node"]]).toEqual([200, "den"]);
  expect(home.entry("attic", "m")?.setAside?.failure.message).toContain("no progress for 90 s");
  await home.at("attic").record.until(() => home.at("attic").loading.length === 0);
});
