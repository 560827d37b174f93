// The official Ollama client against what is written for it: it understands every answer, and what it sends is read without a loss.
import { Ollama } from "ollama";
import { afterEach, describe, expect, it } from "vitest";
import type { ChatReply, EncodingContext } from "../../src-core/dialects/canonical.ts";
import { ollama } from "../../src-core/dialects/ollama.ts";
import { ollamaChat } from "../../src-core/dialects/ollama-chat.ts";
import { stepsOf } from "../../src-core/dialects/translation.ts";
import { type ReplayServer, reply, startReplay } from "../support/replay.ts";

const context: EncodingContext = {
  model: "m",
  requestId: "r1",
  now: 1_700_000_000_000,
  wantsUsage: true,
  promptTokens: 7,
  elapsedMs: () => 12.5,
};
const answer: ChatReply = {
  id: "r1",
  model: "m",
  createdAt: context.now,
  parts: [
    { type: "thinking", text: "hm" },
    { type: "text", text: "Sunny." },
    { type: "tool-call", id: "call_0", name: "weather", arguments: '{"city":"Kyiv"}' },
  ],
  finish: "tool-calls",
  tokens: { input: 3, output: 4 },
};

let server: ReplayServer | undefined;
afterEach(() => server?.stop());

/** A client of a server that answers everything with this answer, in the shape that was asked for. */
async function clientOf(said: ChatReply): Promise<Ollama> {
  server = await startReplay(({ path, body }) => {
    const { stream } = JSON.parse(body);
    const asked = { ...context, completion: path === "/api/generate" };
    if (stream !== true) return reply(200, ollamaChat.encodeReply(said, asked));
    const encoder = ollamaChat.streamEncoder(asked);
    const chunks = stepsOf(said).map((step) => encoder.push(step));
    return {
      status: 200,
      headers: { "content-type": "application/x-ndjson" },
      chunks: [ollama.keepAliveFrame({ task: asked.completion ? "completion" : "chat", model: "m" }, 0), ...chunks],
    };
  });
  return new Ollama({ host: server.url });
}

const messages = [{ role: "user", content: "Q" }];

describe("the official client", () => {
  it("reads a whole chat with thinking, calls and figures", async () => {
    const client = await clientOf(answer);
    const response = await client.chat({ model: "m", messages });
    expect(response.message).toMatchObject({ content: "Sunny.", thinking: "hm" });
    expect(response.message.tool_calls?.[0]?.function).toEqual({ name: "weather", arguments: { city: "Kyiv" } });
    expect(response).toMatchObject({ done: true, done_reason: "stop", prompt_eval_count: 3, eval_count: 4, total_duration: 12_500_000 });
    expect(new Date(response.created_at).getTime()).toBe(context.now);
  });

  it("R-11: reads a streamed chat with a sign of life before it", async () => {
    const client = await clientOf(answer);
    const seen = { content: "", thinking: "", calls: 0, done: 0 };
    for await (const part of await client.chat({ model: "m", messages, stream: true })) {
      seen.content += part.message.content;
      seen.thinking += part.message.thinking ?? "";
      seen.calls += part.message.tool_calls?.length ?? 0;
      seen.done += part.done ? 1 : 0;
    }
    expect(seen).toEqual({ content: "Sunny.", thinking: "hm", calls: 1, done: 1 });
  });

  it("reads /api/generate, whole and streamed", async () => {
    const client = await clientOf(answer);
    expect((await client.generate({ model: "m", prompt: "Q" })).response).toBe("Sunny.");
    let text = "";
    for await (const part of await client.generate({ model: "m", prompt: "Q", stream: true })) text += part.response;
    expect(text).toBe("Sunny.");
  });

  it("sends nothing that would be lost: tools, pictures, a schema, thinking, options, results", async () => {
    const client = await clientOf(answer);
    const picture = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    await client.chat({
      model: "m",
      messages: [
        { role: "user", content: "Q", images: [picture] },
        { role: "assistant", content: "", thinking: "hm", tool_calls: [{ function: { name: "weather", arguments: { city: "Kyiv" } } }] },
        { role: "tool", content: "sunny", tool_name: "weather" },
      ],
      tools: [{ type: "function", function: { name: "weather", description: "d", parameters: { type: "object", properties: {} } } }],
      format: { type: "object" },
      think: true,
      keep_alive: "5m",
      options: { temperature: 0.5, num_predict: 9, stop: ["x"], num_ctx: 2048 },
    });
    const result = ollamaChat.decodeRequest(JSON.parse(server?.asked[0]?.body ?? "{}"));
    if ("failure" in result) throw new Error(result.failure.message);
    expect(result.dropped).toEqual([]);
    expect(result.request.messages.flatMap(({ parts }) => parts).map(({ type }) => type)).toEqual([
      "text",
      "image",
      "thinking",
      "tool-call",
      "tool-result",
    ]);
    expect(result.request).toMatchObject({ stream: false, temperature: 0.5, maxTokens: 9, contextTokens: 2048, keepAlive: "5m" });
  });
});
