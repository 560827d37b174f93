// Prompts that are longer than a context, through the whole gateway: refused with the numbers, rescued where the profile says so, and never cut in silence.
import { expect, test } from "vitest";
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat } from "./caller.ts";

const chats = "/v1/chat/completions";
const small: HomeNode = { kind: "llama-server", slots: 1, models: [{ name: "m", warm: true, contextTokens: 2048, replyTokens: 5 }] };
const large: HomeNode = { kind: "llama-server", slots: 1, models: [{ name: "m", warm: true, contextTokens: 32_768, replyTokens: 5 }] };
const says = (role: string, name: string) => ({ role, content: `${name} ${"word ".repeat(400)}` });
/** About 3,300 tokens by letters. */
const talk = [
  { role: "system", content: "Be brief." },
  ...[0, 1, 2].flatMap((n) => [says("user", `u${n}`), says("assistant", `a${n}`)]),
  { role: "user", content: "And now?" },
];
const rescue: ConfigDocument = { profiles: { kept: { chain: ["m"], contextRescue: true }, strict: { chain: ["m"] } } };

test("demands 7: a prompt that no node holds is 400 context_length_exceeded with the numbers, in each client's dialect", async () => {
  const home = await startHome({ nodes: { studio: small }, config: rescue });
  const long = { messages: talk.slice(1) };
  const openai = await call(home.url, chats, { ...chat("strict"), ...long });
  expect(openai.status).toBe(400);
  expect(openai.json).toMatchObject({ error: { code: "context_length_exceeded", type: "invalid_request_error", param: "messages" } });
  expect(openai.text).toMatch(/prompt is too long: about \d{4} tokens.*its context holds 2048 tokens/);
  const anthropic = await call(home.url, "/v1/messages", { model: "strict", max_tokens: 9, ...long });
  expect([anthropic.status, anthropic.json]).toMatchObject([400, { type: "error", error: { type: "invalid_request_error" } }]);
  // What Claude Code looks for to make its conversation shorter.
  expect(anthropic.text).toContain("prompt is too long");
  const ollama = await call(home.url, "/api/chat", { model: "strict", ...long });
  expect([ollama.status, ollama.json]).toMatchObject([400, { error: expect.stringContaining("2048") }]);
  expect(home.at("studio").record.to(chats)).toHaveLength(0);
});

test("context rescue: the oldest turns are left out, the header and the row say so, and every byte that stays is the client's", async () => {
  const home = await startHome({ nodes: { studio: small }, config: rescue });
  const answer = await call(home.url, chats, { ...chat("kept"), messages: talk, temperature: 0.5 });
  expect([answer.status, answer.headers["x-homeport-rescued"]]).toEqual([200, "dropped 4 messages"]);
  const sent = String(home.at("studio").record.to(chats)[0]?.body);
  expect(sent).toBe(JSON.stringify({ model: "m", messages: [talk[0], ...talk.slice(5)], temperature: 0.5 }));
  expect(home.homeport.engine.chronicle.activity.latest(1)[0]).toMatchObject({
    relaxed: "context-too-small",
    rescued: expect.stringContaining("4 oldest"),
  });
  expect(await home.homeport.engine.chronicle.metrics.exposition()).toContain('homeport_context_rescues_total{node="studio",model="m"} 1');
});

test("context rescue: the same for a client of another dialect, streamed", async () => {
  const home = await startHome({ nodes: { studio: small }, config: rescue });
  const answer = await call(home.url, "/v1/messages", { model: "kept", max_tokens: 50, stream: true, messages: talk.slice(1) });
  expect([answer.status, answer.headers["x-homeport-rescued"]]).toEqual([200, "dropped 4 messages"]);
  expect(answer.text).toContain("message_stop");
  expect(JSON.parse(String(home.at("studio").record.to(chats)[0]?.body)).messages).toHaveLength(3);
});

test("context rescue: a node that holds all of it is asked first, and nothing is left out", async () => {
  const home = await startHome({ nodes: { studio: small, tower: large }, config: rescue });
  const answer = await call(home.url, chats, { ...chat("kept"), messages: talk });
  expect(answer.headers).toMatchObject({ "x-homeport-node": "tower" });
  expect(answer.headers["x-homeport-rescued"]).toBeUndefined();
  const short = await call(home.url, chats, chat("kept"));
  expect(short.headers["x-homeport-rescued"]).toBeUndefined();
});

test("context rescue: what cannot be made to fit is refused, and nothing is sent", async () => {
  const home = await startHome({ nodes: { studio: small }, config: rescue });
  const answer = await call(home.url, chats, { ...chat("kept"), messages: [{ role: "user", content: "word ".repeat(4000) }] });
  expect([answer.status, answer.json]).toMatchObject([400, { error: { code: "context_length_exceeded", node: "studio" } }]);
  expect(home.at("studio").record.to(chats)).toHaveLength(0);
});

test("context rescue: an Ollama node is judged by the context that it has loaded, not by the one it could have", async () => {
  const attic: HomeNode = {
    kind: "ollama",
    defaultContextTokens: 2048,
    models: [{ name: "m", warm: true, contextTokens: 131_072, replyTokens: 5 }],
  };
  const home = await startHome({ nodes: { attic }, config: rescue });
  const answer = await call(home.url, "/api/chat", { model: "kept", stream: false, messages: talk });
  expect([answer.status, answer.headers["x-homeport-rescued"]]).toEqual([200, "dropped 4 messages"]);
  expect(answer.headers["x-homeport-warning"]).toBeUndefined();
});

const attic: HomeNode = { kind: "ollama", models: [{ name: "m", warm: true, contextTokens: 131_072, replyTokens: 5 }] };
const novel = [{ role: "user", content: "word ".repeat(15_000) }];

test("demands 7: an Ollama that cut the prompt and said nothing is found out: header, row, figure", async () => {
  const home = await startHome({ nodes: { attic } });
  for (const path of ["/api/chat", chats, "/v1/messages"]) {
    const answer = await call(home.url, path, { model: "m", stream: false, max_tokens: 50, messages: novel });
    expect(answer.status).toBe(200);
    expect(answer.headers["x-homeport-warning"]).toMatch(/^prompt-truncated: the node read 2051 of about 187\d\d tokens$/);
    expect(home.homeport.engine.chronicle.activity.latest(1)[0]?.warnings?.[0]).toContain("2051");
  }
  expect(await home.homeport.engine.chronicle.metrics.exposition()).toContain('homeport_prompts_truncated_total{node="attic",model="m"} 3');
});

test("demands 7: a stream cannot say it in its head: the row does, and a notice tells once what to do", async () => {
  const home = await startHome({ nodes: { attic } });
  for (const path of ["/api/chat", "/api/chat", "/v1/messages"])
    await call(home.url, path, { model: "m", stream: true, max_tokens: 50, messages: novel });
  expect(await home.happened("prompt-truncated")).toMatchObject({ node: "attic", sawTokens: 2051, contextTokens: 4096 });
  expect(home.count("prompt-truncated")).toBe(3);
  const told = home.homeport.engine.notices.inbox.filter(({ kind }) => kind === "prompt-truncated");
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ node: "attic", body: expect.stringContaining("num_ctx") });
});

test("demands 7: an honest node is not suspected, however long the prompt", async () => {
  const home = await startHome({ nodes: { tower: large } });
  const answer = await call(home.url, chats, { ...chat("m"), messages: novel });
  expect([answer.status, answer.headers["x-homeport-warning"]]).toEqual([200, undefined]);
  expect(home.count("prompt-truncated")).toBe(0);
});
