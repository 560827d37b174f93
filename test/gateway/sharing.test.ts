import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { FakeClock } from "../support/fake-clock.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat, send } from "./caller.ts";
import { startRawNode } from "./raw-node.ts";

const chats = "/v1/chat/completions";
const brief = { name: "m", warm: true, replyTokens: 4, tokensPerSecond: 200 };

const userOf = (body: Buffer) => Number(/"user":"(\d+)"/.exec(body.toString())?.[1]);

test("requests for a busy model are served in the order in which they came; nobody overtakes", async () => {
  const home = await startHome({ nodes: { attic: { kind: "ollama", models: [brief], declares: { slots: 1 } } } });
  const waiting = [];
  for (let n = 0; n < 12; n++) {
    const before = home.count("request-received");
    waiting.push(send(home.url, chats, chat("m", { user: String(n) })));
    await home.until(() => home.count("request-received") > before);
  }
  await Promise.all(waiting.map((answer) => answer.whole()));
  const { record } = home.at("attic");
  expect(record.to(chats).map(({ body }) => userOf(body))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(record.peakOpen).toBe(1);
});

test("no more requests than slots are ever at a node, whatever arrives", async () => {
  const home = await startHome({ nodes: { attic: { kind: "ollama", slots: 8, models: [brief], declares: { slots: 3 } } } });
  const answers = await Promise.all(Array.from({ length: 30 }, () => call(home.url, chats, chat("m"))));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(home.at("attic").record.peakOpen).toBe(3);
});

test("demands 3.13: undeclared slots are learned: a node that serves four at once is given about as many, never a flood into its hidden queue", async () => {
  // Answers of different lengths, as people's are: equal ones would march in step and prove little.
  const steady = { ...brief, replyTokens: 60, firstTokenMs: 140 };
  const home = await startHome({ nodes: { attic: { kind: "ollama", slots: 4, models: [steady] } } });
  await Promise.all(
    Array.from({ length: 24 }, (_, n) => call(home.url, chats, chat("m", { stream: true, max_tokens: 4 + ((n * 17) % 53) }))),
  );
  // Two requests may overtake each other on the wire, which looks like one slot more than there is.
  expect([3, 4, 5]).toContain(home.node("attic").learnedSlots["m"]);
  expect(home.at("attic").record.peakOpen).toBeLessThanOrEqual(6);
});

test("a slot that comes free is given to whoever waits for the model under another of its names, at once", async () => {
  const first = Promise.withResolvers<ServerResponse>();
  const raw = await startRawNode("raw", (response, nth) => {
    if (nth === 1) first.resolve(response);
    else response.writeHead(200, { "content-type": "application/json" }).end('{"choices":[]}');
  });
  // Nobody moves this clock: whoever has to wait for a timer waits for ever.
  const home = await startHome({
    nodes: {},
    clock: new FakeClock(),
    config: { nodes: [{ ...raw.config, kind: "llama-server", slots: 1 }] },
  });
  const one = send(home.url, chats, chat("m"));
  const held = await first.promise;
  const two = send(home.url, chats, chat("also-m"));
  await home.happened("request-queued");
  held.writeHead(200, { "content-type": "application/json" }).end('{"choices":[]}');
  expect([(await one.whole()).status, (await two.whole()).status]).toEqual([200, 200]);
});

test("two nodes with the model warm share the work", async () => {
  const node: HomeNode = { kind: "ollama", models: [brief], declares: { slots: 1 } };
  const home = await startHome({ nodes: { attic: node, den: node } });
  await Promise.all(Array.from({ length: 20 }, () => call(home.url, chats, chat("m"))));
  const [atAttic, atDen] = [home.at("attic").record.to(chats).length, home.at("den").record.to(chats).length];
  expect(atAttic + atDen).toBe(20);
  expect(Math.min(atAttic, atDen)).toBeGreaterThanOrEqual(7);
});

test("a waiter that can be served by a node that comes free is not held back by one that can not", async () => {
  const home = await startHome({
    nodes: {
      attic: { kind: "ollama", models: [{ ...brief, replyTokens: 100_000 }], declares: { slots: 1 } },
      den: { kind: "ollama", models: [brief], declares: { slots: 1 } },
    },
  });
  const long = send(home.url, chats, chat("m", { stream: true }));
  await long.until(({ text }) => text !== "");
  const answers = await Promise.all(Array.from({ length: 5 }, () => call(home.url, chats, chat("m"))));
  expect(answers.map(({ headers }) => headers["x-homeport-node"])).toEqual(new Array(5).fill("den"));
  long.leave();
});

test("a request that waits past its deadline is told so, and its place is freed", async () => {
  const home = await startHome({
    nodes: { attic: { kind: "ollama", models: [{ ...brief, replyTokens: 100_000 }], declares: { slots: 1 } } },
  });
  const long = send(home.url, chats, chat("m", { stream: true }));
  await long.until(({ text }) => text !== "");
  const late = await call(home.url, chats, chat("m"), { "x-homeport-deadline-ms": "80" });
  expect(late.status).toBe(504);
  expect(late.json).toMatchObject({ error: { code: "deadline_exceeded" } });
  long.leave();
});

test("F39: one server under two addresses is listed once, loaded once and counted once", async () => {
  const home = await startHome({ nodes: { attic: { kind: "ollama", slots: 4, models: [brief], declares: { slots: 1 } } } });
  const { port } = new URL(home.at("attic").url);
  const added = await home.homeport.dispatch("addNode", { id: "again", kind: "ollama", url: `http://localhost:${port}`, slots: 1 });
  expect(added).toMatchObject({ ok: true });
  await home.until(({ nodes }) => nodes["again"]?.duplicateOf === "attic");
  expect((await call(home.url, "/v1/models")).json).toMatchObject({ data: [{ id: "m:latest", homeport: { nodes: [{ node: "attic" }] } }] });
  await Promise.all(Array.from({ length: 4 }, () => call(home.url, chats, chat("m"))));
  expect(home.at("attic").record.peakOpen).toBe(1);
});
