// Sleeping machines through the whole gateway. A fault proxy that swallows everything is the suspended host: its sockets seem to live, and nothing
// answers. A real magic packet on a loopback socket is what wakes it.
import { createSocket } from "node:dgram";
import { expect, onTestFinished, test } from "vitest";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { WakeTarget } from "../../src-core/contract/node-hours.ts";
import type { ThisComputer } from "../../src-core/engine/ports.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { magicPacket, sendWake } from "../../src-core/host/wake.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type Home, type HomeNode, type HomeOptions, startHome } from "../support/gateway.ts";
import { call, chat, send } from "./caller.ts";

const chats = "/v1/chat/completions";
const mac = "3c:52:82:0a:1b:2c";
const twin: HomeNode = { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 3 }] };
const thisComputer: ThisComputer = { wake: sendWake, networks: () => "home", zone: "UTC" };
const second = { polling: { activeSeconds: 1, idleSeconds: 1, timeoutSeconds: 1 } };

/** The network card of a sleeping machine: hears magic packets for its address, and tells. */
async function networkCard() {
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  const wakes: (() => void)[] = [];
  const card = { packets: 0, onWake: (wake: () => void) => void wakes.push(wake) };
  socket.on("message", (packet) => {
    if (!packet.equals(magicPacket(mac))) return;
    card.packets += 1;
    for (const wake of wakes.splice(0)) wake();
  });
  await new Promise<void>((resolve) => void socket.bind(0, "127.0.0.1", resolve));
  return { card, wake: WakeTarget.parse({ mac, broadcast: "127.0.0.1", port: socket.address().port }) };
}

/** A house whose attic sleeps, and is known to. */
async function sleepingAttic(
  more: { readonly others?: Record<string, HomeNode>; readonly attic?: HomeNode } & Partial<HomeOptions<string>> = {},
) {
  const { card, wake } = await networkCard();
  const { others = {}, attic = twin, ...options } = more;
  const home = await startHome({
    thisComputer,
    ...options,
    nodes: { attic: { ...attic, proxied: true, declares: { wake } }, ...others },
    config: { ...second, ...options.config },
  });
  const sleep = async () => {
    home.proxy("attic").blackhole();
    home.proxy("attic").cut();
    await home.homeport.engine.poller.probeAfresh(home.node("attic").id);
    await home.until(({ nodes }) => nodes["attic"]?.health.state === "asleep");
  };
  await sleep();
  card.onWake(() => home.proxy("attic").clear());
  return { home, card, sleep };
}

const decisions = (home: Home<string>) => home.events.flatMap((event) => (event.type === "route-decided" ? [event.decision] : []));

test("demands 5: a request wakes the machine it needs with a magic packet, waits for it, and its trace says so", async () => {
  const { home, card } = await sleepingAttic();
  expect(home.node("attic").health).toMatchObject({ state: "asleep", because: { kind: "first-byte-timeout" } });
  const answer = await call(home.url, chats, chat("m"));
  expect(answer.status).toBe(200);
  expect(card.packets).toBeGreaterThan(0);
  expect(Number(answer.headers["x-homeport-wake-ms"])).toBeGreaterThan(0);
  expect(decisions(home)[0]?.candidates).toEqual([{ node: "attic", model: "m:latest", readiness: "asleep" }]);
  expect(home.homeport.engine.chronicle.activity.latest(1)[0]).toMatchObject({ outcome: "ok", wakeMs: expect.any(Number) });
});

test("demands 5: twenty requests for a machine that sleeps cause one wake, and all are answered", async () => {
  const { home } = await sleepingAttic({ attic: { ...twin, slots: 20 } });
  const answers = await Promise.all(Array.from({ length: 20 }, () => call(home.url, chats, chat("m"))));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(home.count("wake-started")).toBe(1);
});

test("demands 5: it goes to whoever is awake and has it, and no packet is sent", async () => {
  const { home, card } = await sleepingAttic({ others: { den: twin } });
  const answer = await call(home.url, chats, chat("m"));
  expect(answer.headers["x-homeport-node"]).toBe("den");
  expect(card.packets).toBe(0);
  expect(
    decisions(home)
      .at(-1)
      ?.candidates.map(({ node, readiness }) => `${node} ${readiness}`),
  ).toEqual(["den warm", "attic asleep"]);
});

test("demands 5: a request that cannot wait so long is told so, with the machine's learned time, and wakes nobody", async () => {
  const journal = openJournal(":memory:", { info: () => {}, warn: () => {}, error: () => {} });
  journal.recordWakes(NodeId.parse("attic"), [112_000]);
  const { home, card } = await sleepingAttic({ journal, config: { requests: { deadlineSeconds: 30 } } });
  const answer = await call(home.url, chats, chat("m"));
  expect(answer.status).toBe(503);
  expect(answer.text).toContain("takes about 112 s to wake");
  expect(card.packets).toBe(0);
});

test("demands 5: a client that leaves while it waits for a machine is let go, and the machine wakes all the same", async () => {
  const { card, wake } = await networkCard();
  const home = await startHome({ thisComputer, nodes: { attic: { ...twin, proxied: true, declares: { wake } } }, config: second });
  home.proxy("attic").blackhole();
  home.proxy("attic").cut();
  await home.until(({ nodes }) => nodes["attic"]?.health.state === "asleep");
  const leaver = send(home.url, chats, chat("m"));
  await home.happened("request-waking");
  leaver.leave();
  expect((await home.happened("request-finished")).outcome).toBe("client-gone");
  expect(card.packets).toBeLessThan(3);
  home.proxy("attic").clear();
  await home.happened("wake-finished", ({ failure }) => failure === undefined);
});

test("demands 5: the button wakes it, and scripts with it", async () => {
  const { home, card } = await sleepingAttic();
  expect(await home.homeport.dispatch("wakeNode", { node: "attic" })).toEqual({ ok: true, output: {} });
  expect(card.packets).toBeGreaterThan(0);
  expect(home.node("attic").health.state).toBe("up");
  expect(await home.homeport.dispatch("wakeNode", { node: "cellar" })).toMatchObject({ ok: false, failure: { kind: "not-found" } });
});

test("demands 3.17: a suspended host that keeps its sockets is found asleep by its silence, and up by its answer", async () => {
  const clock = new FakeClock();
  const { wake } = await networkCard();
  const home = await startHome({
    thisComputer,
    clock,
    nodes: { attic: { ...twin, proxied: true, declares: { wake } } },
    config: { polling: { activeSeconds: 3600, idleSeconds: 3600, timeoutSeconds: 2 } },
  });
  const swallow = home.proxy("attic").add({ toxic: "timeout", ms: 0 });
  const probing = home.homeport.engine.poller.probe(home.node("attic").id);
  await clock.sleepingFor(2_000);
  clock.advance(2_000);
  await probing;
  expect(home.proxy("attic").open).toBeGreaterThan(0);
  expect(home.node("attic").health.state).toBe("asleep");
  swallow();
  home.proxy("attic").cut();
  await home.homeport.engine.poller.probeAfresh(home.node("attic").id);
  expect(home.node("attic").health.state).toBe("up");
});

test("a machine whose server only refuses is awake: it is down, not asleep, and no packet is sent for it", async () => {
  const { card, wake } = await networkCard();
  const home = await startHome({ thisComputer, nodes: { attic: { ...twin, proxied: true, declares: { wake } } }, config: second });
  await home.proxy("attic").refuse();
  await home.until(({ nodes }) => nodes["attic"]?.health.state === "down");
  expect((await call(home.url, chats, chat("m"))).status).toBe(503);
  expect(card.packets).toBe(0);
});

test("demands 21: what is drained, lent or in its quiet hours takes no requests, each in its own words", async () => {
  const always = [{ from: "00:00", to: "00:00" }];
  const home = await startHome({
    thisComputer,
    nodes: {
      attic: { ...twin, declares: { drained: true } },
      den: { ...twin, declares: { quietHours: always } },
      shed: twin,
    },
    config: second,
  });
  expect((await call(home.url, chats, chat("m"))).headers["x-homeport-node"]).toBe("shed");
  await home.homeport.dispatch("lendNode", { node: "shed", minutes: 15 });
  const answer = await call(home.url, chats, chat("m"));
  expect(answer.status).toBe(503);
  expect(answer.text).toContain("drained");
  expect(answer.text).toContain("quiet hours");
  expect(answer.text).toContain("lent to something else for 15 min");
  await home.homeport.dispatch("returnNode", { node: "shed" });
  expect((await call(home.url, chats, chat("m"))).status).toBe(200);
});

test("demands 21: freeing a GPU waits for what runs there, then unloads everything, and it comes back by itself", async () => {
  const clock = new FakeClock();
  const models = [
    { name: "m", warm: true, replyTokens: 3 },
    { name: "n", warm: true },
  ];
  const home = await startHome({
    thisComputer,
    clock,
    nodes: { attic: { kind: "ollama", models } },
    config: { polling: { activeSeconds: 3600, idleSeconds: 3600 } },
  });
  const heal = home.at("attic").fault({ fault: "stall-after", frames: 2 }, { path: chats });
  const running = await send(home.url, chats, chat("m", { stream: true })).until(({ text }) => text !== "");
  await home.homeport.dispatch("lendNode", { node: "attic", minutes: 60 });
  expect(home.count("unload-started")).toBe(0);
  heal();
  running.leave();
  await home.until(({ nodes }) => Object.values(nodes["attic"]?.models ?? {}).every(({ residency }) => residency.state === "cold"));
  expect(home.at("attic").record.unloadCalls).toEqual({ m: 1, n: 1 });
  expect((await call(home.url, chats, chat("m"))).status).toBe(503);
  clock.advance(3_600_000);
  expect(home.node("attic").lent).toBeUndefined();
});

test("demands 21: before work the machine is woken and the model loaded, so that the first request finds it warm", async () => {
  const clock = new FakeClock(Date.UTC(2026, 10, 23, 8, 43, 50));
  const { card, wake } = await networkCard();
  const attic: HomeNode = {
    kind: "ollama",
    models: [{ name: "m" }],
    proxied: true,
    declares: { wake, warmAt: [{ model: ModelId.parse("m"), at: "08:45", days: ["mon"] }] },
  };
  const home = await startHome({
    thisComputer,
    clock,
    nodes: { attic },
    config: { polling: { activeSeconds: 3600, idleSeconds: 3600, timeoutSeconds: 2 } },
  });
  home.proxy("attic").blackhole();
  home.proxy("attic").cut();
  const probing = home.homeport.engine.poller.probe(home.node("attic").id);
  await clock.sleepingFor(2_000);
  clock.advance(2_000);
  await probing;
  expect(home.node("attic").health.state).toBe("asleep");
  card.onWake(() => home.proxy("attic").clear());
  clock.advance(30_000);
  await home.happened("load-finished", ({ failure }) => failure === undefined);
  expect(home.node("attic").models["m"]?.residency.state).toBe("warm");
  expect(home.events.find((event) => event.type === "wake-started")).toMatchObject({ by: "schedule" });
});
