// Limits of client keys and models set aside, shared by two whole gateways on a real nats-server.
import { describe, expect, test } from "vitest";
import { call, chat, send } from "../gateway/caller.ts";
import { FakeClock } from "../support/fake-clock.ts";
import type { HomeNode } from "../support/gateway.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";
import { startTwoHomes } from "../support/two-homes.ts";

const chats = "/v1/chat/completions";
const attic: HomeNode = { kind: "llama-server", models: [{ name: "m", replyTokens: 3 }], slots: 40, declares: { slots: 40 } };
const env = { PHONE: "phone-key" };
const phone = { name: "phone", key: { env: "PHONE" } };
const as = { authorization: "Bearer phone-key" };

describe.skipIf(natsMissing !== undefined)("what gateways share", () => {
  test("S-12: requests per minute count over both gateways: 30 at once, and no more than the ten that are allowed", async () => {
    const server = await startNatsServer();
    const config = { clients: [{ ...phone, requestsPerMinute: 10 }] };
    const { one, two } = await startTwoHomes({ attic }, server.url, { config, env, clock: new FakeClock() });
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => call(n % 3 === 0 ? one.url : two.url, chats, chat("m"), as)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.find(({ status }) => status === 429)?.text).toContain("may send 10 requests per minute");
  });

  test("S-12: seats count over both gateways, and one that is left is free at the other", async () => {
    const server = await startNatsServer();
    const config = { clients: [{ ...phone, concurrency: 2 }] };
    const { one, two } = await startTwoHomes({ attic }, server.url, { config, env });
    const healed = one.at("attic").fault({ fault: "hang" }, { path: chats });
    const first = send(one.url, chats, chat("m"), as);
    const second = send(two.url, chats, chat("m"), as);
    await Promise.all([one.happened("attempt-started"), two.happened("attempt-started")]);
    for (const home of [one, two]) expect((await call(home.url, chats, chat("m"), as)).status).toBe(429);
    first.leave();
    await one.happened("request-finished", ({ outcome }) => outcome === "client-gone");
    healed();
    expect((await call(two.url, chats, chat("m"), as)).status).toBe(200);
    second.leave();
  });

  test("R-6: a model that one gateway set aside is not tried by the other; whoever says try now says it for both", async () => {
    const server = await startNatsServer();
    const broken: HomeNode = { kind: "ollama", models: [{ name: "m", loadMs: 10, replyTokens: 3 }] };
    const { one, two } = await startTwoHomes({ attic: broken }, server.url);
    const healed = one.at("attic").fault({ fault: "status", status: 500, body: '{"error":"llama runner process has terminated"}' });
    expect((await call(one.url, chats, chat("m"))).status).toBe(503);
    await two.happened("set-aside-elsewhere");
    expect(two.homeport.engine.fleet.nodes["attic"]?.models["m"]?.setAside?.failure.kind).toBe("load-failed");
    const calls = one.at("attic").record.received;
    healed();
    await one.homeport.dispatch("tryNow", { node: "attic" });
    await two.happened("set-aside-elsewhere", ({ setAside }) => setAside === undefined);
    expect(two.homeport.engine.fleet.nodes["attic"]?.models["m"]?.setAside).toBeUndefined();
    expect((await call(two.url, chats, chat("m"))).status).toBe(200);
    expect(calls).toBeGreaterThan(0);
  });
});
