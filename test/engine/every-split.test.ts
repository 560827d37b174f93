// However the network cuts the bytes of an answer, the client gets the same: every recorded stream and generated ones, through the engine's own cutting
// of frames, a decoder and the encoder of every dialect, at every single place: inside a character, a line's end or a mark too.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import type { ChatEvent } from "../../src-core/dialects/canonical.ts";
import { chatDialects } from "../../src-core/dialects/translation.ts";
import { wires } from "../../src-core/dialects/wires.ts";
import { framesIn, join as joined, lastFrameEnd } from "../../src-core/engine/frames.ts";
import { recorded } from "../support/replay.ts";
import { answered, everyDialect } from "../support/translated-attempt.ts";

const fixtures = join(import.meta.dirname, "..", "fixtures");
const folders = ["llama-server", "llama-server-router", "ollama"];

/** The dialect a recording is in, by the name of its file. */
function dialectOf(folder: string, name: string): Dialect {
  if (name.startsWith("messages")) return "anthropic";
  if (name.startsWith("responses")) return "responses";
  return folder === "ollama" && /^(api-|generate)/.test(name) ? "ollama" : "openai";
}

const recordings = folders
  .flatMap((folder) => readdirSync(join(fixtures, folder)).map((file) => ({ folder, name: file.replace(/\.json$/, "") })))
  .filter(({ name }) => name.includes("stream") || name === "chat-return-progress")
  .filter(({ folder, name }) => recorded(folder, name).status === 200)
  // The recording of a stream that was cut off is a long one; it may as well be cut off sooner.
  .map(({ folder, name }) => ({
    folder,
    name,
    dialect: dialectOf(folder, name),
    text: recorded(folder, name).chunks.join("").slice(0, 5_000),
  }));

const context = { model: "Mine", requestId: "r1", now: 1_700_000_000_000, wantsUsage: true, promptTokens: 7 };

/** What the frames of these chunks mean: the engine's cutting and the node's decoder, without what surrounds them. */
function heard(dialect: Dialect, chunks: readonly Buffer[]): readonly ChatEvent[] {
  const { frameEnd } = wires[dialect];
  const decoder = chatDialects[dialect].streamDecoder(context.now);
  const events: ChatEvent[] = [];
  let rest: Buffer | undefined;
  for (const chunk of chunks) {
    const bytes = joined(rest, chunk);
    const whole = lastFrameEnd(bytes, frameEnd);
    rest = whole < bytes.length ? bytes.subarray(whole) : undefined;
    if (whole > 0) for (const frame of framesIn(bytes.subarray(0, whole), frameEnd)) events.push(...decoder.push(frame));
  }
  if (rest !== undefined) for (const frame of framesIn(rest, frameEnd)) events.push(...decoder.push(frame));
  return [...events, ...decoder.end()];
}

/** In every dialect at once: what a client of it would be sent. */
function saidEverywhere(events: readonly ChatEvent[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    everyDialect.map((dialect) => {
      const encoder = chatDialects[dialect].streamEncoder(context);
      return [dialect, events.map((event) => encoder.push(event)).join("")];
    }),
  );
}

function cutAt(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const sorted = [0, ...[...places].sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, at) => bytes.subarray(sorted[at], end));
}

/** Cut in two at every place, and byte by byte. */
function expectSameEverywhere(dialect: Dialect, bytes: Buffer): void {
  const once = heard(dialect, [bytes]);
  const told = JSON.stringify(once);
  const cuts = [...Array.from({ length: bytes.length + 1 }, (_, at) => [at]), Array.from({ length: bytes.length }, (_, at) => at)];
  for (const places of cuts) {
    const events = heard(dialect, cutAt(bytes, places));
    if (JSON.stringify(events) !== told)
      expect(saidEverywhere(events), `cut at ${places.length === 1 ? places[0] : "every byte"}`).toEqual(saidEverywhere(once));
  }
  // One recording is of a stream that was cut off: it has to end in an error, wherever it is cut besides.
  const isWhole = wires[dialect].terminated(bytes.toString(), "chat");
  expect(once.some(({ type }) => type === "error")).toBe(!isWhole);
  expect(once.at(-1)?.type).toBe(isWhole ? "end" : "error");
}

describe.each(recordings)("demands 2: $folder/$name ($dialect)", ({ dialect, text }) => {
  it("as recorded, cut at every place", () => {
    expectSameEverywhere(dialect, Buffer.from(text));
  });

  it("with lines that end in CR LF, cut at every place", () => {
    expectSameEverywhere(dialect, Buffer.from(text.replaceAll("\n", "\r\n")));
  });

  it("line ends change nothing of what is said", () => {
    expect(heard(dialect, [Buffer.from(text.replaceAll("\n", "\r\n"))])).toEqual(heard(dialect, [Buffer.from(text)]));
  });

  it.each(everyDialect)("a client of %s gets the same bytes from a whole attempt, cut anywhere", async (to) => {
    const bytes = Buffer.from(text);
    const once = await answered(dialect, to, [bytes]);
    expect(once.end).toMatchObject({ state: "answered", outcome: wires[dialect].terminated(text, "chat") ? "ok" : "incomplete" });
    for (let at = 1; at < bytes.length; at += 17) {
      const { client } = await answered(dialect, to, cutAt(bytes, [at]));
      if (client.text !== once.client.text) expect(client.text, `cut at ${at}`).toBe(once.client.text);
    }
    const { client } = await answered(
      dialect,
      to,
      Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)),
    );
    expect(client.text).toBe(once.client.text);
  });
});

const words = fc.string({
  unit: fc.constantFrom("a", " ", "\n", "\r", "\\", '"', "data: ", "[DONE]", "ß", "世", "🚢", "e\u0301", "\u2028", "{", "}"),
  minLength: 1,
  maxLength: 8,
});

const answers: fc.Arbitrary<readonly ChatEvent[]> = fc
  .record({
    thinking: fc.array(words, { maxLength: 2 }),
    said: fc.array(words, { minLength: 1, maxLength: 4 }),
    calls: fc.array(fc.record({ city: words, days: fc.integer() }), { maxLength: 2 }),
    isLong: fc.boolean(),
  })
  .map(({ thinking, said, calls, isLong }): readonly ChatEvent[] => [
    { type: "start", id: "r1", model: "m", createdAt: context.now },
    ...thinking.map((text) => ({ type: "thinking" as const, text })),
    ...said.map((text) => ({ type: "text" as const, text })),
    ...calls.flatMap((asked, index): readonly ChatEvent[] => [
      { type: "tool-call", index, id: `call_${index}`, name: "weather" },
      ...(JSON.stringify(asked).match(/.{1,9}/gsu) ?? []).map((text) => ({ type: "tool-arguments" as const, index, text })),
    ]),
    { type: "finish", finish: isLong ? "length" : calls.length > 0 ? "tool-calls" : "stop" },
    { type: "tokens", tokens: { input: 11, output: 5 } },
    { type: "end" },
  ]);

describe.each(everyDialect)("demands 2: any answer in %s", (dialect) => {
  const written = (events: readonly ChatEvent[]) => {
    const encoder = chatDialects[dialect].streamEncoder(context);
    return events.map((event) => encoder.push(event)).join("");
  };

  it("cut at every place, with either line end and with a byte order mark, says the same in every dialect", () => {
    fc.assert(
      fc.property(answers, fc.constantFrom("\n", "\r\n"), fc.boolean(), (events, lineEnd, marked) => {
        expectSameEverywhere(dialect, Buffer.from((marked ? "\uFEFF" : "") + written(events).replaceAll("\n", lineEnd)));
      }),
      { numRuns: 12 },
    );
  });

  it("cut at many places at once is the same bytes to a client of every dialect", async () => {
    await fc.assert(
      fc.asyncProperty(answers, fc.constantFrom(...everyDialect), fc.array(fc.nat(), { maxLength: 12 }), async (events, to, at) => {
        const bytes = Buffer.from(written(events));
        const once = await answered(dialect, to, [bytes]);
        const cut = await answered(
          dialect,
          to,
          cutAt(
            bytes,
            at.map((place) => place % (bytes.length + 1)),
          ),
        );
        expect(cut.client.text).toBe(once.client.text);
        expect(cut.end.state === "answered" && cut.end.outcome).toBe("ok");
      }),
      { numRuns: 200 },
    );
  });
});
