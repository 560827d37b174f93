// What a person is told in a notification, where a node says more than it should.
import { expect, test } from "vitest";
import { FakeClock } from "../support/fake-clock.ts";
import { startHome } from "../support/gateway.ts";
import { call, chat } from "./caller.ts";

// The row of a request keeps the node's words for whoever looks at it: this prompt is looked for in what is told unasked.
const prompt = "words-that-were-asked-5d20";
const key = "canary-key-of-notifications";

test("UX-22: a node that quotes the prompt and its own key in every error is told of in neither's words", async () => {
  const clock = new FakeClock();
  const home = await startHome({
    nodes: { attic: { kind: "ollama", models: [{ name: "m", warm: true }], key, declares: { key: { env: "ATTIC" } } } },
    env: { ATTIC: key },
    clock,
  });
  const told: unknown[] = [];
  home.homeport.listen((push) => push.type === "notice" && told.push(push.notice), true);
  home.at("attic").fault({ fault: "status", status: 500, body: JSON.stringify({ error: `cannot answer ${prompt} for ${key}` }) });
  for (let i = 0; i < 3; i++) {
    const body = { ...chat("m"), messages: [{ role: "user", content: prompt }] };
    expect((await call(home.url, "/v1/chat/completions", body)).status).toBeGreaterThanOrEqual(500);
  }
  await home.until(({ nodes }) => nodes["attic"]?.breaker.state === "open");
  clock.advance(5_000);
  await home.homeport.dispatch("load", { node: "attic", model: "cold" });
  expect(told.length).toBeGreaterThan(0);
  const words = JSON.stringify([told, home.homeport.snapshot().notices]);
  expect(words).toContain("attic");
  for (const secret of [prompt, key]) expect(words).not.toContain(secret);
});
