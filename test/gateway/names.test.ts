// Names through the whole gateway: what a client calls a model, a profile, itself, and what of it reaches a node.
import { expect, test } from "vitest";
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import { startHome } from "../support/gateway.ts";
import { call, chat } from "./caller.ts";

const chats = "/v1/chat/completions";

async function house(config: ConfigDocument) {
  return startHome({
    nodes: {
      attic: {
        kind: "ollama",
        models: [
          { name: "big", warm: true },
          { name: "small", warm: true },
        ],
        slots: 4,
      },
    },
    config: { polling: { activeSeconds: 3600, idleSeconds: 3600 }, ...config },
  });
}

const house52: ConfigDocument = {
  profiles: { coder: { chain: ["big"] }, quick: { chain: ["small"] } },
  agents: { planner: { profile: "coder" } },
  aliases: { "gpt-4o-mini": "small" },
  rules: [{ id: "code", when: { contentContains: "refactor" }, use: "coder" }],
  defaultProfile: "quick",
};

test("5.2: body profile, header, model, agent, rule, default: each decides where nobody before it did, and the answer says which profile", async () => {
  const home = await house(house52);
  const served = async (body: object, headers: Record<string, string> = {}) => {
    const answer = await call(home.url, chats, body, headers);
    return [answer.headers["x-homeport-model"], answer.headers["x-homeport-profile"], answer.headers["x-homeport-rule"]];
  };
  const big = ["big:latest", "coder", undefined];
  const small = ["small:latest", "quick", undefined];
  expect(await served(chat("quick", { profile: "coder" }), { "x-homeport-profile": "quick" })).toEqual(big);
  expect(await served(chat("quick"), { "x-homeport-profile": "coder" })).toEqual(big);
  expect(await served(chat("quick"), { "x-homeport-agent": "planner" })).toEqual(small);
  expect(await served(chat("big"))).toEqual(big);
  expect(await served(chat("something"), { "x-homeport-agent": "planner" })).toEqual(big);
  expect(await served(chat("auto", { messages: [{ role: "user", content: "please refactor" }] }))).toEqual(["big:latest", "coder", "code"]);
  expect(await served(chat("auto"))).toEqual(small);
  expect(await served(chat("gpt-5"))).toEqual(small);
  expect(await served(chat("gpt-4o-mini"))).toEqual(small);
});

test("S-20: what was said to us stays here: neither our headers nor the body's profile reach a node, and every other byte does", async () => {
  const home = await house(house52);
  const body =
    '{ "model" : "small", "profile":"coder" , "messages":[{"role":"user","content":"profile: \\u00fc"}], "big": 12345678901234567890 }';
  const headers = {
    "x-homeport-agent": "planner",
    "x-homeport-exclude": "other",
    "x-homeport-lane": "batch",
    "x-homeport-conversation": "7",
  };
  const answer = await fetch(`${home.url}${chats}`, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('"model":"small"')]);
  const [seen] = home.at("attic").record.to(chats);
  // Which gateways it came through is no word of the client (S-43).
  expect(Object.keys(seen?.headers ?? {}).filter((name) => name.startsWith("x-homeport"))).toEqual(["x-homeport-hops"]);
  expect(String(seen?.body)).toBe(
    '{ "model" : "big:latest",  "messages":[{"role":"user","content":"profile: \\u00fc"}], "big": 12345678901234567890 }',
  );
});

test("a wrong word is refused by name, in the words of the client's dialect, before any node is asked", async () => {
  const home = await house(house52);
  const refused = await call(home.url, chats, chat("big"), { "x-homeport-local": "maybe" });
  expect([refused.status, refused.json]).toMatchObject([400, { error: { message: 'x-homeport-local: expected "true" or "false".' } }]);
  const unknown = await call(home.url, chats, chat("big", { profile: "codr" }));
  expect([unknown.status, unknown.json]).toMatchObject([400, { error: { message: 'There is no profile "codr". Near names: coder.' } }]);
  expect(home.at("attic").record.to(chats)).toHaveLength(0);
});

test("5.14: a request for auto that no rule fitted is told as such", async () => {
  const home = await house(house52);
  await call(home.url, chats, chat("auto"));
  expect((await home.happened("request-resolved")).resolution).toMatchObject({ because: "default", profile: "quick", fellThrough: true });
});

test("Ollama clients can look at a profile: it is shown as the first model it leads to", async () => {
  const home = await house(house52);
  expect((await call(home.url, "/api/show", { model: "coder" })).status).toBe(200);
  expect((await call(home.url, "/api/show", { model: "nobody" })).status).toBe(404);
});

test("names that seem to mean one model are offered over the contract, and change nothing by themselves", async () => {
  const home = await house({});
  const reply = await home.homeport.dispatch("aliasSuggestions", {});
  expect(reply).toEqual({ ok: true, output: { groups: [] } });
});
