// Load leases between gateways on a real nats-server: one load of a model on a node, whoever asks, whatever becomes of who loads.
import { describe, expect, test } from "vitest";
import { clusterBucket } from "../../src-core/contract/cluster.ts";
import { fail } from "../../src-core/contract/failure.ts";
import { ModelId } from "../../src-core/contract/ids.ts";
import { addressOf, Leases, leaseMs } from "../../src-core/engine/cluster/leases.ts";
import { type SharedState, SharedValues } from "../../src-core/engine/cluster/shared-values.ts";
import { call, chat, send } from "../gateway/caller.ts";
import { aNode } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";
import type { HomeNode } from "../support/gateway.ts";
import { openLink, untilState } from "../support/nats-link.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";
import { joining, startTwoHomes } from "../support/two-homes.ts";

const chats = "/v1/chat/completions";
const cold: HomeNode = { kind: "ollama", models: [{ name: "m", loadMs: 400, replyTokens: 4 }], slots: 40 };
const model = ModelId.parse("m");
const never = new AbortController().signal;

/** A gateway as far as its leases go, connected, with a clock of its own. */
async function gateway(url: string, me: string) {
  const clock = new FakeClock();
  const link = openLink(url, me);
  await untilState(link, "connected");
  const values = new SharedValues(link, clock, clusterBucket("home"));
  await until(values, "up");
  return { clock, values, leases: new Leases(values, clock, me, "beast") };
}

function until(values: SharedValues, state: SharedState): Promise<void> {
  return new Promise((resolve) => void values.onState((now) => now === state && resolve()));
}

const node = aNode("attic");

describe.skipIf(natsMissing !== undefined)("loads across gateways", () => {
  test("done 4: 40 parallel requests for one cold model over two gateways cause one load", async () => {
    const server = await startNatsServer();
    const { one, two } = await startTwoHomes({ attic: cold }, server.url);
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => call(n % 2 === 0 ? one.url : two.url, chats, chat("m"))));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 200));
    const { record } = one.at("attic");
    expect([record.loadCalls, record.loads]).toEqual([{ m: 1 }, { m: 1 }]);
  });

  test("a gateway that ends while it loads gives its lease back: the other loads, and nobody there is refused", async () => {
    const server = await startNatsServer();
    const slow: HomeNode = { ...cold, models: [{ name: "m", loadMs: 1_500, replyTokens: 4 }] };
    const { one, two } = await startTwoHomes({ attic: slow }, server.url);
    send(one.url, chats, chat("m"));
    await one.happened("load-staged", ({ stage }) => stage === "loading");
    const waiting = call(two.url, chats, chat("m"));
    await two.happened("load-started");
    await one.stop();
    expect((await waiting).status).toBe(200);
    const again = await joining(one, { attic: slow }, { config: { cluster: { nats: server.url } } });
    expect((await call(again.url, chats, chat("m"))).status).toBe(200);
    // The first was given up by its own gateway; what came back found the model warm.
    expect(one.at("attic").record.loadCalls["m"]).toBeLessThanOrEqual(2);
    expect(again.count("load-started")).toBe(0);
  });

  test("F64: a lease whose holder died is taken over when its time is up, and no sooner", async () => {
    const server = await startNatsServer();
    const one = await gateway(server.url, "one");
    const two = await gateway(server.url, "two");
    expect((await one.leases.take(node, model, never)).elsewhere).toBe(false);
    let taken = false;
    const second = two.leases.take(node, model, never).then((turn) => {
      taken = true;
      return turn;
    });
    await two.clock.sleepingFor(leaseMs);
    two.clock.advance(leaseMs - 1);
    // It lives: its pulse is a new revision, and the wait begins anew.
    one.clock.advance(leaseMs / 3);
    await new Promise<void>((resolve) => {
      const stop = two.values.onChange(() => resolve(stop()));
    });
    two.clock.advance(1);
    await two.clock.sleepingFor(leaseMs - 1);
    expect(taken).toBe(false);
    // From here on it is dead.
    two.clock.advance(leaseMs);
    expect((await second).elsewhere).toBe(true);
  });

  test("a gateway that comes back after a crash does not wait for itself", async () => {
    const server = await startNatsServer();
    const before = await gateway(server.url, "one");
    await before.leases.take(node, model, never);
    const after = await gateway(server.url, "one");
    const back = await after.leases.take(node, model, never);
    expect([back.elsewhere, back.failure]).toEqual([false, undefined]);
  });

  test("a load that failed is not tried again by whoever waited for it; one that was cancelled is", async () => {
    const server = await startNatsServer();
    const one = await gateway(server.url, "one");
    const two = await gateway(server.url, "two");
    for (const kind of ["load-failed", "cancelled"] as const) {
      const turn = await one.leases.take(node, model, never);
      const second = two.leases.take(node, model, never);
      await two.clock.sleepingFor(leaseMs);
      turn.end(fail(kind, "It does not fit."));
      const got = await second;
      expect([got.elsewhere, got.failure?.kind]).toEqual([true, kind === "load-failed" ? kind : undefined]);
      got.end();
      await two.leases.stop();
    }
  });

  test("whoever waits for the load of another gateway may leave", async () => {
    const server = await startNatsServer();
    const one = await gateway(server.url, "one");
    const two = await gateway(server.url, "two");
    await one.leases.take(node, model, never);
    const leaving = new AbortController();
    const second = two.leases.take(node, model, leaving.signal);
    await two.clock.sleepingFor(leaseMs);
    leaving.abort();
    expect((await second).elsewhere).toBe(true);
  });

  test("F64: without the server a load is decided here alone, and its lease is taken when the server is back", async () => {
    const server = await startNatsServer();
    const one = await gateway(server.url, "one");
    const two = await gateway(server.url, "two");
    const away = until(one.values, "away");
    await server.stop();
    await away;
    const turn = await one.leases.take(node, model, never);
    expect([turn.elsewhere, turn.failure]).toEqual([false, undefined]);
    const told = new Promise<void>((resolve) => void two.values.onChange((key) => key.startsWith("lease.") && resolve()));
    await server.start();
    await told;
    const second = two.leases.take(node, model, never);
    await two.clock.sleepingFor(leaseMs);
    turn.end();
    expect((await second).elsewhere).toBe(true);
  });
});

test("loopbacks of two machines are two servers, whatever they are called; other addresses are one everywhere", () => {
  for (const identity of ["127.0.0.1:11434", "[::1]:11434"])
    expect(addressOf({ identity, url: "" }, "a")).not.toBe(addressOf({ identity, url: "" }, "b"));
  expect(addressOf({ url: "http://localhost:11434", identity: undefined }, "a")).toContain("a/");
  expect(addressOf({ identity: "10.0.0.5:11434", url: "" }, "a")).toBe(addressOf({ identity: "10.0.0.5:11434", url: "" }, "b"));
});
