// The rules of S-82 over a clock that stands still: off by default, a quarter of an hour, one client, fifty requests, so many bytes, and gone.
import { expect, test } from "vitest";
import { captureMinutes, mostCaptured } from "../../src-core/contract/capture.ts";
import { RequestId } from "../../src-core/contract/ids.ts";
import { Capture } from "../../src-core/engine/capture.ts";
import { mostCapturedBytes } from "../../src-core/engine/captured-reply.ts";
import type { InferenceCall } from "../../src-core/engine/exchange.ts";
import { MemoryReply } from "../../src-core/ingress/memory-reply.ts";
import { someFacts } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";

const minute = 60_000;

function aCall(id: string, body = "{}", client?: string): InferenceCall {
  const facts = someFacts("m", { id: RequestId.parse(id), ...(client === undefined ? {} : { client }) });
  return { facts, method: "POST", headers: {}, body: Buffer.from(body), modelSpan: { start: 0, end: 0 } };
}

function aCapture(redact = (text: string) => text) {
  const clock = new FakeClock();
  let changes = 0;
  const onChange = () => {
    changes += 1;
  };
  const capture = new Capture({ clock, redact, onChange });
  return { clock, capture, changes: () => changes };
}

test("S-82: it is off until somebody switches it on, and a request is then answered through the very reply it came with", () => {
  const { capture, changes } = aCapture();
  const reply = new MemoryReply();
  expect(capture.heard(aCall("r1"), reply)).toBe(reply);
  expect([capture.view, capture.find("r1"), changes()]).toEqual([undefined, undefined, 0]);
});

test("S-82: what is sent and answered is kept while it runs, and told as far as it has come", () => {
  const { capture } = aCapture();
  capture.start(null);
  const reply = capture.heard(aCall("r1", '{"say":"hello"}'), new MemoryReply());
  expect(capture.find("r1")).toMatchObject({ request: { text: '{"say":"hello"}', cut: false }, answer: { bytes: 0 }, state: "running" });
  reply.head(200, { "content-type": "text/event-stream" });
  reply.write(Buffer.from("data: one\n\n"));
  expect(capture.find("r1")).toMatchObject({ status: 200, answer: { text: "data: one\n\n" }, state: "running" });
  reply.end(Buffer.from("data: two\n\n"));
  expect(capture.find("r1")).toMatchObject({
    contentType: "text/event-stream",
    answer: { text: "data: one\n\ndata: two\n\n" },
    state: "ended",
  });
});

test("S-82: an answer that is cut off says so, and its client still gets all that was sent", async () => {
  const { capture } = aCapture();
  capture.start(null);
  const client = new MemoryReply();
  const reply = capture.heard(aCall("r1"), client);
  reply.destroy();
  expect(await client.answer).toBeUndefined();
  expect(capture.find("r1")?.state).toBe("broken");
});

test("S-82: after a quarter of an hour it ends by itself, and everything is gone", () => {
  const { capture, clock } = aCapture();
  capture.start(null);
  capture.heard(aCall("r1", '"secret words"'), new MemoryReply()).end(Buffer.from("more"));
  clock.advance(captureMinutes * minute - 1);
  expect(capture.view).toMatchObject({ client: null, requests: ["r1"] });
  clock.advance(1);
  expect([capture.view, capture.find("r1")]).toEqual([undefined, undefined]);
  const reply = new MemoryReply();
  expect(capture.heard(aCall("r2"), reply)).toBe(reply);
  expect(clock.pending).toEqual([]);
});

test("S-82: a computer that slept through the quarter of an hour captures nothing when it wakes", () => {
  const { capture, clock } = aCapture();
  capture.start(null);
  capture.heard(aCall("r1"), new MemoryReply());
  clock.suspend(captureMinutes * minute);
  expect(capture.find("r1")).toBeUndefined();
  expect(capture.view).toBeUndefined();
});

test("S-82: asked for again, its time begins anew and what is there stays", () => {
  const { capture, clock } = aCapture();
  capture.start(null);
  capture.heard(aCall("r1"), new MemoryReply());
  clock.advance(10 * minute);
  capture.start(null);
  clock.advance(10 * minute);
  expect(capture.view?.requests).toEqual(["r1"]);
  clock.advance(5 * minute);
  expect(capture.view).toBeUndefined();
});

test("S-82: one client is captured, nobody else is, and another choice forgets what was there", () => {
  const { capture } = aCapture();
  capture.start("laptop");
  for (const [id, client] of [
    ["r1", "laptop"],
    ["r2", "phone"],
    ["r3", undefined],
  ] as const) {
    capture.heard(aCall(id, "{}", client), new MemoryReply());
  }
  expect(capture.view?.requests).toEqual(["r1"]);
  capture.start("phone");
  expect([capture.view?.requests, capture.find("r1")]).toEqual([[], undefined]);
  capture.start(null);
  capture.heard(aCall("r4"), new MemoryReply());
  expect(capture.view?.requests).toEqual(["r4"]);
});

test("S-82: of more than fifty requests the oldest leave", () => {
  const { capture } = aCapture();
  capture.start(null);
  for (let index = 1; index <= mostCaptured + 2; index += 1) capture.heard(aCall(`r${index}`), new MemoryReply());
  expect(mostCaptured).toBe(50);
  expect(capture.view?.requests).toHaveLength(mostCaptured);
  expect(capture.view?.requests[0]).toBe("r3");
});

test("S-82: a long answer is kept up to a bound and marked as cut, without half a character, and goes out whole", async () => {
  const { capture } = aCapture();
  capture.start(null);
  const client = new MemoryReply();
  const reply = capture.heard(aCall("r1"), client);
  const body = Buffer.from(`x${"é".repeat(mostCapturedBytes)}`);
  reply.head(200, {});
  reply.write(body.subarray(0, 1_000));
  reply.end(body.subarray(1_000));
  const { answer } = capture.find("r1") ?? {};
  expect(answer).toMatchObject({ cut: true, bytes: body.length });
  expect(answer?.text).toBe(`x${"é".repeat((mostCapturedBytes - 2) / 2)}`);
  expect((await client.answer)?.body.equals(body)).toBe(true);
});

test("S-82: switched off while an answer runs, nothing of it is kept, neither what came nor what comes", () => {
  const { capture } = aCapture();
  capture.start(null);
  const reply = capture.heard(aCall("r1"), new MemoryReply());
  reply.write(Buffer.from("before"));
  capture.stop();
  reply.end(Buffer.from("after"));
  capture.start(null);
  expect([capture.view?.requests, capture.find("r1")]).toEqual([[], undefined]);
});

test("S-82: one request can be forgotten, and what is told has passed the redaction", () => {
  const { capture } = aCapture((text) => text.replaceAll("key", "[redacted]"));
  capture.start(null);
  capture.heard(aCall("r1", '"key"'), new MemoryReply()).end(Buffer.from("the key"));
  expect(capture.find("r1")).toMatchObject({ request: { text: '"[redacted]"' }, answer: { text: "the [redacted]" } });
  expect([capture.forget("r1"), capture.forget("r1"), capture.find("r1")]).toEqual([true, false, undefined]);
});
