// A client of one dialect and a node of another, through the whole gateway: the answer reads as if the node spoke the client's words.
import { expect, test } from "vitest";
import { startHome } from "../support/gateway.ts";
import { call, chat } from "./caller.ts";

const house = () =>
  startHome({
    nodes: {
      studio: { kind: "llama-server", models: [{ name: "m", warm: true, says: ["Hello there."] }] },
      attic: { kind: "ollama", models: [{ name: "o", warm: true, says: ["Hello there."] }] },
    },
  });
const hello = [{ role: "user", content: "hi" }];

test("an Ollama client talks to a llama-server: whole and streamed, with the terminator and the counts its clients wait for", async () => {
  const home = await house();
  const whole = await call(home.url, "/api/chat", { model: "m", messages: hello, stream: false });
  expect(whole.headers).toMatchObject({ "x-homeport-node": "studio", "x-homeport-translated": "ollama to openai" });
  expect(whole.json).toMatchObject({
    model: "m",
    message: { role: "assistant", content: "Hello there." },
    done: true,
    done_reason: "stop",
  });
  const streamed = await call(home.url, "/api/chat", { model: "m", messages: hello });
  const lines = streamed.text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map((line) => line.message?.content ?? "").join("")).toBe("Hello there.");
  expect(lines.at(-1)).toMatchObject({ done: true, eval_count: expect.any(Number) });
});

test("an Anthropic client talks to every node; passthrough is not claimed where a translation took place", async () => {
  const home = await house();
  for (const model of ["m", "o"]) {
    const whole = await call(home.url, "/v1/messages?beta=true", { model, max_tokens: 64, messages: hello });
    expect(whole.status).toBe(200);
    expect(whole.json).toMatchObject({ type: "message", role: "assistant", model, content: [{ type: "text", text: "Hello there." }] });
    const streamed = await call(home.url, "/v1/messages", { model, max_tokens: 64, messages: hello, stream: true });
    const events = [...streamed.text.matchAll(/^event: (\S+)$/gm)].map(([, name]) => name);
    expect(events[0]).toBe("message_start");
    expect(events.at(-1)).toBe("message_stop");
    expect(streamed.text).toContain('"input_tokens":');
  }
});

test("demands 3.23: count_tokens answers at once, marked as an estimate", async () => {
  const home = await house();
  const counted = await call(home.url, "/v1/messages/count_tokens", { model: "m", messages: hello, system: "Be brief. ".repeat(100) });
  expect(counted.json).toMatchObject({ input_tokens: expect.any(Number), estimated: true });
});

test("what the node's dialect has no word for is named; a node's own 400 is told in the client's words", async () => {
  const home = await house();
  const answer = await call(home.url, "/v1/messages", { model: "m", max_tokens: 64, messages: hello, service_tier: "auto" });
  expect(answer.headers["x-homeport-dropped"]).toContain("service_tier");
  home
    .at("studio")
    .fault({ fault: "status", status: 400, body: '{"error":{"message":"no such thing"}}' }, { path: "/v1/chat/completions" });
  const refused = await call(home.url, "/v1/messages", { model: "m", max_tokens: 64, messages: hello });
  expect([refused.status, refused.json]).toMatchObject([
    400,
    { type: "error", error: { message: expect.stringContaining("no such thing") } },
  ]);
});

test("F13: a stream that breaks on its way is told in the client's words, without its terminator", async () => {
  const home = await house();
  home.at("studio").fault({ fault: "drop-after", frames: 3 }, { path: "/v1/chat/completions" });
  const answer = await call(home.url, "/v1/messages", { model: "m", max_tokens: 64, messages: hello, stream: true });
  expect(answer.text).toContain("event: error");
  expect(answer.text).not.toContain("message_stop");
});

test("an OpenAI client on an Ollama node still passes untouched", async () => {
  const home = await house();
  const { headers } = await call(home.url, "/v1/chat/completions", chat("o"));
  expect(headers["x-homeport-translated"]).toBeUndefined();
});
