// Servers that start anew under the gateway: what their clients and the view notice.
import { expect, test } from "vitest";
import { startHome } from "../support/gateway.ts";
import { call, chat, send } from "./caller.ts";

const chats = "/v1/chat/completions";

test("F29: a node that restarts in the middle of an answer: the stream ends with an error and no terminator, and its models are cold in the view after the next round", async () => {
  const home = await startHome({
    nodes: { attic: { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 200, tokensPerSecond: 20 }] } },
    config: { polling: { activeSeconds: 1, idleSeconds: 1 } },
  });
  const stream = await send(home.url, chats, chat("m", { stream: true })).until(({ text }) => text !== "");
  await home.at("attic").kill();
  await home.at("attic").restart();
  await stream.whole();
  expect(stream.text).toContain('"error"');
  expect(stream.text).not.toContain("[DONE]");
  await home.until(({ nodes }) => nodes["attic"]?.models["m"]?.residency.state === "cold");
  expect((await call(home.url, chats, chat("m", { max_tokens: 2 }))).status).toBe(200);
});
