// Usage that only we asked for never reaches the client, and nothing else is taken with it.
import { describe, expect, test } from "vitest";
import { withUsageWish } from "../../src-core/dialects/usage-wish.ts";
import { withoutUsage } from "../../src-core/engine/without-usage.ts";

const usage = '{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}';
const said = 'data: {"choices":[{"index":0,"delta":{"content":"say \\"choices\\":[] and \\"usage\\""}}]}\n\n';
const finish = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
const told = `data: {"id":"c","choices":[],"usage":${usage},"timings":{"predicted_n":2}}\n\n`;
const spaced = `data: {"id": "c", "choices": [ ], "usage": ${usage}}\n\n`;
const done = "data: [DONE]\n\n";

const stripped = (text: string) => withoutUsage(Buffer.from(text)).toString("utf8");

describe("withoutUsage", () => {
  test.each([
    ["alone", told, ""],
    ["between the finish and the end, in one chunk", said + finish + told + done, said + finish + done],
    ["written with spaces", finish + spaced + done, finish + done],
    ["twice", told + said + told, said],
    ["with CRLF", (finish + told + done).replaceAll("\n", "\r\n"), (finish + done).replaceAll("\n", "\r\n")],
  ])("takes it out %s", (_, text, left) => {
    expect(stripped(text)).toBe(left);
  });

  test.each([
    ["words that quote it", said],
    ["an event without choices that says something else", 'data: {"choices":[],"prompt_filter_results":[]}\n\n'],
    ["usage beside words", `data: {"choices":[{"index":0,"delta":{"content":"a"}}],"usage":${usage}}\n\n`],
    ["progress of the prompt, which the client asked for", 'data: {"choices":[],"usage":null,"prompt_progress":{"total":9}}\n\n'],
  ])("leaves %s", (_, text) => {
    expect(stripped(text)).toBe(text);
  });
});

test("the wish is the first member, and every other byte stays", () => {
  const body = ' { "model":"m", "stream" : true }';
  const wished = Buffer.from(withUsageWish(Buffer.from(body))).toString("utf8");
  expect(JSON.parse(wished)).toEqual({ model: "m", stream: true, stream_options: { include_usage: true } });
  expect(wished.replace('"stream_options":{"include_usage":true},', "")).toBe(body);
});
