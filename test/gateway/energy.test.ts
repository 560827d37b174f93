// Energy through the whole gateway: from the watts of a node's settings to the sums that Usage shows.
import { expect, test } from "vitest";
import { UsageSum } from "../../src-core/contract/history.ts";
import { type Home, type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat, send } from "./caller.ts";

const chats = "/v1/chat/completions";
const node: HomeNode = { kind: "llama-server", models: [{ name: "m", replyTokens: 3 }], slots: 4 };

async function sums(home: Home<string>, by: string): Promise<readonly UsageSum[]> {
  const reply = await home.homeport.dispatch("usage", { by });
  if (!reply.ok) throw new Error(reply.failure.message);
  return UsageSum.array().parse(Object(reply.output).sums);
}

test("issue 6 Usage: energy is summed per node, model, client and day, where watts are given", async () => {
  const clients = [{ name: "laptop", key: { env: "LAPTOP" } }];
  const home = await startHome({ nodes: { attic: node }, config: { clients }, env: { LAPTOP: "laptop-key-71" } });
  const asks = () => call(home.url, chats, chat("m"), { authorization: "Bearer laptop-key-71" });
  expect((await asks()).status).toBe(200);
  expect(await sums(home, "day")).toMatchObject([{ requests: 1, wattHours: 0 }]);
  expect(await home.homeport.dispatch("updateNode", { node: "attic", change: { watts: 90_000 } })).toMatchObject({ ok: true });
  // Held until some time has passed, so that there is something to measure.
  home.at("attic").fault({ fault: "slow-head", ms: 20 }, { path: chats, times: 1 });
  expect((await asks()).status).toBe(200);
  const [row] = home.homeport.engine.chronicle.activity.latest(1);
  expect(row?.wattHours).toBeGreaterThan(0);
  for (const [by, name] of [
    ["node", "attic"],
    ["model", "m"],
    ["client", "laptop"],
  ] as const) {
    expect(await sums(home, by), by).toMatchObject([{ name, requests: 2, wattHours: row?.wattHours }]);
  }
  expect(await sums(home, "day")).toMatchObject([{ wattHours: row?.wattHours }]);
});

test("issue 6 Usage: energy of an answer that its client left counts too", async () => {
  const home = await startHome({ nodes: { attic: { ...node, declares: { watts: 90_000 } } } });
  home.at("attic").fault({ fault: "hang" }, { path: chats, times: 1 });
  const leaver = send(home.url, chats, chat("m"));
  await home.happened("attempt-started");
  leaver.leave();
  await home.happened("request-finished");
  const [row] = home.homeport.engine.chronicle.activity.latest(1);
  expect(row?.wattHours).toBeDefined();
});
