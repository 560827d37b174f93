// A profile's repairs through the whole gateway: a client and a node of one dialect or of two, whole and streamed; and what others pay: nothing.
import { expect, test } from "vitest";
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import { startHome } from "../support/gateway.ts";
import { call, chat, hello, saidIn } from "./caller.ts";
import { beginEvents, chunk, finishFrames, roleFrame, startRawNode } from "./raw-node.ts";

const chats = "/v1/chat/completions";
const repairs = { toolCalls: true, thinking: true, stopMarkers: true };
const written = 'Let me look.\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n</tool_call><|im_end|>';
const thought = "<think>Hm, a greeting.</think>\n\nHello there.<|im_end|>";
const parameters = { type: "object", properties: { city: { type: "string" } } };
const tools = [{ type: "function", function: { name: "get_weather", parameters } }];
const profiles = { mended: { chain: ["m"], repairs } };

const house = (says: string, config: ConfigDocument = { profiles }) =>
  startHome({
    nodes: { studio: { kind: "llama-server", models: [{ name: "m", warm: true, says: [says], capabilities: ["completion", "tools"] }] } },
    config,
  });

test("5.12: calls written as text become real ones for an OpenAI client of an OpenAI node; its request passes byte for byte", async () => {
  const home = await house(written);
  const body = { ...chat("mended"), tools };
  const whole = await call(home.url, chats, body);
  expect(whole.json).toMatchObject({
    model: "mended",
    choices: [
      {
        finish_reason: "tool_calls",
        message: { content: "Let me look.\n", tool_calls: [{ function: { name: "get_weather", arguments: '{"city": "Oslo"}' } }] },
      },
    ],
    usage: { prompt_tokens: expect.any(Number) },
  });
  expect(whole.headers["x-homeport-repaired"]).toBe("stop-markers, tool-calls");
  expect(whole.headers["x-homeport-translated"]).toBeUndefined();
  const sent = home.at("studio").record.to(chats)[0]?.body;
  expect(String(sent)).toBe(JSON.stringify({ ...body, model: "m" }));
});

test("5.12: streamed, the text before the call comes at once, the call as one, and the row tells what was repaired", async () => {
  const home = await house(written);
  const streamed = await call(home.url, chats, { ...chat("mended"), tools, stream: true });
  expect(streamed.text).toContain('"name":"get_weather"');
  expect(streamed.text).toContain('"finish_reason":"tool_calls"');
  expect(streamed.text).toContain("[DONE]");
  expect(saidIn(streamed.text)).toBe("Let me look.\\n");
  expect(streamed.headers["x-homeport-repaired"]).toBeUndefined();
  expect(await home.happened("answer-repaired")).toMatchObject({ repairs: ["stop-markers", "tool-calls"] });
  expect(home.homeport.engine.chronicle.activity.latest(1)[0]).toMatchObject({ repaired: ["stop-markers", "tool-calls"] });
  expect(await home.homeport.engine.chronicle.metrics.exposition()).toContain(
    'homeport_output_filter_applied_total{filter="tool-calls"} 1',
  );
});

test("5.12: thinking between tags becomes the reasoning of each dialect, whatever the node speaks", async () => {
  const home = await house(thought);
  const openai = await call(home.url, chats, chat("mended"));
  expect(openai.json).toMatchObject({ choices: [{ message: { content: "Hello there.", reasoning_content: "Hm, a greeting." } }] });
  const ollama = await call(home.url, "/api/chat", { model: "mended", messages: hello, stream: false });
  expect(ollama.json).toMatchObject({ message: { content: "Hello there.", thinking: "Hm, a greeting." } });
  expect(ollama.headers["x-homeport-repaired"]).toBe("thinking, stop-markers");
  const anthropic = await call(home.url, "/v1/messages", { model: "mended", max_tokens: 99, messages: hello });
  expect(anthropic.json).toMatchObject({
    content: [
      { type: "thinking", thinking: "Hm, a greeting." },
      { type: "text", text: "Hello there." },
    ],
  });
});

test("5.12: a tag that is cut between two events is found all the same", async () => {
  const node = await startRawNode("raw", (response) => {
    beginEvents(response);
    const pieces = ["<th", "ink>Hm", ".</", "think>", "\n", "Hello<|im", "_end|", ">"];
    response.end(roleFrame + pieces.map((content) => chunk({ content })).join("") + finishFrames);
  });
  const home = await startHome({ nodes: {}, config: { nodes: [node.config], profiles } });
  const streamed = await call(home.url, chats, { ...chat("mended"), stream: true });
  expect(saidIn(streamed.text)).toBe("Hello");
  expect(streamed.text).toContain('"reasoning_content":"Hm"');
});

test("5.12: a name that nobody declared stays text; without tools nothing is lifted", async () => {
  const home = await house(written);
  const other = [{ type: "function", function: { name: "other", parameters } }];
  for (const declared of [{ tools: other }, {}]) {
    const answer = await call(home.url, chats, { ...chat("mended"), ...declared });
    expect(answer.json).toMatchObject({ choices: [{ finish_reason: "stop", message: { content: written.replace("<|im_end|>", "") } }] });
  }
});

test("5.12: without the profile's word an answer passes as it came", async () => {
  const home = await house(written, { profiles: { plain: { chain: ["m"] }, mended: { chain: ["m"], repairs } } });
  for (const model of ["plain", "m"]) {
    const answer = await call(home.url, chats, { ...chat(model), tools }, { "x-homeport-profile": "plain" });
    expect(answer.json).toMatchObject({ choices: [{ message: { content: written } }] });
    expect(answer.text).toContain('"timings"');
  }
  expect(home.count("answer-repaired")).toBe(0);
});

test("5.12: the gate judges what was repaired, and a node's own 400 is still told in its own words", async () => {
  const schema = { type: "object", properties: { a: { type: "number" } }, required: ["a"] };
  const home = await house('<think>{"a": "x"}</think>{"a": 1}<|im_end|>', {
    profiles: { mended: { chain: ["m"], repairs, gate: { schema } } },
  });
  for (const stream of [false, true]) {
    const answer = await call(home.url, chats, { ...chat("mended"), stream });
    expect(answer.status).toBe(200);
    expect(stream ? saidIn(answer.text) : answer.text).toContain('{\\"a\\": 1}');
  }
  home.at("studio").fault({ fault: "status", status: 400, body: '{"error":{"message":"no such thing","mine":1}}' }, { path: chats });
  expect((await call(home.url, chats, chat("mended"))).json).toEqual({ error: { message: "no such thing", mine: 1 } });
});

test("5.12: a stream that breaks behind a repair tells so, without a terminator", async () => {
  const node = await startRawNode("raw", (response) => {
    beginEvents(response);
    response.end(roleFrame + chunk({ content: "<think>Hm.</think>Hel" }) + chunk({ content: "lo <|im" }));
  });
  const home = await startHome({ nodes: {}, config: { nodes: [node.config], profiles } });
  const streamed = await call(home.url, chats, { ...chat("mended"), stream: true });
  expect(saidIn(streamed.text)).toBe("Hello ");
  expect(streamed.text).toContain('"error"');
  expect(streamed.text).not.toContain("[DONE]");
  expect(home.homeport.engine.chronicle.activity.latest(1)[0]).toMatchObject({ outcome: "incomplete", repaired: ["thinking"] });
});
