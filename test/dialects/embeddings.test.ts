// Embeddings between OpenAI and Ollama: fields, vectors in both forms, usage, and what is refused.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EmbeddingDialect, ollamaEmbeddings, openaiEmbeddings, translateEmbedding } from "../../src-core/dialects/embeddings.ts";
import { base64ToFloats, floatsToBase64 } from "../../src-core/dialects/float-text.ts";
import { recorded } from "../support/replay.ts";

const dialects = { openai: openaiEmbeddings, ollama: ollamaEmbeddings };
const context = { model: "mine", shape: "floats", promptTokens: 9 } as const;

function read(dialect: EmbeddingDialect, body: unknown) {
  const decoded = dialect.decodeRequest(body);
  if ("failure" in decoded) throw new Error(decoded.failure.message);
  return decoded;
}

describe("requests", () => {
  it.each([
    ["openai", { input: "a" }, { inputs: ["a"], shape: "floats" }],
    ["openai", { input: ["a", "b"] }, { inputs: ["a", "b"], shape: "floats" }],
    ["openai", { input: "a", encoding_format: "base64" }, { inputs: ["a"], shape: "base64" }],
    ["openai", { input: "a", dimensions: 64, user: "ann" }, { inputs: ["a"], shape: "floats", dimensions: 64, user: "ann" }],
    ["ollama", { input: "a", truncate: false }, { inputs: ["a"], shape: "floats", truncate: false }],
    [
      "ollama",
      { input: ["a"], keep_alive: "5m", options: { num_ctx: 512 } },
      { inputs: ["a"], shape: "floats", keepAlive: "5m", contextTokens: 512 },
    ],
    ["ollama", { prompt: "a" }, { inputs: ["a"], shape: "one" }],
  ] as const)("%s %j", (dialect, body, expected) => {
    expect(read(dialects[dialect], { model: "m", ...body })).toEqual({ request: { model: "m", ...expected }, dropped: [] });
  });

  it("what is not carried is named", () => {
    expect(read(openaiEmbeddings, { model: "m", input: "a", odd: 1, profile: "p" }).dropped).toEqual(["odd"]);
    const ollama = read(ollamaEmbeddings, { model: "m", input: "a", truncate: true, keep_alive: 5 });
    expect(openaiEmbeddings.encodeRequest(ollama.request)).toEqual({
      path: "/v1/embeddings",
      body: { model: "m", input: ["a"] },
      dropped: ["truncate", "keep_alive"],
    });
    const openai = read(openaiEmbeddings, { model: "m", input: "a", user: "ann", dimensions: 8, encoding_format: "base64" });
    expect(ollamaEmbeddings.encodeRequest(openai.request)).toEqual({
      path: "/api/embed",
      body: { model: "m", input: ["a"], dimensions: 8 },
      dropped: ["user"],
    });
  });

  it.each([
    ["openai", {}, "input"],
    ["openai", { input: [] }, "input"],
    ["openai", { input: [1, 2] }, "input"],
    ["openai", { input: [[1]] }, "input"],
    ["openai", { input: "a", encoding_format: "hex" }, "encoding_format"],
    ["openai", { input: "a", dimensions: -1 }, "dimensions"],
    ["ollama", { input: 5 }, "input"],
    ["ollama", { input: "a", options: { num_ctx: -1 } }, "options.num_ctx"],
    ["ollama", { input: "a", keep_alive: {} }, "keep_alive"],
  ] as const)("S-29: %s refuses %j", (dialect, body, field) => {
    expect(dialects[dialect].decodeRequest({ model: "m", ...body })).toMatchObject({ failure: { kind: "invalid-request", field } });
  });
});

describe("replies", () => {
  const vectors = [
    [1, 2],
    [0.5, -1],
  ];

  it("Ollama's vectors and count are OpenAI's list and usage", () => {
    const reply = ollamaEmbeddings.decodeReply({ model: "m", embeddings: vectors, prompt_eval_count: 4 });
    if ("failure" in reply) throw new Error(reply.failure.message);
    expect(openaiEmbeddings.encodeReply(reply, context)).toEqual({
      object: "list",
      data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })),
      model: "mine",
      usage: { prompt_tokens: 4, total_tokens: 4 },
    });
  });

  it("OpenAI's list is sorted by its index, in either form, and becomes Ollama's", () => {
    const data = [
      { index: 1, embedding: floatsToBase64([0.5, -1]) },
      { index: 0, embedding: [1, 2] },
    ];
    const reply = openaiEmbeddings.decodeReply({ object: "list", model: "m", data, usage: { prompt_tokens: 4 } });
    if ("failure" in reply) throw new Error(reply.failure.message);
    expect(reply.vectors).toEqual(vectors);
    expect(ollamaEmbeddings.encodeReply(reply, context)).toMatchObject({ model: "mine", embeddings: vectors, prompt_eval_count: 4 });
    expect(ollamaEmbeddings.encodeReply(reply, { ...context, shape: "one" })).toEqual({ embedding: [1, 2] });
  });

  it("a client that asked for base64 gets what Node's own Buffer would make", () => {
    const body = openaiEmbeddings.encodeReply({ model: "m", vectors: [[1, 2]] }, { ...context, shape: "base64" });
    const expected = Buffer.from(new Float32Array([1, 2]).buffer).toString("base64");
    expect(body).toMatchObject({ data: [{ embedding: expected }], usage: { prompt_tokens: 9 } });
  });

  it("base64 and floats are each other's inverse", () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true })), (vector) => {
        const buffer = Buffer.from(new Float32Array(vector).buffer).toString("base64");
        expect(floatsToBase64(vector)).toBe(buffer);
        expect(base64ToFloats(buffer)).toEqual(vector);
      }),
    );
    expect(base64ToFloats("A")).toBeUndefined();
    expect(base64ToFloats("AAA=")).toBeUndefined();
    expect(base64ToFloats("****AAA=")).toBeUndefined();
  });

  it.each([
    ["openai", "llama-server", "embeddings", "does not support embeddings"],
    ["openai", "ollama", "embeddings", "does not support embeddings"],
    ["ollama", "ollama", "embed", "does not support embeddings"],
    ["ollama", "ollama", "embed-unknown", "not found"],
  ] as const)("%s tells the recorded error %s %s", (dialect, folder, name, words) => {
    const reply = dialects[dialect].decodeReply(JSON.parse(recorded(folder, name).chunks.join("")));
    expect("failure" in reply && reply.failure.message).toContain(words);
  });

  it.each([{}, { data: "x" }, { data: [{ embedding: "*" }] }, { data: [{}] }, { embeddings: [["x"]] }])("%j is malformed", (body) => {
    for (const dialect of Object.values(dialects))
      expect(dialect.decodeReply(body)).toMatchObject({ failure: { kind: "malformed-reply" } });
  });
});

describe("from one dialect to the other", () => {
  const ways = { clientModel: "Mine", promptTokens: 9, changes: { model: "theirs:8b", contextTokens: 512 } };

  it("an OpenAI client gets base64 of what Ollama made, under its own spelling of the model", () => {
    const asked = { model: "Mine", input: ["a", "b"], encoding_format: "base64", user: "ann", odd: 1 };
    const told = translateEmbedding(asked, { ...ways, from: "openai", to: "ollama" });
    if ("failure" in told) throw new Error(told.failure.message);
    expect([told.path, JSON.parse(told.body), told.dropped]).toEqual([
      "/api/embed",
      { model: "theirs:8b", input: ["a", "b"], options: { num_ctx: 512 } },
      ["odd", "user"],
    ]);
    const embeddings = [[1, 2], [0.5]];
    expect(told.answer({ model: "theirs:8b", embeddings })).toMatchObject({
      body: { model: "Mine", data: [{ embedding: floatsToBase64([1, 2]) }, { index: 1 }], usage: { prompt_tokens: 9 } },
      inputTokens: undefined,
    });
    expect(told.answer({ embeddings: [[1, 2]] })).toMatchObject({ failure: { kind: "malformed-reply" } });
    expect(told.answer({ error: "model not found" })).toMatchObject({ failure: { message: expect.stringContaining("not found") } });
  });

  it("Ollama's other options are named; not to cut is what OpenAI's servers do by themselves", () => {
    const asked = { model: "Mine", input: "a", truncate: false, options: { num_ctx: 64, num_thread: 2 } };
    const told = translateEmbedding(asked, { ...ways, from: "ollama", to: "openai", changes: { model: "v" } });
    expect("dropped" in told && told.dropped).toEqual(["options.num_thread", "options.num_ctx"]);
  });

  it("Anthropic has no word for it: refused, not guessed", () => {
    const told = translateEmbedding({ model: "m", input: "a" }, { ...ways, from: "openai", to: "anthropic" });
    expect("failure" in told && told.failure.kind).toBe("unsupported");
  });
});
