// Tokens of prompt caches, where nodes tell them: they have prices of their own (source-systems.md 4.6, 5.3).
import { expect, test } from "vitest";
import { anthropic } from "../../src-core/dialects/anthropic.ts";
import { openai } from "../../src-core/dialects/openai.ts";

test("4.6: OpenAI counts cached tokens among those of the prompt", () => {
  const usage = { prompt_tokens: 2006, completion_tokens: 300, prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 } };
  expect(openai.usageIn(`data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`)).toMatchObject({
    tokensIn: 2006,
    tokensOut: 300,
    cachedTokens: 1920,
  });
});

test("4.6: llama-server tells its cache in the timings; a node that tells none leaves the field out", () => {
  const timings = { prompt_n: 10, cache_n: 90, predicted_n: 5, predicted_per_second: 20 };
  expect(openai.usageIn(JSON.stringify({ timings }))).toMatchObject({ tokensIn: 100, cachedTokens: 90 });
  expect(openai.usageIn(JSON.stringify({ usage: { prompt_tokens: 1, completion_tokens: 1 } }))).not.toHaveProperty("cachedTokens");
});

test("4.6: Anthropic counts them apart: everything the model took in is their sum", () => {
  const usage = { input_tokens: 50, cache_read_input_tokens: 1000, cache_creation_input_tokens: 200, output_tokens: 7 };
  expect(anthropic.usageIn(JSON.stringify({ type: "message", usage }))).toMatchObject({
    tokensIn: 1250,
    tokensOut: 7,
    cachedTokens: 1000,
    cacheWriteTokens: 200,
  });
});
