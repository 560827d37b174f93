// Health through the whole gateway: what is learned of nodes from traffic and probes, and what requests notice of it.
import { expect, onTestFinished, test } from "vitest";
import { openJournal } from "../../src-core/host/journal.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat, hello, send } from "./caller.ts";

const chats = "/v1/chat/completions";
const twin: HomeNode = { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 3 }] };
const patient = { polling: { activeSeconds: 3600, idleSeconds: 3600 } };

test("F20: a node that fails at once gets under 5 % of the traffic of a busy home, and nobody notices", async () => {
  const slow: HomeNode = { ...twin, slots: 16, models: [{ name: "m", warm: true, replyTokens: 3, firstTokenMs: 25 }] };
  const home = await startHome({ nodes: { attic: { ...slow, declares: { slots: 16 } }, den: { ...slow, declares: { slots: 16 } } } });
  home.at("attic").fault({ fault: "status", status: 503, body: "{}" }, { path: chats });
  const client = async (): Promise<number[]> => {
    const statuses: number[] = [];
    for (let n = 0; n < 100; n += 1) statuses.push((await call(home.url, chats, chat("m"))).status);
    return statuses;
  };
  // No more clients than may be tried again at once, or a first error could be somebody's answer.
  const statuses = (await Promise.all(Array.from({ length: 3 }, client))).flat();
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(home.at("attic").record.to(chats).length).toBeLessThan(statuses.length * 0.05);
});

test("1.8: a node whose chat fails still embeds", async () => {
  const models = [
    { name: "m", warm: true },
    { name: "e", warm: true, capabilities: ["embedding"] as const },
  ];
  const home = await startHome({ nodes: { attic: { kind: "ollama", models } }, config: patient, clock: new FakeClock() });
  home.at("attic").fault({ fault: "status", status: 500, body: '{"error":"broken"}' }, { path: chats });
  for (let n = 0; n < 3; n += 1) expect((await call(home.url, chats, chat("m"))).status).toBe(502);
  expect((await call(home.url, chats, chat("m"))).status).toBe(503);
  expect(home.node("attic").breakers).toMatchObject({ llm: { state: "open" } });
  expect((await call(home.url, "/v1/embeddings", { model: "e", input: "hello" })).status).toBe(200);
  expect((await call(home.url, chats, chat("m"))).status).toBe(503);
});

test("R-7: where every breaker is open the node whose time ends first is asked once, as a probe", async () => {
  const clock = new FakeClock();
  const home = await startHome({ nodes: { attic: twin, den: twin }, config: patient, clock });
  for (const id of ["attic", "den"] as const) home.at(id).fault({ fault: "status", status: 500, body: "{}" }, { path: chats });
  for (let n = 0; n < 3; n += 1) {
    await call(home.url, chats, chat("m"));
    clock.advance(1);
  }
  expect([home.node("attic").breaker.state, home.node("den").breaker.state]).toEqual(["open", "open"]);
  expect((await call(home.url, chats, chat("m"))).status).toBe(503);
  clock.advance(11_000);
  for (const id of ["attic", "den"] as const) home.at(id).clearFaults();
  const before = home.count("attempt-started");
  expect((await call(home.url, chats, chat("m"))).status).toBe(200);
  expect(home.count("attempt-started") - before).toBe(1);
});

test("demands 3.1: streams that their clients abandon give their slots back, all of them, and the next client is served", async () => {
  const home = await startHome({ nodes: { attic: { ...twin, slots: 8, declares: { slots: 8 } } }, config: patient });
  const healed = home.at("attic").fault({ fault: "stall-after", frames: 2 }, { path: chats });
  for (let round = 0; round < 3; round += 1) {
    const streams = Array.from({ length: 8 }, () => send(home.url, chats, chat("m", { stream: true })));
    await Promise.all(streams.map((stream) => stream.until(({ text }) => text !== "")));
    expect(home.node("attic").inFlight).toEqual({ m: 8 });
    for (const stream of streams) stream.leave();
    await home.until(({ nodes }) => Object.keys(nodes["attic"]?.inFlight ?? {}).length === 0);
  }
  healed();
  expect((await call(home.url, chats, chat("m"))).status).toBe(200);
});

test("demands 3.2: a client that left, a stream without its end, a whole answer: three outcomes, and only the last is ok", async () => {
  const home = await startHome({ nodes: { attic: twin }, config: patient });
  const outcomes = () => home.events.flatMap((event) => (event.type === "request-finished" ? [event.outcome] : []));
  const heal = home.at("attic").fault({ fault: "stall-after", frames: 2 }, { path: chats });
  const leaver = await send(home.url, chats, chat("m", { stream: true })).until(({ text }) => text !== "");
  leaver.leave();
  await home.happened("request-finished");
  heal();
  home.at("attic").fault({ fault: "end-after", frames: 2 }, { path: chats, times: 1 });
  await call(home.url, chats, chat("m", { stream: true }));
  await call(home.url, chats, chat("m", { stream: true }));
  expect(outcomes()).toEqual(["client-gone", "incomplete", "ok"]);
});

test.each(["ollama", "llama-server", "llama-server-router", "openai-compatible"] as const)(
  "demands 3.3, 3.4: probes of %s never infer, never load, never unload",
  async (kind) => {
    const models = [
      { name: "m", warm: kind === "llama-server" },
      { name: "e", capabilities: ["embedding"] as const },
    ];
    const home = await startHome({
      nodes: { attic: { kind, models: kind === "llama-server" ? models.slice(0, 1) : models } },
      config: patient,
    });
    for (let n = 0; n < 5; n += 1) await home.homeport.engine.poller.probeAfresh(home.node("attic").id);
    const { record } = home.at("attic");
    expect([record.peakOpen, record.loadCalls, record.unloadCalls]).toEqual([0, {}, {}]);
  },
);

test.each([401, 403])(
  "F24, demands 3.5: a node that answers %d is no candidate until its settings change, however well its probes go",
  async (status) => {
    const clock = new FakeClock();
    const home = await startHome({ nodes: { attic: twin, den: twin }, config: patient, clock });
    const healed = home.at("attic").fault({ fault: "status", status, body: '{"error":"key sk-node-1234"}' }, { path: chats });
    expect((await call(home.url, chats, chat("m"))).headers["x-homeport-node"]).toBe("den");
    clock.advance(10 * 60_000);
    for (const id of ["attic", "den"] as const) await home.homeport.engine.poller.probeAfresh(home.node(id).id);
    expect(home.node("attic").health).toMatchObject({ state: "paused", because: "misconfigured" });
    expect((await call(home.url, chats, chat("m"))).headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "1" });
    expect(home.at("attic").record.to(chats).length).toBe(1);
    healed();
    await home.config.update((document) => ({
      ...document,
      nodes: home.homeport.engine.config.nodes.map((node) => (node.id === "attic" ? { ...node, key: { env: "ATTIC_KEY" } } : node)),
    }));
    await home.until(({ nodes }) => nodes["attic"]?.health.state === "up");
    expect((await call(home.url, chats, chat("m"))).headers["x-homeport-node"]).toBe("attic");
  },
);

test("F24, demands 3.5: a person who says try now is believed once", async () => {
  const home = await startHome({ nodes: { attic: twin, den: twin }, config: patient });
  const healed = home.at("attic").fault({ fault: "status", status: 401, body: "{}" }, { path: chats });
  await call(home.url, chats, chat("m"));
  healed();
  await home.homeport.dispatch("tryNow", { node: "attic" });
  expect(home.node("attic").health.state).toBe("up");
  expect((await call(home.url, chats, chat("m"))).headers["x-homeport-node"]).toBe("attic");
});

test("demands 3.15: a picture never goes to a model that cannot see, not even when the one that can fails", async () => {
  const seeing: HomeNode = { kind: "ollama", models: [{ name: "m", warm: true, capabilities: ["completion", "vision"] }] };
  const blind: HomeNode = { kind: "ollama", models: [{ name: "m", warm: true, capabilities: ["completion"] }] };
  const home = await startHome({ nodes: { attic: seeing, den: blind }, config: patient });
  home.at("attic").fault({ fault: "status", status: 500, body: '{"error":"broken"}' }, { path: chats });
  const picture = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
  const messages = [{ role: "user", content: [{ type: "text", text: "What is this?" }, picture] }];
  expect((await call(home.url, chats, { model: "m", messages })).status).toBe(502);
  expect(home.at("den").record.to(chats).length).toBe(0);
});

test.each([401, 403, 408, 409, 425, 429, 500, 502, 503, 504])("demands 3.16, R-3: a %d of one node is tried on another", async (status) => {
  const home = await startHome({ nodes: { attic: twin, den: twin }, config: patient });
  home.at("attic").fault({ fault: "status", status, body: '{"error":"no"}' }, { path: chats });
  const { headers } = await call(home.url, chats, chat("m"));
  expect(headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "2" });
});

test.each([400, 402, 405, 413, 415, 422])(
  "demands 3.16, R-3: a %d is the answer: no other node is billed for a bad request",
  async (status) => {
    const home = await startHome({ nodes: { attic: twin, den: twin }, config: patient });
    home.at("attic").fault({ fault: "status", status, body: '{"error":"no"}' }, { path: chats });
    expect((await call(home.url, chats, chat("m"))).status).toBe(status);
    expect(home.at("den").record.to(chats).length).toBe(0);
    expect(home.node("attic")).toMatchObject({ breaker: { state: "closed", failures: [] } });
  },
);

test("what was learned of speeds is there again after a restart", async () => {
  const journal = openJournal(":memory:", { info: () => undefined, warn: () => undefined, error: () => undefined });
  onTestFinished(() => journal.close());
  const outlives = { ...journal, close: () => undefined };
  const first = await startHome({ nodes: { attic: twin }, config: patient, journal: outlives });
  await call(first.url, chats, chat("m", { stream: true }));
  await first.happened("figures-learned");
  const { figures } = first.node("attic");
  expect(figures?.["m"]?.firstByteMs).toBeGreaterThan(0);
  await first.stop();
  const second = await startHome({ nodes: { attic: twin }, config: patient, journal: outlives });
  expect(second.node("attic").figures).toEqual(figures);
});

test("demands 3.20: a node that answers every probe and no request gets no work: probes prove the way, not the worker", async () => {
  const clock = new FakeClock();
  const home = await startHome({ nodes: { attic: twin, den: twin }, clock, config: { ...patient, requests: { firstByteSeconds: 10 } } });
  home.at("attic").fault({ fault: "hang" }, { path: chats });
  const { record } = home.at("attic");
  for (let n = 1; n <= 3; n += 1) {
    const hanging = send(home.url, chats, chat("m", { stream: true }));
    await record.until(() => record.to(chats).length === n);
    clock.advance(11_000);
    await hanging.whole();
    clock.advance(61_000);
  }
  for (let n = 0; n < 5; n += 1) {
    await home.homeport.engine.poller.probeAfresh(home.node("attic").id);
    expect(home.node("attic").health.state).toBe("up");
    const { headers } = await call(home.url, "/api/chat", { model: "m", messages: hello, stream: false });
    expect(headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "1" });
  }
  expect(home.node("attic").breaker.state).toBe("open");
});
