// This computer sleeps in the middle of its work, or changes its network: what clients, nodes and people notice of it.
import { expect, test } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import { AttemptId, ModelId, RequestId } from "../../src-core/contract/ids.ts";
import type { ThisComputer } from "../../src-core/engine/ports.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat, send } from "./caller.ts";

const chats = "/v1/chat/completions";
const twin: HomeNode = { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 3 }] };
const patient = { polling: { activeSeconds: 3600, idleSeconds: 3600 } };
const sleptMs = 600_000;

async function laptop(nodes: Readonly<Record<string, HomeNode>>) {
  const clock = new FakeClock();
  const network = { name: "home" };
  const thisComputer: ThisComputer = { wake: async () => undefined, networks: () => network.name, zone: "UTC" };
  const home = await startHome({ thisComputer, clock, nodes, config: patient });
  /** Asleep for ten minutes, and awake until the next look. */
  const sleep = () => {
    clock.suspend(sleptMs);
    clock.advance(5_000);
  };
  return { home, clock, network, sleep };
}

test("F51: a stream that slept ends with an error frame and no terminator; one that was not answered yet is asked again and answered", async () => {
  const { home, sleep } = await laptop({ attic: { ...twin, slots: 4, declares: { slots: 4 } } });
  const heal = home.at("attic").fault({ fault: "stall-after", frames: 2 }, { path: chats, times: 1 });
  const stream = await send(home.url, chats, chat("m", { stream: true })).until(({ text }) => text !== "");
  heal();
  const hang = home.at("attic").fault({ fault: "hang" }, { path: chats, times: 1 });
  const silent = send(home.url, chats, chat("m"));
  await home.until(({ nodes }) => Object.values(nodes["attic"]?.inFlight ?? {})[0] === 2);
  const { record } = home.at("attic");
  await record.until(() => record.to(chats).length === 2);
  hang();
  sleep();
  await stream.whole();
  expect(stream.text).toContain('"code":"interrupted"');
  expect(stream.text).not.toContain("[DONE]");
  expect((await silent.whole()).status).toBe(200);
  expect(home.node("attic").breaker).toEqual({ state: "closed", failures: [] });
  expect(home.events.find((event) => event.type === "machine-resumed")).toMatchObject({ because: "sleep", sleptMs });
});

test("F51, demands 3.19: after sleep every node is asked first, on new connections, and open breakers are half-open", async () => {
  const { home, sleep } = await laptop({ attic: { ...twin, proxied: true }, den: { ...twin, proxied: true } });
  home.at("attic").fault({ fault: "status", status: 500, body: "{}" }, { path: chats });
  home.at("den").fault({ fault: "status", status: 500, body: "{}" }, { path: chats });
  for (let n = 0; n < 3; n += 1) await call(home.url, chats, chat("m"));
  expect([home.node("attic").breaker.state, home.node("den").breaker.state]).toEqual(["open", "open"]);
  const probes = home.count("probe-answered");
  const connections = home.proxy("attic").accepted;
  sleep();
  expect([home.node("attic").breaker.state, home.node("den").breaker.state]).toEqual(["half-open", "half-open"]);
  await home.until(() => home.count("probe-answered") >= probes + 2);
  expect(home.proxy("attic").accepted).toBeGreaterThan(connections);
});

test("F51: whoever opened a breaker by hand keeps it open over a sleep", async () => {
  const { home, sleep } = await laptop({ attic: twin });
  await home.homeport.dispatch("tripBreaker", { node: "attic" });
  sleep();
  expect(home.node("attic").breaker.state).toBe("open");
});

test("UX-18, F51: after sleep with five dead nodes nobody is told anything for 30 s, and then of all of them at once", async () => {
  const nodes = { attic: twin, den: twin, shed: twin, loft: twin, barn: twin };
  const { home, clock, sleep } = await laptop(nodes);
  sleep();
  const { store, notices } = home.homeport.engine;
  for (const id of ["attic", "den", "shed", "loft", "barn"] as const) {
    for (let n = 0; n < 3; n += 1) {
      const { id: node } = home.node(id);
      const ids = { node, model: ModelId.parse("m"), request: RequestId.parse("r"), attempt: AttemptId.parse(`a-${id}-${n}`) };
      store.record({ type: "attempt-started", at: clock.now(), ...ids });
      store.record({
        type: "attempt-finished",
        at: clock.now(),
        ...ids,
        verdict: "bad",
        failure: fail("connect-failed", "Nobody is there."),
      });
    }
  }
  clock.advance(29_000);
  expect(notices.inbox).toEqual([]);
  clock.advance(6_000);
  expect(notices.inbox.map(({ title }) => title)).toEqual(["5 nodes are out of service"]);
});

test("F53: a changed network keeps the streams that live, and gives new calls new connections", async () => {
  const { home, clock, network } = await laptop({ attic: { ...twin, slots: 4, proxied: true, declares: { slots: 4 } } });
  const heal = home.at("attic").fault({ fault: "stall-after", frames: 2 }, { path: chats, times: 1 });
  const stream = await send(home.url, chats, chat("m", { stream: true })).until(({ text }) => text !== "");
  heal();
  network.name = "hotel";
  clock.advance(5_000);
  expect(home.events.find((event) => event.type === "machine-resumed")).toMatchObject({ because: "network" });
  expect((await call(home.url, chats, chat("m"))).status).toBe(200);
  expect(home.count("request-finished")).toBe(1);
  expect(Object.values(home.node("attic").inFlight)).toEqual([1]);
  stream.leave();
  await home.until(({ nodes }) => Object.keys(nodes["attic"]?.inFlight ?? {}).length === 0);
});
