// Estimates of tokens against counts that real tokenizers gave.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imageTokens } from "../../src-core/dialects/image-tokens.ts";
import { parsed } from "../../src-core/dialects/shapes.ts";
import { countTokens, estimateTokens, tokenWeight } from "../../src-core/dialects/token-count.ts";
import { recorded } from "../support/replay.ts";

const count = (body: unknown) => countTokens(body).input_tokens;
const weather = {
  name: "get_weather",
  description: "Get the current weather in a given location",
  input_schema: {
    type: "object",
    properties: { location: { type: "string", description: "The city and state, e.g. San Francisco, CA" } },
    required: ["location"],
  },
};
const asked = { role: "user", content: "What's the weather like in San Francisco?" };

/** Counts that Anthropic prints beside the examples of its guide to token counting. */
const published: readonly (readonly [string, unknown, number])[] = [
  ["a system prompt and a message", { system: "You are a scientist", messages: [{ role: "user", content: "Hello, Claude" }] }, 14],
  ["a tool", { tools: [weather], messages: [asked] }, 403],
];

describe("demands 3.23: count_tokens", () => {
  it.each(published)("%s is within a factor of two of the published count", (_, body, tokens) => {
    expect(count(body)).toBeGreaterThan(tokens / 2);
    expect(count(body)).toBeLessThan(tokens * 2);
  });

  it("the count that llama-server gave for the same body is within a factor of ten", () => {
    const told = parsed(recorded("llama-server", "count-tokens").chunks.join(""));
    expect(told).toEqual({ input_tokens: 30 });
    const ours = count({ model: "tiny-a", messages: [{ role: "user", content: "Say hello." }] });
    expect(ours).toBeGreaterThan(3);
    expect(ours).toBeLessThan(300);
  });

  it("is marked as an estimate", () => {
    expect(countTokens({}).estimated).toBe(true);
  });

  it.each([
    ["system", { system: "word ".repeat(100) }],
    ["system blocks", { system: [{ type: "text", text: "word ".repeat(100) }] }],
    ["tools", { tools: [weather] }],
    ["tools in OpenAI's wrapper", { tools: [{ type: "function", function: weather }] }],
    ["a schema", { response_format: { type: "json_schema", json_schema: { schema: weather.input_schema } } }],
    ["a schema in Anthropic's place", { output_config: { format: { type: "json_schema", schema: weather.input_schema } } }],
    ["an image", { messages: [{ role: "user", content: [{ type: "image", source: { type: "url", url: "https://a.test" } }] }] }],
    ["an image of Ollama", { messages: [{ role: "user", content: "", images: ["AAAA"] }] }],
    ["an image of OpenAI", { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://a.test" } }] }] }],
    ["a document", { messages: [{ role: "user", content: [{ type: "document", source: { type: "base64", data: "A".repeat(1000) } }] }] }],
    ["a call", { messages: [{ role: "assistant", content: [{ type: "tool_use", name: "f", input: { a: "word ".repeat(50) } }] }] }],
    [
      "a call of OpenAI",
      { messages: [{ role: "assistant", tool_calls: [{ function: { name: "f", arguments: '{"a":"some words here"}' } }] }] },
    ],
    [
      "a result",
      { messages: [{ role: "user", content: [{ type: "tool_result", content: [{ type: "text", text: "word ".repeat(50) }] }] }] },
    ],
    ["thinking", { messages: [{ role: "assistant", content: [{ type: "thinking", thinking: "word ".repeat(50) }] }] }],
    ["a prompt", { prompt: "word ".repeat(50) }],
    ["items of Responses", { input: [{ role: "user", content: [{ type: "input_text", text: "word ".repeat(50) }] }] }],
  ])("%s counts", (_, body) => {
    expect(count(body)).toBeGreaterThan(count({}) + 10);
  });

  it("the same talk costs the same in each dialect, but for its wrappers", () => {
    const anthropic = count({ system: "You are a scientist", tools: [weather], messages: [asked] });
    const openai = count({
      tools: [{ type: "function", function: { name: weather.name, description: weather.description, parameters: weather.input_schema } }],
      messages: [{ role: "system", content: "You are a scientist" }, asked],
    });
    expect(Math.abs(anthropic - openai)).toBeLessThan(10);
  });
});

/** Texts and about how many tokens vocabularies of 100,000 to 200,000 entries make of them: written down by hand, not measured here. */
const texts: readonly (readonly [string, string, number])[] = [
  ["English", "The quick brown fox jumps over the lazy dog.", 10],
  ["a greeting", "Hello, world!", 4],
  ["Chinese", "今天天气很好,我们去公园散步吧。", 14],
  ["Japanese", "こんにちは世界。今日はいい天気ですね。", 14],
  ["Russian", "Быстрая коричневая лиса прыгает через ленивую собаку.", 18],
  ["German", "Die Würde des Menschen ist unantastbar.", 11],
  ["code", "for (let i = 0; i < n; i++) {\n    sum += values[i];\n}\n", 22],
  ["JSON", '{"name":"get_weather","arguments":{"location":"Paris"}}', 15],
  ["digits", "3141592653589793238462643383279502884197", 14],
  ["emoji", "🎉🎉🎉🎉", 8],
];

describe("a text", () => {
  it.each(texts)("of %s is within a factor of two", (_, text, tokens) => {
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(tokens / 2);
    expect(estimateTokens(text)).toBeLessThanOrEqual(tokens * 2);
  });

  it("is never further off than one token a character, nor than one in twelve", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const letters = text.replaceAll(/ +/g, " ").length;
        expect(tokenWeight(text)).toBeLessThanOrEqual(text.length);
        expect(tokenWeight(text)).toBeGreaterThanOrEqual(letters / 12);
      }),
    );
  });

  it("indentation is cheap: vocabularies hold runs of spaces whole", () => {
    expect(tokenWeight(" ".repeat(1000))).toBeLessThan(10);
  });
});

describe("a picture", () => {
  const base64 = (...bytes: readonly number[]) => Buffer.from(bytes).toString("base64");
  const png = (width: number, height: number) => {
    const bytes = Buffer.alloc(40);
    bytes.write("\x89PNG\r\n\x1a\n", 0, "latin1");
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
    return bytes.toString("base64");
  };

  it.each([
    ["a PNG of 200 by 200", png(200, 200), 54],
    ["a PNG of 1000 by 1000", png(1000, 1000), 1334],
    ["a large PNG, shrunk", png(6000, 3000), 1600],
    ["a GIF of 300 by 250", base64(0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x2c, 0x01, 0xfa, 0x00), 100],
    ["a JPEG of 640 by 480", base64(0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 17, 8, 0x01, 0xe0, 0x02, 0x80, 3, 0, 0, 0), 410],
    ["nothing anyone has seen", "", 1500],
    ["noise", "!!!!", 1500],
  ])("%s", (_, data, tokens) => {
    expect(imageTokens(data)).toBe(tokens);
  });

  it("a WebP in each of its forms", () => {
    const webp = (form: string, at: number, bytes: readonly number[]) => {
      const all = Buffer.alloc(40);
      all.write("RIFF", 0, "latin1");
      all.write(`WEBP${form}`, 8, "latin1");
      Buffer.from(bytes).copy(all, at);
      return all.toString("base64");
    };
    const expected = Math.ceil((640 * 480) / 750);
    expect(imageTokens(webp("VP8 ", 26, [0x80, 0x02, 0xe0, 0x01]))).toBe(expected);
    expect(imageTokens(webp("VP8X", 24, [0x7f, 0x02, 0, 0xdf, 0x01, 0]))).toBe(expected);
    const packed = 639 | (479 << 14);
    expect(imageTokens(webp("VP8L", 21, [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255, (packed >> 24) & 255]))).toBe(expected);
  });
});

describe("laws", () => {
  it("no body throws, and every count is a whole number of at least one", () => {
    const keys = ["messages", "system", "tools", "input", "prompt", "content", "source", "type", "text", "images", "tool_calls"];
    const body = fc.letrec((tie) => ({
      any: fc.oneof({ depthSize: "small" }, fc.jsonValue(), fc.array(tie("any")), fc.dictionary(fc.constantFrom(...keys), tie("any"))),
    })).any;
    fc.assert(
      fc.property(body, (one) => {
        const tokens = count(one);
        expect(Number.isInteger(tokens) && tokens >= 1).toBe(true);
      }),
    );
  });

  it("more said is never fewer tokens", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const one = { messages: [{ role: "user", content: a }] };
        expect(count({ messages: [...one.messages, { role: "user", content: b }] })).toBeGreaterThan(count(one));
      }),
    );
  });
});
