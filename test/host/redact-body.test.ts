// Keys in what a person looks at: gone by value, by name and by look, while the rest stays as it was and JSON stays JSON.
import { expect, test } from "vitest";
import { redactBody } from "../../src-core/host/redact-body.ts";

const own = ["homeport-key-1", 'quo"ted-key'];

test("S-81, S-82: our own keys are hidden wherever they stand, also as JSON writes them", () => {
  const body = JSON.stringify({ content: `use homeport-key-1 and quo"ted-key`, note: "short" });
  expect(redactBody(body, [...own, "short"])).toBe('{"content":"use [redacted] and [redacted]","note":"short"}');
});

test("S-81: a field called like a key loses its text, one that is about tokens does not", () => {
  const body =
    '{"api_key": "abc", "nested": {"Authorization":"x \\" y"}, "max_tokens": 5, "token": " hello", "messages": [{"content":"hi"}]}';
  const redacted = redactBody(body, []);
  expect(JSON.parse(redacted)).toEqual({
    api_key: "[redacted]",
    nested: { Authorization: "[redacted]" },
    max_tokens: 5,
    token: " hello",
    messages: [{ content: "hi" }],
  });
});

test("S-81: what looks like a key is hidden in frames of a stream and in plain words, and never over a quotation mark", () => {
  const stream = 'data: {"delta":"sk-abcdef123456"}\n\ndata: {"url":"http://x","mail":"a@b.c"}\n\nBearer abcdefgh';
  expect(redactBody(stream, [])).toBe('data: {"delta":"[redacted]"}\n\ndata: {"url":"http://x","mail":"a@b.c"}\n\nBearer [redacted]');
});

test("S-81: half of a text is no exception", () => {
  expect(redactBody('{"a":"b","password":"hunter2 and mo', [])).toBe('{"a":"b","password":"[redacted]');
  expect(redactBody('{"a":"see sk-abcdef1234\\', [])).toBe('{"a":"see [redacted]\\');
});

test("a body of a quarter of a mebibyte, all of it escapes, is read through in one go", () => {
  const body = `{"content":"${'\\"'.repeat(128 * 1024)}"}`;
  expect(redactBody(body, own)).toBe(body);
});
