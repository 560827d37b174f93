import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Fault } from "../../src-core/simulator/faults.ts";
import { post, RawClient } from "../ingress/raw-client.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat, send } from "./caller.ts";
import { beginEvents, chunk, startRawNode } from "./raw-node.ts";

const chats = "/v1/chat/completions";
const attic: HomeNode = {
  kind: "llama-server",
  models: [{ name: "m", replyTokens: 3 }],
  slots: 4,
  declares: { slots: 1 },
};

/** R-13 asks for 50 ms; a busy machine may take longer, a forgotten abort takes for ever. */
const promptlyMs = 250;

test.each<readonly [string, Fault, number, boolean]>([
  ["before the node answers (B), streaming", { fault: "hang" }, 0, true],
  ["before the node answers (B), whole", { fault: "hang" }, 0, false],
  ["after the role frame (C)", { fault: "stall-after", frames: 1 }, 1, true],
  ["in the middle (D)", { fault: "stall-after", frames: 3 }, 3, true],
])("F40: a client that leaves %s frees the node within moments, and its slot", async (_, fault, frames, stream) => {
  const home = await startHome({ nodes: { attic } });
  const { record } = home.at("attic");
  const healed = home.at("attic").fault(fault, { path: chats });
  const leaver = send(home.url, chats, chat("m", { stream }));
  await record.until(() => record.to(chats).some(({ framesSent, body }) => framesSent >= frames && body.length > 0));
  if (frames > 1) await leaver.until(({ text }) => text !== "");
  const left = performance.now();
  leaver.leave();
  await record.until(() => record.to(chats)[0]?.abortedAt !== undefined);
  expect((record.to(chats)[0]?.abortedAt ?? 0) - left).toBeLessThan(promptlyMs);
  expect(await home.happened("request-finished")).toMatchObject({ outcome: "client-gone" });
  healed();
  expect(home.node("attic").inFlight).toEqual({});
  expect((await call(home.url, chats, chat("m"))).status).toBe(200);
  expect(home.node("attic").breaker).toMatchObject({ failures: [] });
});

test("F40: a client that leaves the queue never reaches the node, and nobody behind it waits longer", async () => {
  const home = await startHome({ nodes: { attic } });
  const { record } = home.at("attic");
  const healed = home.at("attic").fault({ fault: "hang" }, { path: chats, times: 1 });
  const first = send(home.url, chats, chat("m"));
  await record.until(() => record.open === 1);
  const leaver = send(home.url, chats, chat("m", { user: "leaver" }));
  await home.until(() => home.count("request-queued") === 1);
  const last = send(home.url, chats, chat("m", { user: "last" }));
  await home.until(() => home.count("request-queued") === 2);
  leaver.leave();
  await home.happened("request-finished", ({ outcome }) => outcome === "client-gone");
  healed();
  first.leave();
  expect((await last.whole()).status).toBe(200);
  expect(record.to(chats).map(({ body }) => /"user":"(\w+)"/.exec(body.toString())?.[1])).toEqual([undefined, "last"]);
  expect(home.node("attic").inFlight).toEqual({});
});

test("F41: a client that stops reading pauses the node; it goes on when the client does, and nothing is lost", async () => {
  const clock = new FakeClock();
  const frames = 4_000;
  const frame = chunk({ content: "x".repeat(8_000) });
  let poured = 0;
  const raw = await startRawNode("raw", (response) => {
    beginEvents(response);
    const pour = () => {
      let room = true;
      for (; room && poured < frames; poured += 1) room = response.write(frame);
      if (poured < frames) response.once("drain", pour);
      else response.end("data: [DONE]\n\n");
    };
    pour();
  });
  const home = await startHome({ nodes: {}, clock, config: { nodes: [raw.config], requests: { clientStallSeconds: 77 } } });
  const answer = send(home.url, chats, chat("m", { stream: true }));
  await answer.until(({ text }) => text !== "");
  answer.pause();
  await clock.sleepingFor(77_000);
  // Several hundred turns: whoever buffers instead of pausing has swallowed all of it by then.
  for (let n = 0; n < 300; n++) await turn();
  expect(poured).toBeLessThan(frames);
  answer.resume();
  expect(await answer.ended).toBe("complete");
  expect(answer.text).toBe(`${frame.repeat(frames)}data: [DONE]\n\n`);
});

test("F41: a client that never reads again is cut after the limit, and the node is freed", async () => {
  const clock = new FakeClock();
  let closed = false;
  const raw = await startRawNode("raw", (response) => {
    response.once("close", () => {
      closed = true;
    });
    beginEvents(response);
    const pour = () => {
      while (!closed && response.write(chunk({ content: "x".repeat(8_000) })));
      if (!closed) response.once("drain", pour);
    };
    pour();
  });
  const requests = { clientStallSeconds: 77, betweenChunksSeconds: 86_400, deadlineSeconds: 86_400 };
  const home = await startHome({ nodes: {}, clock, config: { nodes: [raw.config], requests, polling: { activeSeconds: 86_400 } } });
  const answer = send(home.url, chats, chat("m", { stream: true }));
  await answer.until(({ text }) => text !== "");
  answer.pause();
  await clock.sleepingFor(77_000);
  while (!closed) {
    clock.advance(1_000);
    await turn();
  }
  expect(await home.happened("request-finished")).toMatchObject({ outcome: "client-gone" });
  expect(Object.values(home.homeport.engine.fleet.nodes).map(({ inFlight, breaker }) => [inFlight, breaker.state])).toEqual([
    [{}, "closed"],
  ]);
});

test("F42: a client that closes its half after asking is still served", async () => {
  const home = await startHome({ nodes: { attic: { ...attic, models: [{ name: "m", replyTokens: 3, firstTokenMs: 40 }] } } });
  const client = new RawClient(home.port).send(post(home.port, chats, JSON.stringify(chat("m"))));
  client.socket.end();
  expect((await client.answer()).status).toBe(200);
  client.close();
});
