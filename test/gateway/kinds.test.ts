// Kinds of node with a will of their own, met by clients through the whole gateway.
import { describe, expect, test } from "vitest";
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

  test("sleeping counts as cheap to load: it is woken before a cold copy is loaded elsewhere", async () => {
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
