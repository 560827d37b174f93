// A model's name put into bytes and taken out again: nothing else of a body or an answer may change.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanBody } from "../../src-core/dialects/json-scan.ts";
import { createModelEcho, replaceSpan } from "../../src-core/dialects/model-name.ts";
import { recorded } from "../support/replay.ts";

const json = (text: string) => Buffer.from(JSON.stringify(text));
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");

describe("the node's spelling in a request", () => {
  it("is the only thing that changes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), fc.json(), (from, to, other) => {
        const body = Buffer.from(`{"a":${other},"model": ${JSON.stringify(from)} ,"z":"é"}`);
        const before = Buffer.from(body);
        const scan = scanBody(body);
        if (!scan.ok || scan.modelSpan === undefined) throw new Error("no span");
        const renamed = JSON.parse(textOf(replaceSpan(body, scan.modelSpan, json(to))));
        expect(renamed).toEqual({ ...JSON.parse(textOf(body)), model: to });
        expect(body.equals(before)).toBe(true);
      }),
    );
  });
});

describe("the client's spelling in an answer", () => {
  const echo = createModelEcho(json("models/tiny-a.gguf"), json("Tiny-A"));

  it("every event of a recorded stream carries it, and nothing else differs", () => {
    const { chunks } = recorded("llama-server", "chat-stream");
    const echoed = chunks.map((chunk) => textOf(echo(Buffer.from(chunk)))).join("");
    expect(echoed).toBe(chunks.join("").replaceAll('"model":"models/tiny-a.gguf"', '"model":"Tiny-A"'));
    expect(echoed).not.toContain("tiny-a.gguf");
    expect(echoed.match(/"model":"Tiny-A"/g)?.length).toBe(chunks.join("").match(/"model":/g)?.length);
  });

  it("an answer that quotes JSON keeps its words", () => {
    const frame = `data: ${JSON.stringify({ choices: [{ delta: { content: '{"model":"models/tiny-a.gguf"}' } }] })}\n\n`;
    expect(textOf(echo(Buffer.from(frame)))).toBe(frame);
  });

  it("space around the colon is allowed, another model's name is left alone", () => {
    expect(textOf(echo(Buffer.from('{"model" :\n "models/tiny-a.gguf","x":{"model":"other"}}')))).toBe(
      '{"model" :\n "Tiny-A","x":{"model":"other"}}',
    );
  });

  it("bytes without the name come back as they are, not copied", () => {
    const bytes = Buffer.from('data: {"model":"models/tiny-a.ggu');
    expect(echo(bytes)).toBe(bytes);
  });

  it("a name that contains the other does not loop", () => {
    const growing = createModelEcho(json("a"), json('a","model":"a'));
    expect(textOf(growing(Buffer.from('{"model":"a"}')))).toBe('{"model":"a\\",\\"model\\":\\"a"}');
  });
});
