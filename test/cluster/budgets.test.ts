// Budgets, limits and what is set aside, shared by two whole gateways on a real nats-server.
import { describe, expect, test } from "vitest";
import { call, chat } from "../gateway/caller.ts";
import type { HomeNode } from "../support/gateway.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";
import { startTwoHomes, type TwoHomes } from "../support/two-homes.ts";

const chats = "/v1/chat/completions";
const wordy: HomeNode = { kind: "llama-server", models: [{ name: "m", replyTokens: 500 }], slots: 40, declares: { slots: 40 } };

const usedBy = ({ homeport }: TwoHomes<"attic">["one" | "two"]) => homeport.engine.fleet.spend?.["day"]?.tokens ?? 0;

describe.skipIf(natsMissing !== undefined)("budgets across gateways", () => {
  test("done 4: 40 parallel requests over two gateways never use more than the cap, and use all of it but for one request", async () => {
    const server = await startNatsServer();
    const cap = 5_400;
    const budgets = [{ id: "day", scope: {}, tokens: cap, per: "day" as const }];
    const { one, two } = await startTwoHomes({ attic: wordy }, server.url, { config: { budgets } });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => call(n % 2 === 0 ? one.url : two.url, chats, chat("m", { max_tokens: 500 }))),
    );
    const used = usedBy(one) + usedBy(two);
    const each = used / answers.filter(({ status }) => status === 200).length;
    expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true);
    expect(used).toBeLessThanOrEqual(cap);
    // What one gateway held ahead of need came back when the other lacked it.
    expect(used).toBeGreaterThan(cap - 2 * each);
  });
});
