// Keys of clients at the gateway's door: who gets in, what each may ask for and see, and how much.
import { describe, expect, test } from "vitest";
import { Config, type ConfigDocument } from "../../src-core/contract/config.ts";
import { ClientLimits } from "../../src-core/engine/client-limits.ts";
import type { ClientReply, InferenceCall } from "../../src-core/engine/exchange.ts";
import { callerOf, keyRing, missingKeys } from "../../src-core/ingress/client-keys.ts";
import type { Door } from "../../src-core/ingress/http.ts";
import { aFleet, aModel, aNode } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { aGateway, chatBody, FakeGate } from "./fake-gate.ts";
import { ask, get, post } from "./raw-client.ts";

const env: Readonly<Record<string, string>> = { LAPTOP: "laptop-key", PHONE: "phone-key", OWNER: "owner-key" };
const laptop = { name: "laptop", key: { env: "LAPTOP" }, models: ["tiny*", "coder"], cloud: false, lane: "batch" as const };
const phone = { name: "phone", key: { env: "PHONE" } };

class LimitedGate extends FakeGate {
  readonly clock = new FakeClock();
  readonly #limits = new ClientLimits(this.clock);
  enter = (client: Config["clients"][number]) => this.#limits.enter(client);
}

async function doorWith(config: ConfigDocument): Promise<{ readonly gate: LimitedGate; readonly door: Door }> {
  const gate = new LimitedGate(config);
  gate.nodes = aFleet([aNode("attic", [aModel("tiny-a"), aModel("secret:70b", "warm")])]);
  return { gate, door: await aGateway(gate, { resolveKey: (ref) => ("env" in ref ? env[ref.env] : undefined) }) };
}

const withKey = (key: string) => [`Authorization: Bearer ${key}`];
const chat = (door: Door, key: string, more: object = {}, head: readonly string[] = []) =>
  ask(door.port, post(door.port, "/v1/chat/completions", chatBody({ ...more }), [...withKey(key), ...head]));

describe("who gets in", () => {
  test("S-10: once a client has a key, nobody gets in without one, on any route, also not with HEAD", async () => {
    const { gate, door } = await doorWith({ clients: [phone] });
    for (const path of ["/", "/v1/models", "/v1/models/tiny-a", "/api/tags", "/health", "/metrics", "/nothing"]) {
      expect((await ask(door.port, get(door.port, path))).status).toBe(401);
      expect((await fetch(`http://127.0.0.1:${door.port}${path}`, { method: "HEAD" })).status).toBe(401);
    }
    expect((await ask(door.port, post(door.port, "/v1/chat/completions", chatBody()))).status).toBe(401);
    expect(gate.calls).toHaveLength(0);
    expect((await chat(door, "phone-key")).status).toBe(200);
    expect((await ask(door.port, get(door.port, "/v1/models", ["X-Api-Key: phone-key"]))).status).toBe(200);
  });

  test("the gateway's own key still opens everything, as nobody's client", async () => {
    const { gate, door } = await doorWith({ clients: [laptop], gateway: { key: { env: "OWNER" } } });
    expect((await chat(door, "owner-key", { model: "secret:70b" })).status).toBe(200);
    expect(gate.calls[0]?.facts.client).toBeUndefined();
    expect((await chat(door, "guessed")).status).toBe(401);
  });

  test("S-09: a key is revoked while the gateway runs, and another takes its place", async () => {
    const { gate, door } = await doorWith({ clients: [phone] });
    expect((await chat(door, "phone-key")).status).toBe(200);
    gate.document = Config.parse({ clients: [{ ...phone, enabled: false }, laptop] });
    const refused = await chat(door, "phone-key");
    expect([refused.status, JSON.parse(refused.body).error.message]).toEqual([401, "The key phone was revoked."]);
    expect((await chat(door, "laptop-key")).status).toBe(200);
  });

  test("a key whose variable is missing opens nothing, not even to an empty key, and is named", async () => {
    const lost = { name: "lost", key: { env: "NOWHERE" } };
    const { door } = await doorWith({ clients: [lost] });
    expect((await chat(door, "")).status).toBe(401);
    expect((await chat(door, "undefined")).status).toBe(401);
    expect(missingKeys(Config.parse({ clients: [lost, phone] }).clients, (ref) => ("env" in ref ? env[ref.env] : undefined))).toEqual([
      "lost (NOWHERE)",
    ]);
  });

  test("S-75: no key stays in memory in plain", () => {
    const ring = keyRing(Config.parse({ clients: [phone] }).clients, undefined, (ref) => ("env" in ref ? env[ref.env] : undefined));
    expect(JSON.stringify([...ring])).not.toContain("phone-key");
    expect(callerOf({ "x-api-key": "phone-key" }, ring)).toMatchObject({ client: { name: "phone" } });
  });
});

describe("what a key may ask for", () => {
  test("a model, a profile or an agent outside the key's names is refused by name, and never reaches the engine", async () => {
    const agents = { planner: { profile: "big" } };
    const profiles = { big: { chain: ["secret:70b"] }, coder: { chain: ["tiny-a"] } };
    const { gate, door } = await doorWith({ clients: [laptop], agents, profiles });
    const refused = await chat(door, "laptop-key", { model: "secret:70b" });
    expect([refused.status, JSON.parse(refused.body).error.message]).toEqual([
      403,
      'The key laptop may not use "secret:70b". It may use: tiny*, coder.',
    ]);
    expect(gate.calls).toHaveLength(0);
    expect((await chat(door, "laptop-key", { model: "coder" })).status).toBe(200);
    expect((await chat(door, "laptop-key", { model: "not-tiny" })).status).toBe(403);
  });

  test("its requests carry its name, its lane and its cloud permission; a batch key cannot talk itself up", async () => {
    const routing = { agents: { planner: { profile: "coder" } }, profiles: { coder: { chain: ["tiny"] } } };
    const { gate, door } = await doorWith({ clients: [laptop, { ...phone, agent: "planner", cloud: true }], ...routing });
    await chat(door, "laptop-key", {}, ["X-Homeport-Lane: interactive"]);
    await chat(door, "phone-key");
    expect(gate.calls.map(({ facts }) => facts)).toMatchObject([
      { client: "laptop", lane: "batch", cloudAllowed: false },
      { client: "phone", lane: "interactive", cloudAllowed: true, agent: "planner" },
    ]);
  });

  test("lists show a key only what it may ask for", async () => {
    const { door } = await doorWith({ clients: [laptop, phone] });
    const listed = async (path: string, key: string) => (await ask(door.port, get(door.port, path, withKey(key)))).body;
    for (const path of ["/v1/models", "/api/tags", "/api/ps"]) {
      expect(await listed(path, "laptop-key")).not.toContain("secret");
      expect(await listed(path, "phone-key")).toContain("secret");
    }
    expect((await ask(door.port, get(door.port, "/v1/models/secret:70b", withKey("laptop-key")))).status).toBe(404);
    expect((await ask(door.port, post(door.port, "/api/show", '{"model":"secret:70b"}', withKey("laptop-key")))).status).toBe(403);
  });
});

describe("how much", () => {
  test("S-12: requests at once are counted until they end, whatever their end, and then there is room again", async () => {
    const { gate, door } = await doorWith({ clients: [{ ...phone, concurrency: 1 }] });
    const held: { call: InferenceCall; reply: ClientReply }[] = [];
    let heldOne: () => void = () => undefined;
    const holding = new Promise<void>((resolve) => {
      heldOne = resolve;
    });
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    gate.route = async (call, reply) => {
      gate.calls.push(call);
      held.push({ call, reply });
      heldOne();
      await released;
      gate.answer(call, reply);
    };
    const first = chat(door, "phone-key");
    await holding;
    const second = await chat(door, "phone-key");
    expect([second.status, second.headers.get("retry-after")]).toEqual([429, "1"]);
    release();
    expect((await first).status).toBe(200);
    expect((await chat(door, "phone-key")).status).toBe(200);
    expect(held).toHaveLength(2);
  });

  test("requests per minute: so many at once, then as they refill; the wait is told", async () => {
    const { gate, door } = await doorWith({ clients: [{ ...phone, requestsPerMinute: 2 }, laptop] });
    expect([(await chat(door, "phone-key")).status, (await chat(door, "phone-key")).status]).toEqual([200, 200]);
    const third = await chat(door, "phone-key");
    expect([third.status, third.headers.get("retry-after")]).toEqual([429, "30"]);
    expect(JSON.parse(third.body).error.code).toBe("rate_limit_exceeded");
    expect((await chat(door, "laptop-key")).status).toBe(200);
    gate.clock.advance(30_000);
    expect([(await chat(door, "phone-key")).status, (await chat(door, "phone-key")).status]).toEqual([200, 429]);
  });

  test("a limit lowered while requests run holds at once; one taken away is gone", () => {
    const limits = new ClientLimits(new FakeClock());
    const asConfigured = [{ ...phone, requestsPerMinute: 10 }, { ...phone, requestsPerMinute: 1 }, phone];
    const [limited, lower, free] = asConfigured.flatMap((client) => Config.parse({ clients: [client] }).clients);
    if (limited === undefined || lower === undefined || free === undefined) throw new Error("three keys");
    expect(limits.enter(limited)).toBeTypeOf("function");
    expect(limits.enter(lower)).toBeTypeOf("function");
    expect(limits.enter(lower)).toMatchObject({ kind: "over-limit", retryAfterMs: 60_000 });
    expect(limits.enter(free)).toBeTypeOf("function");
  });
});
