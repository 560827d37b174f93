// Waiting seen from outside: lanes, turns, places and expected waits, through the whole gateway.
import { expect, test } from "vitest";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { type Answer, call, chat, send } from "./caller.ts";

const chats = "/v1/chat/completions";
const one: HomeNode = {
  kind: "ollama",
  models: [{ name: "m", warm: true, replyTokens: 4, tokensPerSecond: 400 }],
  declares: { slots: 1 },
};
const clients = [
  { name: "desk", key: { env: "DESK" } },
  { name: "phone", key: { env: "PHONE" } },
  { name: "night", key: { env: "NIGHT" }, lane: "batch" as const },
];
const env = { DESK: "desk-key", PHONE: "phone-key", NIGHT: "night-key" };
const as = (name: string) => ({ authorization: `Bearer ${name}-key` });

const askedBy = (body: Buffer) => /"user":"([^"]+)"/.exec(body.toString())?.[1] ?? "";

/** A node whose one slot is taken, and these waiting in the order of their coming: "desk1" is desk's. */
async function waiting(names: readonly string[]) {
  const home = await startHome({ nodes: { attic: one }, config: { clients }, env });
  await call(home.url, chats, chat("m"), as("desk"));
  home.at("attic").fault({ fault: "hang" }, { path: chats, times: 1 });
  const busy = send(home.url, chats, chat("m"), as("desk"));
  await home.until(({ nodes }) => nodes["attic"]?.inFlight["m"] === 1);
  const answers: Answer[] = [];
  for (const name of names) {
    answers.push(send(home.url, chats, chat("m", { user: name }), as(name.replace(/\d/, ""))));
    await home.until(() => home.count("request-queued") === answers.length);
  }
  return { home, busy, answers };
}

test("interactive goes before batch and clients take turns, whatever order they came in; each is told its place", async () => {
  const { home, busy, answers } = await waiting(["night1", "desk1", "desk2", "phone1"]);
  expect(home.homeport.snapshot().queues).toMatchObject({ m: { depth: 4, lanes: { interactive: 3, batch: 1 } } });
  busy.leave();
  await Promise.all(answers.map((answer) => answer.whole()));
  const order = home
    .at("attic")
    .record.to(chats)
    .map(({ body }) => askedBy(body));
  expect(order.slice(2)).toEqual(["desk1", "phone1", "desk2", "night1"]);
  const places = answers.map(({ headers }) => headers["x-homeport-queue-position"]);
  expect(places).toEqual(["1", "1", "2", "2"]);
  expect(answers.every(({ headers }) => Number(headers["x-homeport-queued-ms"]) >= 0)).toBe(true);
  expect(home.homeport.snapshot().queues).toBeUndefined();
});

test("F40, 4.12: one that leaves the queue costs nobody anything, and the depth shown is true", async () => {
  const { home, busy, answers } = await waiting(["desk1", "desk2", "phone1"]);
  answers[0]?.leave();
  await home.happened("request-finished", ({ outcome }) => outcome === "client-gone");
  expect(home.homeport.snapshot().queues?.["m"]?.depth).toBe(2);
  busy.leave();
  await Promise.all(answers.slice(1).map((answer) => answer.whole()));
  expect(
    home
      .at("attic")
      .record.to(chats)
      .map(({ body }) => askedBy(body)),
  ).not.toContain("desk1");
});

test("demands 3.9: a load under way is not turned round by a request for another model, and who waited for it is served before anything is unloaded", async () => {
  const gb = 1_000_000_000;
  const model = (name: string) => ({ name, loadMs: 120, bytes: 6 * gb, residentBytes: 6 * gb, replyTokens: 2 });
  const home = await startHome({
    nodes: {
      attic: {
        kind: "ollama",
        memoryBytes: 10 * gb,
        models: [model("old"), model("new")],
        declares: { devices: [{ memoryBytes: 10 * gb }] },
      },
    },
    config: { memory: { holdSeconds: 0 } },
  });
  const first = send(home.url, chats, chat("old"));
  const { record } = home.at("attic");
  await record.until(() => home.at("attic").loading.length === 1);
  const second = send(home.url, chats, chat("new"));
  await home.until(({ loads }) => Object.keys(loads).length === 2);
  expect((await first.whole()).status).toBe(200);
  await second.whole();
  expect([record.loads["old"], record.cancelledLoads["old"], record.loadCalls["old"]]).toEqual([1, undefined, 1]);
});

test("demands 3.11: a request that comes during a load joins it; nothing is unloaded, cancelled or begun again", async () => {
  const home = await startHome({ nodes: { attic: { kind: "ollama", models: [{ name: "cold", loadMs: 150, replyTokens: 2 }] } } });
  const first = send(home.url, chats, chat("cold"));
  const { record } = home.at("attic");
  await record.until(() => home.at("attic").loading.length === 1);
  const joined = [chat("cold"), chat("COLD:latest"), chat("cold", { stream: true })].map((body) => send(home.url, chats, body));
  const statuses = (await Promise.all([first, ...joined].map((answer) => answer.whole()))).map(({ status }) => status);
  expect(statuses).toEqual([200, 200, 200, 200]);
  expect([record.loadCalls["cold"], record.cancelledLoads["cold"], record.unloadCalls["cold"]]).toEqual([1, undefined, undefined]);
});
