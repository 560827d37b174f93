// Exact usage of streams whose clients did not ask for it: counted here, and not shown to them.
import { expect, test } from "vitest";
import type { NodeRecord } from "../../src-core/simulator/record.ts";
import { startHome } from "../support/gateway.ts";
import { call, chat } from "./caller.ts";

const chats = "/v1/chat/completions";
const house = () =>
  startHome({
    nodes: {
      attic: { kind: "ollama", models: [{ name: "o", warm: true, says: ["One two three."] }] },
      studio: { kind: "llama-server", models: [{ name: "l", warm: true, says: ["One two three."] }] },
      other: { kind: "openai-compatible", models: [{ name: "x", warm: true, says: ["One two three."] }] },
    },
  });

const bodyAt = (record: NodeRecord): unknown => JSON.parse(record.to(chats).at(-1)?.body.toString() ?? "{}");

test.each([
  ["attic", "o"],
  ["studio", "l"],
] as const)("a client that said nothing of usage gets none, and %s's own count is what is counted", async (node, model) => {
  const home = await house();
  const { text } = await call(home.url, chats, chat(model, { stream: true }));
  expect(text).toContain("[DONE]");
  expect(text).not.toContain('"usage":{');
  expect(bodyAt(home.at(node).record)).toMatchObject({ stream_options: { include_usage: true } });
  const { usage } = await home.happened("request-finished");
  expect(usage).toMatchObject({ estimated: false, tokensIn: expect.any(Number), tokensOut: expect.any(Number) });
});

test("who asked, or said no, is served with its own words; so is a server of which nobody knows whether it may be asked", async () => {
  const home = await house();
  const asked = await call(home.url, chats, chat("o", { stream: true, stream_options: { include_usage: true } }));
  expect(asked.text).toContain('"usage":{');
  await call(home.url, chats, chat("o", { stream: true, stream_options: { include_usage: false } }));
  expect(bodyAt(home.at("attic").record)).toMatchObject({ stream_options: { include_usage: false } });
  await call(home.url, chats, chat("x", { stream: true }));
  expect(bodyAt(home.at("other").record)).not.toHaveProperty("stream_options");
});

test("a whole answer and another spelling of the model stay as they were", async () => {
  const home = await house();
  await call(home.url, chats, chat("o"));
  expect(bodyAt(home.at("attic").record)).not.toHaveProperty("stream_options");
  const { text } = await call(home.url, chats, chat("L:latest", { stream: true }));
  expect(text).toContain('"model":"L:latest"');
  expect(text).not.toContain('"usage":{');
});
