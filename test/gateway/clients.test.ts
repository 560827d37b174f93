// Keys of clients through the whole gateway: counted to their budgets, found in the journal, freed when they leave, revoked at once.
import { expect, test } from "vitest";
import { HistoryPage } from "../../src-core/contract/history.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat, send } from "./caller.ts";

const chats = "/v1/chat/completions";
const attic: HomeNode = { kind: "llama-server", models: [{ name: "m", replyTokens: 3 }], slots: 4 };
const laptop = { name: "laptop", key: { env: "LAPTOP" } };
const phone = { name: "phone", key: { env: "PHONE" } };
const env = { LAPTOP: "laptop-key", PHONE: "phone-key" };
const as = (key: string) => ({ authorization: `Bearer ${key}` });

test("a budget of one client stops that client alone, and the journal knows whose requests they were", async () => {
  const budgets = [{ id: "phone-day", scope: { client: "phone" }, tokens: 10, per: "day" as const }];
  const home = await startHome({ nodes: { attic }, config: { clients: [laptop, phone], budgets }, env });
  expect((await call(home.url, chats, chat("m"), as("phone-key"))).status).toBe(429);
  expect((await call(home.url, chats, chat("m"), as("laptop-key"))).status).toBe(200);
  const reply = await home.homeport.dispatch("history", { client: "laptop" });
  if (!reply.ok) throw new Error(reply.failure.message);
  expect(HistoryPage.parse(reply.output).rows).toMatchObject([{ client: "laptop", outcome: "ok" }]);
});

test("S-12: the place of a client that leaves without an answer is free again", async () => {
  const home = await startHome({ nodes: { attic }, config: { clients: [{ ...phone, concurrency: 1 }] }, env });
  const healed = home.at("attic").fault({ fault: "hang" }, { path: chats, times: 1 });
  const leaver = send(home.url, chats, chat("m"), as("phone-key"));
  await home.happened("attempt-started");
  const second = await call(home.url, chats, chat("m"), as("phone-key"));
  expect([second.status, second.headers["retry-after"]]).toEqual([429, "1"]);
  leaver.leave();
  await home.happened("request-finished", ({ outcome }) => outcome === "client-gone");
  healed();
  expect((await call(home.url, chats, chat("m"), as("phone-key"))).status).toBe(200);
});

test("S-09, S-10: the window says that a key is asked for, names keys that are missing, and a revoked key is refused at once", async () => {
  const lost = { name: "lost", key: { env: "NOWHERE" } };
  const home = await startHome({ nodes: { attic }, config: { clients: [phone, lost] }, env });
  const { gateway, banners } = home.homeport.snapshot();
  expect(gateway.keyRequired).toBe(true);
  expect(banners).toMatchObject([{ id: "client-keys", body: expect.stringContaining("lost (NOWHERE)") }]);
  expect((await call(home.url, "/v1/models", undefined, as("phone-key"))).status).toBe(200);
  await home.config.update((document) => ({ ...document, clients: [{ ...phone, enabled: false }] }));
  expect((await call(home.url, "/v1/models", undefined, as("phone-key"))).status).toBe(401);
  expect(home.homeport.snapshot().banners).toEqual([]);
});

test("a client without cloud permission is not sent there, whatever the settings allow", async () => {
  const config = { clients: [phone, { ...laptop, cloud: true }], cloud: { allowed: true } };
  const home = await startHome({ nodes: { attic }, config, env });
  await home.config.update((document) => {
    const nodes = Array.isArray(document["nodes"]) ? document["nodes"].map((node: object) => ({ ...node, place: "cloud" })) : [];
    return { ...document, nodes };
  });
  const refused = await call(home.url, chats, chat("m"), as("phone-key"));
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining("cloud_not_allowed")]);
  expect((await call(home.url, chats, chat("m"), as("laptop-key"))).status).toBe(200);
});
