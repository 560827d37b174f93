import { expect, test } from "vitest";
import { answerSays, capturedSays, lengthSays, readable } from "../../renderer/activity/capture-words.ts";
import { curlOf } from "../../renderer/activity/curl.ts";
import type { Captured, CapturedText } from "../../src-core/contract/capture.ts";
import { RequestId } from "../../src-core/contract/ids.ts";
import { noon } from "../support/builders.ts";
import { sampleActivity } from "../support/sample-activity.ts";

const aText = (text: string, more: Partial<CapturedText> = {}): CapturedText => ({ text, bytes: text.length, cut: false, ...more });
const aCaptured = (more: Partial<Captured>): Captured => ({
  id: RequestId.parse("r6"),
  at: noon,
  path: "/v1/chat/completions",
  request: aText("{}"),
  answer: aText(""),
  state: "ended",
  ...more,
});

test("S-82: it is said whose requests are captured, and nothing of keys where none is asked for", () => {
  const of = (client: string | null, keyRequired: boolean) => capturedSays({ client, until: noon, requests: [] }, { keyRequired });
  expect(of("laptop", true)).toBe("what the app with the key laptop sends and gets");
  expect(of(null, true)).toBe("what apps without a key of their own send and get");
  expect(of(null, false)).toBe("what apps send and get");
});

test("S-82: JSON is shown in lines, frames and halves of JSON as they came", () => {
  expect(readable(aText('{"a":[1]}'))).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(readable(aText("data: {}\n\n"))).toBe("data: {}\n\n");
  expect(readable(aText("12", { cut: true, bytes: 400 }))).toBe("12");
});

test("S-82: a text that was cut says how much of it there was", () => {
  expect(lengthSays(aText("hello"))).toBe("5 bytes");
  expect(lengthSays(aText("x".repeat(4_000), { cut: true, bytes: 2_000_000 }))).toBe("2 MB, of which the first 4 kB were kept");
});

test.each([
  [{ state: "running" } as const, "not begun yet"],
  [
    { state: "running", status: 200, contentType: "text/event-stream; charset=utf-8" } as const,
    "status 200, text/event-stream, still coming",
  ],
  [{ state: "broken" } as const, "none: its app left"],
  [{ state: "broken", status: 200 } as const, "status 200, cut off"],
  [{ state: "ended", status: 404, contentType: "application/json" } as const, "status 404, application/json"],
])("S-82: an answer %o is %s", (more, says) => {
  expect(answerSays(aCaptured(more))).toBe(says);
});

test("UX-08: with a captured body the command for a terminal says all of it, safe for a shell", () => {
  const row = sampleActivity.find(({ id }) => id === "r6");
  if (row === undefined) throw new Error("the sample has no such request");
  const gateway = { url: "http://127.0.0.1:4663", keyRequired: true };
  const command = curlOf(row, gateway, `{"content":"it's"}`);
  expect(command).toContain(`-d '{"content":"it'\\''s"}'`);
  expect(command).toContain("Bearer $HOMEPORT_KEY");
});
