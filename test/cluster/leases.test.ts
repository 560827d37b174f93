// Load leases between two whole gateways on a real nats-server: one load of a model on a node, whoever asks, whatever becomes of who loads.
import { describe, expect, test } from "vitest";
import { call, chat } from "../gateway/caller.ts";
import type { HomeNode } from "../support/gateway.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";
import { startTwoHomes } from "../support/two-homes.ts";

const chats = "/v1/chat/completions";
const cold: HomeNode = { kind: "llama-server-router", models: [{ name: "m", loadMs: 400, replyTokens: 4 }], slots: 40 };

describe.skipIf(natsMissing !== undefined)("loads across gateways", () => {
  test("done 4: 40 parallel requests for one cold model over two gateways cause one load", async () => {
    const server = await startNatsServer();
    const { one, two } = await startTwoHomes({ attic: cold }, server.url);
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => call(n % 2 === 0 ? one.url : two.url, chats, chat("m"))));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 200));
    expect(one.at("attic").record.loadCalls).toEqual({ m: 1 });
  });
});
