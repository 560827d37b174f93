// a client whose stream waits for a load hears that it is still waited for, and what comes of it.
import { expect, test } from "vitest";
import { FakeClock } from "../support/fake-clock.ts";
import { startHome } from "../support/gateway.ts";
import { call, chat } from "./caller.ts";

test.each([
  ["/v1/chat/completions", chat("m", { stream: true }), ": keep-alive", "[DONE]"],
  ["/api/chat", { model: "m", messages: [{ role: "user", content: "hi" }] }, '"content":""', '"done":true'],
  ["/v1/messages", { model: "m", max_tokens: 9, stream: true, messages: [{ role: "user", content: "hi" }] }, "event: ping", "message_stop"],
])("R-11: %s hears a sign of life after three seconds of loading, and then its answer", async (path, body, sign, end) => {
  const clock = new FakeClock();
  const home = await startHome({ nodes: { attic: { kind: "ollama", models: [{ name: "m", loadMs: 300 }] } }, clock });
  const answer = call(home.url, path, body);
  await home.happened("request-loading");
  clock.advance(3_000);
  const { text, status } = await answer;
  expect(status).toBe(200);
  expect(text.indexOf(sign)).toBeGreaterThanOrEqual(0);
  expect(text.indexOf(end)).toBeGreaterThan(text.indexOf(sign));
});

const reasoned = [
  ["/v1/chat/completions", chat("m", { stream: true }), /"reasoning_content":"(Loading [^"]*)\\n"/, "[DONE]"],
  ["/api/chat", { model: "m", messages: [{ role: "user", content: "hi" }] }, /"thinking":"(Loading [^"]*)\\n"/, '"done":true'],
] as const;

test.each(reasoned)(
  "UX-30: words about the load stand in %s only where they are switched on, before the answer",
  async (path, body, words, end) => {
    for (const tellInReasoning of [false, true]) {
      const clock = new FakeClock();
      const nodes = { attic: { kind: "ollama", models: [{ name: "m", loadMs: 300 }] } } as const;
      const home = await startHome({ nodes, clock, config: { loads: { tellInReasoning } } });
      const answer = call(home.url, path, body);
      await home.happened("request-loading");
      await home.until(({ loads }) => Object.values(loads).some(({ stage }) => stage === "loading"));
      clock.advance(3_000);
      const { text, status } = await answer;
      expect(status).toBe(200);
      const told = words.exec(text)?.[1];
      if (tellInReasoning) expect(told).toMatch(/^Loading m(:latest)? on attic: loading for 3 s\.$/);
      else expect(told).toBeUndefined();
      expect(text.indexOf(end)).toBeGreaterThan(words.exec(text)?.index ?? -1);
    }
  },
);

test("UX-30: where a dialect has no place for words before its answer, the plain sign is given", async () => {
  const clock = new FakeClock();
  const nodes = { attic: { kind: "ollama", models: [{ name: "m", loadMs: 300 }] } } as const;
  const home = await startHome({ nodes, clock, config: { loads: { tellInReasoning: true } } });
  const messages = [{ role: "user", content: "hi" }];
  const answer = call(home.url, "/v1/messages", { model: "m", max_tokens: 9, stream: true, messages });
  await home.happened("request-loading");
  clock.advance(3_000);
  const { text } = await answer;
  expect(text.indexOf("event: ping")).toBeGreaterThanOrEqual(0);
  expect(text).not.toContain("Loading");
});

test("R-11, R-12: a load that fails afterwards is told inside the stream; one that fails before keeps its status", async () => {
  const clock = new FakeClock();
  const model = { name: "m", loadMs: 300, loadFault: { fault: "failed" as const } };
  const home = await startHome({ nodes: { attic: { kind: "ollama", models: [model] } }, clock });
  const late = call(home.url, "/v1/chat/completions", chat("m", { stream: true }));
  await home.happened("request-loading");
  clock.advance(3_000);
  const { status, text } = await late;
  expect([status, text.includes('"error"'), text.includes("[DONE]")]).toEqual([200, true, false]);
});

test("R-11: a node that reads a long prompt in silence is told of after fifteen seconds, again every five, and its answer follows", async () => {
  const clock = new FakeClock();
  const home = await startHome({ nodes: { attic: { kind: "llama-server", models: [{ name: "m", warm: true }] } }, clock });
  home.at("attic").fault({ fault: "slow-head", ms: 300 }, { path: "/v1/chat/completions" });
  const answer = call(home.url, "/v1/messages", {
    model: "m",
    max_tokens: 9,
    stream: true,
    messages: [{ role: "user", content: "hi" }],
  });
  await home.happened("attempt-started");
  clock.advance(25_000);
  const { text, status, headers } = await answer;
  expect([status, headers["x-homeport-node"]]).toEqual([200, "attic"]);
  expect(text.match(/event: ping/g)).toHaveLength(3);
  expect(text.lastIndexOf("event: ping")).toBeLessThan(text.indexOf("message_start"));
  expect(text).toContain("message_stop");
});
