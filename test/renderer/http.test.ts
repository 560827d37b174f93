import { afterEach, expect, test, vi } from "vitest";
import { httpTransport } from "../../renderer/client/http.ts";
import type { Push } from "../../src-core/contract/api.ts";

const origin = "http://127.0.0.1:1";

afterEach(() => vi.unstubAllGlobals());

/** Answers fetches in order; the last answer repeats. */
function stubFetch(...answers: readonly (() => Response)[]) {
  const asked: { readonly url: string; readonly init: RequestInit | undefined }[] = [];
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push({ url, init });
    if (answer === undefined) throw new TypeError("fetch failed");
    return answer();
  });
  return asked;
}

const stream =
  (...chunks: readonly string[]) =>
  () =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
          controller.close();
        },
      }),
    );

test("UX section 5: a dead engine reads as a sentence, never as “fetch failed”", async () => {
  stubFetch();
  const reply = await httpTransport(origin, "key").call("snapshot", {});
  expect(reply).toMatchObject({ ok: false, failure: { kind: "connect-failed" } });
  expect(JSON.stringify(reply)).not.toContain("fetch failed");
});

test("S-07: every call carries the key; a refused key is an unauthorized failure that says what to do", async () => {
  const asked = stubFetch(() => new Response("", { status: 401 }));
  const reply = await httpTransport(origin, "key").call("load", { node: "a" });
  expect(reply).toMatchObject({ ok: false, failure: { kind: "unauthorized" } });
  expect(new Headers(asked[0]?.init?.headers).get("authorization")).toBe("Bearer key");
});

test("An answer that is no reply (a proxy's error page) becomes a failure instead of breaking the window", async () => {
  stubFetch(() => new Response("<html>", { status: 502 }));
  expect(await httpTransport(origin, "key").call("snapshot", {})).toMatchObject({ ok: false });
});

test("A push split across chunks arrives whole, a broken stream is opened again, and the state says so between", async () => {
  const asked = stubFetch(
    stream('data: {"type":"activity","ro', 'ws":[]}\n', "\n: still here\n\n"),
    stream('data: {"type":"activity","rows":[]}\n\n'),
  );
  const seen: (Push["type"] | boolean)[] = [];
  const stop = await new Promise<() => void>((resolve) => {
    const stopListening = httpTransport(origin, "key").listen(
      (push) => {
        seen.push(push.type);
        if (asked.length === 2) queueMicrotask(() => resolve(stopListening));
      },
      (connected) => seen.push(connected),
    );
  });
  stop();
  expect(seen.slice(0, 5)).toEqual([true, "activity", false, true, "activity"]);
});
