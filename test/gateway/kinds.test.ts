// Kinds of node with a will of their own, met by clients through the whole gateway.
import { describe, expect, test } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import { startHome } from "../support/gateway.ts";
import { call, chat } from "./caller.ts";

const chats = "/v1/chat/completions";

test.each(["lm-studio", "llama-swap"] as const)("F31: ten requests at once for a cold model make one copy of it on %s", async (kind) => {
  const home = await startHome({ nodes: { attic: { kind, models: [{ name: "cold", loadMs: 100, replyTokens: 2 }] } } });
  const answers = await Promise.all(Array.from({ length: 10 }, () => call(home.url, chats, chat("cold"))));
  expect(answers.map(({ status }) => status)).toEqual(new Array(10).fill(200));
  expect(home.at("attic").record.loads).toEqual({ cold: 1 });
  const list = await (await fetch(`${home.at("attic").url}/api/v1/models`)).text();
  expect(list).not.toContain("cold:2");
});

describe("vLLM asleep (demands 22)", () => {
  const asleep = { kind: "vllm", devMode: true, models: [{ name: "m", replyTokens: 2, loadMs: 50 }] } as const;

  test("a request wakes it first, for it would hang", async () => {
    const home = await startHome({ nodes: { attic: asleep } });
    const answers = await Promise.all([call(home.url, chats, chat("m")), call(home.url, chats, chat("m"))]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(home.at("attic").record.loadCalls).toEqual({ m: 1 });
  });

  test("demands 22: sleeping counts as cheap to load: it is woken before a cold copy is loaded elsewhere", async () => {
    const cold = { kind: "ollama", models: [{ name: "m", replyTokens: 2 }] } as const;
    const home = await startHome({ nodes: { attic: cold, tower: asleep } });
    const answer = await call(home.url, chats, chat("m"));
    expect([answer.status, answer.headers["x-homeport-node"]]).toEqual([200, "tower"]);
    expect(home.at("attic").record.loads).toEqual({});
  });

  test("an unload by hand sends it to sleep, and it is shown asleep", async () => {
    const home = await startHome({ nodes: { attic: { ...asleep, models: [{ name: "m", warm: true }] } } });
    expect(await home.homeport.dispatch("unload", { node: "attic", model: "m" })).toMatchObject({ ok: true });
    await home.until(({ nodes }) => nodes["attic"]?.models["m"]?.residency.state === "sleeping");
  });
});

test("llama-swap's own words while it loads are not the first byte, and no client sees them", async () => {
  const quirks = ["fake-reasoning-while-loading"] as const;
  const home = await startHome({
    nodes: { attic: { kind: "llama-swap", quirks: [...quirks], models: [{ name: "m", warm: true, replyTokens: 3 }] } },
  });
  const answer = await call(home.url, chats, { ...chat("m"), stream: true });
  expect(answer.status).toBe(200);
  expect(answer.text).not.toContain("llama-swap");
  expect(answer.text).toContain("[DONE]");
});

describe("neuron and cortex (source-systems.md 4.2)", () => {
  const cold = { kind: "ollama", models: [{ name: "m", replyTokens: 2 }] } as const;

  test.each(["neuron", "cortex"] as const)(
    "4.2: while %s recovers a model the answer is 503 with a wait, and no second copy is placed",
    async (kind) => {
      const home = await startHome({ nodes: { attic: cold, beast: { kind, models: [{ name: "m", hindrance: "recovering" }] } } });
      const answer = await call(home.url, chats, chat("m"));
      expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "2"]);
      expect(answer.text).toContain("recovering");
      expect([home.at("attic").record.loads, home.at("beast").record.loadCalls]).toEqual([{}, {}]);
    },
  );

  test("4.2: a copy that is ready elsewhere serves meanwhile", async () => {
    const ready = { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 2 }] } as const;
    const home = await startHome({ nodes: { attic: ready, beast: { kind: "neuron", models: [{ name: "m", hindrance: "recovering" }] } } });
    expect((await call(home.url, chats, chat("m"))).headers["x-homeport-node"]).toBe("attic");
  });

  test("4.2: what is loaded and cannot be served is passed over, with the node's reason", async () => {
    const home = await startHome({ nodes: { beast: { kind: "neuron", models: [{ name: "m", warm: true, hindrance: "not-servable" }] } } });
    const answer = await call(home.url, chats, chat("m"));
    expect(answer.status).toBe(503);
    expect(answer.text).toContain("needs 9 GB more");
  });
});

describe("another Homeport (S-43)", () => {
  test("its models are used through it, loaded ones first", async () => {
    const far = await startHome({ nodes: { attic: { kind: "ollama", models: [{ name: "m", replyTokens: 2 }] } } });
    const near = await startHome({ nodes: {}, config: { nodes: [{ id: NodeId.parse("far"), kind: "homeport", url: far.url }] } });
    await near.until(({ nodes }) => nodes["far"]?.health.state === "up");
    const answer = await call(near.url, chats, chat("m:latest"));
    expect([answer.status, answer.headers["x-homeport-node"]]).toEqual([200, "far"]);
    expect(far.at("attic").record.loads).toEqual({ m: 1 });
  });

  test("a request that came through too many gateways is refused with 508", async () => {
    const home = await startHome({ nodes: {} });
    const refused = await fetch(`${home.url}/v1/models`, { headers: { "x-homeport-hops": "a,b,c,d,e,f,g,h,i" } });
    expect([refused.status, await refused.text()]).toEqual([508, expect.stringContaining("loop_detected")]);
    expect((await fetch(`${home.url}/v1/models`, { headers: { "x-homeport-hops": "a,b" } })).status).toBe(200);
  });

  test("two gateways that use each other end in a refusal and not in a circle", async () => {
    const far = await startHome({ nodes: { attic: { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 2 }] } } });
    const near = await startHome({ nodes: {}, config: { nodes: [{ id: NodeId.parse("far"), kind: "homeport", url: far.url }] } });
    await near.until(({ nodes }) => nodes["far"]?.health.state === "up");
    expect(await far.homeport.dispatch("addNode", { kind: "homeport", url: near.url, name: "near" })).toMatchObject({ ok: true });
    await far.until(({ nodes }) => nodes["near"]?.health.state === "up" && nodes["near"].models["m"] !== undefined);
    await far.at("attic").stop();
    const answer = await call(near.url, chats, chat("m"));
    expect(answer.status).toBeGreaterThanOrEqual(500);
    const back = far.events.filter((event) => event.type === "attempt-finished" && event.failure?.kind === "loop");
    expect(back.length).toBeLessThanOrEqual(2);
    expect(far.events.filter(({ type }) => type === "request-received").length).toBeLessThan(6);
  });

  test("a gateway that is its own node says so, and is not used", async () => {
    const home = await startHome({ nodes: {} });
    await home.homeport.dispatch("addNode", { kind: "homeport", url: home.url, name: "self" });
    await home.until(({ nodes }) => (nodes["self"]?.health.state ?? "unknown") !== "unknown");
    expect(JSON.stringify(home.homeport.snapshot().fleet.nodes["self"]?.health)).toContain("leads back");
  });
});
