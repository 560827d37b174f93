import { expect, test } from "vitest";
import { FakeClock } from "../support/fake-clock.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { type Answer, call, chat, send } from "./caller.ts";

const chats = "/v1/chat/completions";
const lazy: HomeNode = { kind: "ollama", models: [{ name: "cold", loadMs: 150, replyTokens: 2 }] };
const endless: HomeNode = { kind: "ollama", models: [{ name: "cold", loadMs: 600_000, replyTokens: 2 }] };

test("F31: twenty requests at once for a cold model cause one load call, and all are answered", async () => {
  for (const kind of ["ollama", "llama-server-router"] as const) {
    const home = await startHome({ nodes: { attic: { ...lazy, kind } } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => call(home.url, chats, chat("cold"))));
    expect(answers.map(({ status }) => status)).toEqual(new Array(20).fill(200));
    const { record } = home.at("attic");
    expect([record.loadCalls["cold"], record.loads["cold"]]).toEqual([1, 1]);
    expect(home.node("attic").inFlight).toEqual({});
  }
});

test("F31: the window, the tray and the clients share one load", async () => {
  const home = await startHome({ nodes: { attic: lazy } });
  const [asked, byUser] = await Promise.all([
    call(home.url, chats, chat("cold")),
    home.homeport.dispatch("load", { node: "attic", model: "cold:latest" }),
    call(home.url, "/api/generate", { model: "COLD", prompt: "" }),
  ]);
  expect([asked.status, byUser.ok]).toEqual([200, true]);
  expect(home.at("attic").record.loads).toEqual({ cold: 1 });
});

test("F32: of fifty clients one leaves every hundredth of the load: one load call, and whoever stayed is answered", async () => {
  const clock = new FakeClock();
  const home = await startHome({ nodes: { attic: { ...lazy, clock, models: [{ name: "cold", loadMs: 5_000, replyTokens: 2 }] } } });
  const answers = Array.from({ length: 50 }, () => send(home.url, chats, chat("cold")));
  await home.until(({ loads }) => Object.values(loads).some(({ waiters }) => waiters === 50));
  await home.at("attic").record.until(() => home.at("attic").loading.length === 1);
  for (const [index, leaver] of answers.slice(0, 45).entries()) {
    leaver.leave();
    await home.until(({ loads }) => Object.values(loads).every(({ waiters }) => waiters === 49 - index));
    clock.advance(100);
  }
  clock.advance(500);
  const stayed = await Promise.all(answers.slice(45).map((answer) => answer.whole()));
  expect(stayed.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  const { record } = home.at("attic");
  expect([record.loadCalls["cold"], record.loads["cold"], record.cancelledLoads["cold"]]).toEqual([1, 1, undefined]);
  expect(record.to(chats).length).toBe(5);
});

test("F33: when all have left, the load runs on for 30 s, is then cancelled at the node, and the next client gets a load of its own", async () => {
  const clock = new FakeClock();
  const home = await startHome({ nodes: { attic: endless }, clock });
  const only = send(home.url, chats, chat("cold"));
  const { record } = home.at("attic");
  await record.until(() => home.at("attic").loading.length === 1);
  only.leave();
  await home.until(({ loads }) => Object.values(loads).every(({ waiters }) => waiters === 0));
  clock.advance(29_000);
  expect(record.cancelledLoads["cold"]).toBeUndefined();
  clock.advance(1_100);
  await record.until(() => record.cancelledLoads["cold"] === 1);
  const next = send(home.url, chats, chat("cold"));
  await record.until(() => record.loadCalls["cold"] === 2);
  next.leave();
});

test("F33: a client who comes while an abandoned load is being cancelled is not told that its own was", async () => {
  const clock = new FakeClock();
  const home = await startHome({ nodes: { attic: endless }, clock });
  const first = send(home.url, chats, chat("cold"));
  await home.at("attic").record.until(() => home.at("attic").loading.length === 1);
  first.leave();
  await home.until(({ loads }) => Object.values(loads).every(({ waiters }) => waiters === 0));
  const { engine } = home.homeport;
  const node = home.node("attic").id;
  const model = home.entry("attic", "cold")?.id;
  if (model === undefined) throw new Error("The model is listed.");
  clock.advance(30_100);
  // In the very turn in which the first was given up.
  const second = engine.loader.ensure({ node, model, options: {}, by: "user" }, () => undefined);
  const { record } = home.at("attic");
  await record.until(() => record.loadCalls["cold"] === 2);
  expect(engine.loader.cancel(node, model)).toBe(true);
  expect(await second).toMatchObject({ kind: "cancelled" });
});

test("a load that waits behind another on its node is cancelled at once, not when the other has ended", async () => {
  const home = await startHome({
    nodes: { attic: { kind: "ollama", models: [{ name: "slow", loadMs: 600_000 }, { name: "next" }] } },
  });
  const slow = send(home.url, chats, chat("slow"));
  await home.at("attic").record.until(() => home.at("attic").loading.length === 1);
  const waiting = send(home.url, chats, chat("next"));
  await home.until(({ loads }) => Object.values(loads).some(({ stage, waiters }) => stage === "queued" && waiters === 1));
  expect(await home.homeport.dispatch("cancelLoad", { node: "attic", model: "next" })).toMatchObject({ ok: true });
  await waiting.whole();
  expect(waiting.json).toMatchObject({ error: { code: "cancelled" } });
  expect(Object.values(home.homeport.engine.fleet.loads).map(({ model }) => model)).toEqual(["slow:latest"]);
  expect(home.at("attic").record.loadCalls["next"]).toBeUndefined();
  slow.leave();
});

test("a node that is removed while it loads: its waiters are served elsewhere, not told that somebody cancelled", async () => {
  const home = await startHome({ nodes: { attic: endless, den: { ...lazy, models: [{ name: "cold", replyTokens: 2 }] } } });
  const answer = send(home.url, chats, chat("cold"));
  await home.at("attic").record.until(() => home.at("attic").loading.length === 1);
  await home.homeport.dispatch("removeNode", { node: "attic" });
  await answer.whole();
  expect(answer.headers).toMatchObject({ "x-homeport-node": "den" });
  expect(answer.status).toBe(200);
});

test("F30: a node that dies while it loads: the waiters go to another node", async () => {
  const home = await startHome({ nodes: { attic: endless, den: { ...lazy, models: [{ name: "cold", replyTokens: 2 }] } } });
  const waiting = [1, 2, 3].map(() => send(home.url, chats, chat("cold")));
  await home.at("attic").record.until(() => home.at("attic").loading.length === 1);
  await home.until(({ loads }) => Object.values(loads).some(({ waiters }) => waiters === 3));
  await home.at("attic").kill();
  const answers = await Promise.all(waiting.map((answer: Answer) => answer.whole()));
  expect(answers.map(({ status, headers }) => [status, headers["x-homeport-node"]])).toEqual(new Array(3).fill([200, "den"]));
  expect(home.at("den").record.loadCalls["cold"]).toBe(1);
});

test("F37: a model that is unloaded under a request lets the request finish, and is gone afterwards", async () => {
  const home = await startHome({
    nodes: { attic: { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 8, tokensPerSecond: 100 }] } },
  });
  const answer = send(home.url, chats, chat("m", { stream: true }));
  await answer.until(({ text }) => text !== "");
  expect(await home.homeport.dispatch("unload", { node: "attic", model: "m" })).toMatchObject({ ok: true });
  await answer.whole();
  expect(answer.text).toContain("[DONE]");
  const { record } = home.at("attic");
  await record.until(() => record.unloads["m"] === 1);
  await home.homeport.engine.poller.probeAfresh(home.node("attic").id);
  expect(home.entry("attic", "m")?.residency.state).toBe("cold");
});

test("F37: a router that kills the model instead ends the answer with an error, never silently", async () => {
  const home = await startHome({
    nodes: { attic: { kind: "llama-server-router", models: [{ name: "m", warm: true, replyTokens: 1000, tokensPerSecond: 100 }] } },
  });
  const answer = send(home.url, chats, chat("m", { stream: true }));
  await answer.until(({ text }) => text.split("\n\n").length > 4);
  const gone = home.homeport.dispatch("unload", { node: "attic", model: "m" });
  await home.at("attic").kill();
  await Promise.all([answer.whole(), gone]);
  expect(answer.text).toContain('"error"');
  expect(answer.text).not.toContain("[DONE]");
});

test("F38: what a node loads or evicts behind our back is seen with the next probe", async () => {
  const home = await startHome({
    nodes: {
      attic: {
        kind: "ollama",
        maxLoaded: 1,
        models: [
          { name: "one", warm: true, replyTokens: 1 },
          { name: "two", replyTokens: 1 },
        ],
      },
    },
  });
  await call(home.at("attic").url, "/api/generate", { model: "two", prompt: "" });
  await home.homeport.engine.poller.probeAfresh(home.node("attic").id);
  expect([home.entry("attic", "one")?.residency.state, home.entry("attic", "two")?.residency.state]).toEqual(["cold", "warm"]);
});

test("F38: a request that meets a model evicted meanwhile waits for the node's own load; it is no timeout and counts nothing", async () => {
  const clock = new FakeClock();
  const home = await startHome({
    nodes: { attic: { kind: "ollama", clock, models: [{ name: "m", warm: true, loadMs: 90_000, replyTokens: 2 }] } },
    clock,
    config: { polling: { activeSeconds: 3600, idleSeconds: 3600 } },
  });
  await call(home.at("attic").url, "/api/generate", { model: "m", keep_alive: 0 });
  const answer = send(home.url, chats, chat("m", { stream: true }));
  await home.at("attic").record.until(() => home.at("attic").loading.length === 1);
  await home.homeport.engine.poller.probeAfresh(home.node("attic").id);
  clock.advance(80_000);
  clock.advance(20_000);
  await answer.whole();
  expect([answer.status, answer.headers["x-homeport-attempts"]]).toEqual([200, "1"]);
  expect(answer.text).toContain("[DONE]");
  expect(home.node("attic").breaker).toMatchObject({ state: "closed", failures: [] });
});

const gb = 1_000_000_000;
/** Of such models 10 GB hold one. */
const sixGigabytes = { bytes: 6 * gb, residentBytes: 6 * gb, replyTokens: 40 };

test("demands 3.10: a model makes room for another only where the plan shows that it then fits, and while it is in use it is waited for", async () => {
  const model = (name: string, warm: boolean) => ({ ...sixGigabytes, name, warm, tokensPerSecond: 100 });
  const home = await startHome({
    nodes: {
      attic: {
        kind: "ollama",
        memoryBytes: 10 * gb,
        models: [model("old", true), model("new", false)],
        declares: { devices: [{ memoryBytes: 10 * gb }] },
      },
    },
  });
  const busy = send(home.url, chats, chat("old", { stream: true }));
  await busy.until(({ text }) => text !== "");
  const waiting = call(home.url, chats, chat("new"));
  await home.until(({ loads }) => Object.values(loads).some(({ stage }) => stage === "evicting"));
  expect(home.at("attic").record.unloadCalls["old"]).toBeUndefined();
  await busy.whole();
  expect(busy.text).toContain("[DONE]");
  expect((await waiting).status).toBe(200);
  expect(home.at("attic").inMemory).toEqual(["new"]);
});

test("UX-29: a load is cancelled while it waits for its turn, makes room and loads; each who waits for it is told so by name, and nothing is left", async () => {
  const model = (name: string, warm: boolean) => ({ ...sixGigabytes, name, warm, tokensPerSecond: 20 });
  const home = await startHome({
    nodes: {
      attic: {
        kind: "ollama",
        memoryBytes: 10 * gb,
        models: [model("old", true), { ...model("new", false), loadMs: 600_000 }, { name: "next", bytes: 1 }],
        declares: { devices: [{ memoryBytes: 10 * gb }] },
      },
    },
  });
  const stageOf = (name: string) => Object.values(home.homeport.engine.fleet.loads).find((load) => load.model.startsWith(name))?.stage;
  const cancelAt = async (name: string, stage: string) => {
    const waiters = [send(home.url, chats, chat(name)), send(home.url, chats, chat(name))];
    await home.until(({ loads }) => Object.values(loads).some((load) => load.model.startsWith(name) && load.waiters === 2));
    await home.until(() => stageOf(name) === stage);
    expect(await home.homeport.dispatch("cancelLoad", { node: "attic", model: name })).toEqual({ ok: true, output: {} });
    for (const waiter of waiters) {
      await waiter.whole();
      expect([waiter.status, waiter.json]).toEqual([
        499,
        {
          error: expect.objectContaining({ code: "cancelled", message: expect.stringMatching(`Loading ${name}.* on attic was cancelled`) }),
        },
      ]);
    }
    await home.until(() => stageOf(name) === undefined);
  };
  const busy = send(home.url, chats, chat("old", { stream: true }));
  await busy.until(({ text }) => text !== "");
  await cancelAt("new", "evicting");
  expect(home.at("attic").record.loadCalls["new"]).toBeUndefined();
  await busy.whole();
  await home.homeport.dispatch("unload", { node: "attic", model: "old" });
  const first = send(home.url, chats, chat("new"));
  await home.until(() => stageOf("new") === "loading");
  await cancelAt("next", "queued");
  first.leave();
  await home.until(({ loads }) => Object.values(loads).every(({ waiters }) => waiters === 0));
  await cancelAt("new", "loading");
  await home.at("attic").record.until(() => home.at("attic").record.cancelledLoads["new"] === 1);
});
