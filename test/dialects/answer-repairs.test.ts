// Repairs of answers: what models write where it does not belong is moved, lifted or left out, however the text was cut, and nothing else is touched.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Repairs } from "../../src-core/contract/routing.ts";
import { type AnswerRepairs, repairedReply, repairsFor } from "../../src-core/dialects/answer-repairs.ts";
import type { ChatEvent, ChatReply, Tool } from "../../src-core/dialects/canonical.ts";
import { stopMarkers } from "../../src-core/dialects/strip-text.ts";
import { chatDialects } from "../../src-core/dialects/translation.ts";

const tools: readonly Tool[] = ["get_weather", "list_files"].map((name) => ({ name, parameters: {} }));
const all: Repairs = { toolCalls: true, thinking: true, stopMarkers: true };

function repairs(wanted: Repairs = all): AnswerRepairs {
  const made = repairsFor(wanted, { tools }, "r.1");
  if (made === undefined) throw new Error("nothing to repair");
  return made;
}

interface Outcome {
  readonly text: string;
  readonly thinking: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly args: string }[];
  readonly finish: string | undefined;
  readonly applied: readonly string[];
}

/** Says these pieces as a stream of texts. */
function said(pieces: readonly string[], wanted?: Repairs): Outcome {
  const filter = repairs(wanted);
  const steps: ChatEvent[] = [
    { type: "start", id: "a", model: "m", createdAt: 0 },
    ...pieces.map((text) => ({ type: "text" as const, text })),
    { type: "finish", finish: "stop" },
    { type: "end" },
  ];
  const events = steps.flatMap((step) => filter.push(step));
  const textOf = (type: "text" | "thinking") => events.map((event) => (event.type === type ? event.text : "")).join("");
  const calls = events.flatMap((event) =>
    event.type === "tool-call"
      ? [
          {
            id: event.id,
            name: event.name,
            args: events.map((e) => (e.type === "tool-arguments" && e.index === event.index ? e.text : "")).join(""),
          },
        ]
      : [],
  );
  const finish = events.find((event) => event.type === "finish");
  return { text: textOf("text"), thinking: textOf("thinking"), calls, finish: finish?.finish, applied: filter.applied };
}

const weather = '{"name": "get_weather", "arguments": {"city": "Oslo"}}';
const files = '{"name":"list_files","parameters":{}}';
const tagged = `<tool_call>\n${weather}\n</tool_call>`;
const fenced = `\`\`\`json\n${weather}\n\`\`\``;

describe("5.12 tool calls written as text", () => {
  it.each([
    ["bare", weather, "", 1],
    ["with words before it", `I will look.\n${weather}`, "I will look.\n", 1],
    ["in a fence", `Sure:\n${fenced}\n`, "Sure:\n", 1],
    ["in a fence without a language", `\`\`\`\n${weather}\n\`\`\``, "", 1],
    ["in a fence that never ends", `\`\`\`json\n${weather}\n`, "", 1],
    ["between tags", tagged, "", 1],
    ["between tags, without the last", `<tool_call>${weather}`, "", 1],
    ["between tags, several", `${tagged}\n<tool_call>\n${files}\n</tool_call>`, "", 2],
    ["several bare ones", `${weather}\n${files}`, "", 2],
    ["several with commas", `${weather}, ${files};`, "", 2],
    ["several in one fence", `\`\`\`json\n${weather}\n${files}\n\`\`\``, "", 2],
    ["a list", `[${weather}, ${files}]`, "", 2],
    ["parameters before the name", '{"parameters": {"city": "Oslo"}, "name": "get_weather"}', "", 1],
    ["OpenAI's own form", `{"type":"function","function":${weather}}`, "", 1],
    ["arguments as a text", '{"name":"get_weather","arguments":"{\\"city\\":1}"}', "", 1],
    ["behind a marker and a thought", `<think>Which? ${files}</think><|python_tag|>${weather}<|eot_id|>`, "", 1],
    ["with words behind it", `${weather}\nThat is all.`, "\nThat is all.", 1],
  ])("5.12 lifts one: %s", (_, written, text, calls) => {
    const got = said([written]);
    expect([got.text, got.calls.length, got.finish]).toEqual([text, calls, "tool-calls"]);
    expect(got.applied).toContain("tool-calls");
    expect(got.calls.every(({ args }) => typeof JSON.parse(args) === "object")).toBe(true);
    expect(new Set(got.calls.map(({ id }) => id)).size).toBe(calls);
    expect(got.calls.every(({ id }) => /^[a-zA-Z0-9_-]+$/.test(id))).toBe(true);
  });

  it.each([
    ["a name nobody declared", '{"name": "rm_rf", "arguments": {}}'],
    ["a list that holds more than calls", `[${weather}, {"a": 1}]`],
    ["a call inside other JSON", `{"steps": [${weather}], "more": ${weather}}`],
    ["a call in a program", `\`\`\`python\nrun(${weather})\n\`\`\`\nDone.`],
    ["a call quoted in a line", `Write \`${weather}\` and it runs.`],
    ["a name without arguments", '{"name": "get_weather"}'],
    ["arguments that are none", '{"name": "get_weather", "arguments": 3}'],
    ["a fence that holds more than calls", `\`\`\`json\n${weather}\nand so on\n\`\`\``],
    ["JSON that is cut", weather.slice(0, -2)],
    ["a tag with something else", "<tool_call>soon</tool_call>"],
    ["a schema", '{"type": "object", "properties": {}}'],
    ["braces in prose", "Use {curly} or [square] < or ` as you like, f(){ return 1 } "],
    ["only space", " \n "],
  ])("5.12 leaves it as it was: %s", (_, written) => {
    const got = said([written]);
    expect([got.text, got.calls, got.finish, got.applied]).toEqual([written, [], "stop", []]);
  });

  it("5.12 a call behind broken JSON is still found: what only looked like JSON ends with an empty line", () => {
    expect(said([`if (x) { "a\n\n${weather}`]).calls).toHaveLength(1);
  });

  it("5.12 arguments keep their letters: a number too long for a double is not rounded", () => {
    const args = '{"id": 12345678901234567890}';
    expect(said([`{"name":"get_weather","arguments":${args}}`]).calls[0]?.args).toBe(args);
  });

  it("5.12 no more than 64 KiB is held, and then it is text", () => {
    const long = `{"name": "get_weather", "arguments": {"city": "${"x".repeat(70_000)}"}}`;
    const pieces = long.match(/.{1,1000}/gs) ?? [];
    const filter = repairs();
    const out = pieces.map((text) => filter.push({ type: "text", text }));
    expect(out.findIndex((events) => events.length > 0)).toBe(65);
    expect(said(pieces)).toMatchObject({ text: long, calls: [] });
  });

  it("5.12 text that can be no call goes out at once: a client does not wait for the end of other JSON", () => {
    const filter = repairs();
    const out = (text: string) => filter.push({ type: "text", text }).map((event) => (event.type === "text" ? event.text : ""));
    expect(out('{"answer')).toEqual(['{"answer']);
    expect(out('": {"name": "get_weather"')).toEqual(['": {"name": "get_weather"']);
    expect(out("}}")).toEqual(["}}"]);
  });

  it("5.12 the node's own calls keep their arguments beside lifted ones", () => {
    const filter = repairs();
    const steps: ChatEvent[] = [
      { type: "text", text: weather },
      { type: "tool-call", index: 0, id: "own", name: "list_files" },
      { type: "tool-arguments", index: 0, text: "{}" },
      { type: "finish", finish: "tool-calls" },
    ];
    const events = steps.flatMap((step) => filter.push(step));
    expect(events.flatMap((event) => (event.type === "tool-call" ? [[event.index, event.name]] : []))).toEqual([
      [0, "get_weather"],
      [1, "list_files"],
    ]);
    expect(events.at(-2)).toEqual({ type: "tool-arguments", index: 1, text: "{}" });
  });

  it("5.12 no tool is called where the client forbade it or declared none", () => {
    expect(repairsFor({ ...all, thinking: false, stopMarkers: false }, { tools, toolChoice: "none" }, "r")).toBeUndefined();
    expect(repairsFor({ ...all, thinking: false, stopMarkers: false }, { tools: [] }, "r")).toBeUndefined();
  });
});

describe("5.12 thinking and markers", () => {
  it("5.12 thinking between tags becomes reasoning; the space around it belongs to nobody", () => {
    expect(said(["<think>\nHm.\n</think>\n\nYes."])).toMatchObject({ thinking: "Hm.\n", text: "Yes.", applied: ["thinking"] });
    expect(said(["Well <think>a</think> then <think>b"])).toMatchObject({ text: "Well then ", thinking: "ab" });
    expect(said(["<think>\n\n</think>\n\nYes."])).toMatchObject({ thinking: "", text: "Yes." });
  });

  it.each(stopMarkers)("5.12 %s is taken out, wherever it was cut", (marker) => {
    for (let at = 0; at <= marker.length; at++)
      expect(said([`Hello${marker.slice(0, at)}`, `${marker.slice(at)}!`])).toMatchObject({ text: "Hello!", applied: ["stop-markers"] });
  });

  it("5.12 only what may be the beginning of a marker waits, and no longer than until it is none", () => {
    const filter = repairs({ ...all, toolCalls: false });
    const out = (text: string) => filter.push({ type: "text", text }).map((event) => (event.type === "text" ? event.text : ""));
    expect(out("a <|im")).toEqual(["a "]);
    expect(out("age|> <thin")).toEqual(["<|image|> "]);
    expect(out("g>")).toEqual(["<thing>"]);
  });

  it("5.12 each word of the profile switches its own repair", () => {
    const written = `<think>x</think>${weather}<|im_end|>`;
    const none: Repairs = { toolCalls: false, thinking: false, stopMarkers: false };
    expect(said([written], { ...none, thinking: true })).toMatchObject({ text: `${weather}<|im_end|>`, thinking: "x", calls: [] });
    expect(said([written], { ...none, stopMarkers: true })).toMatchObject({ text: `<think>x</think>${weather}`, thinking: "", calls: [] });
    expect(said([written], { ...none, toolCalls: true })).toMatchObject({ text: "<think>x</think><|im_end|>", calls: [{}] });
    expect(repairsFor(none, { tools }, "r")).toBeUndefined();
  });
});

/** Texts made of the pieces that matter, and of plain ones. */
const bits = fc.constantFrom(
  ...[
    "<think>",
    "</think>",
    "<",
    "</",
    "<|im_end|>",
    "<|im_",
    "|>",
    "`",
    "```",
    "```json\n",
    "\n",
    "\n\n",
    " ",
    ",",
    '"',
    "{",
    "}",
    "[",
    "]",
  ],
  ...[weather, files, tagged, fenced, "<tool_call>", "</tool_call>", '{"name": "', "Hello", '{"a": 1}', "ü🙂"],
);
const texts = fc.array(bits, { maxLength: 12 }).map((parts) => parts.join(""));

describe("5.12 whatever the pieces", () => {
  it("5.12 every way to cut a text gives the same answer", () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(), { maxLength: 20 }), (text, cuts) => {
        const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
        const pieces = [0, ...places].map((from, at) => text.slice(from, [...places, text.length][at]));
        expect(said(pieces.filter((piece) => piece !== ""))).toEqual(said([text]));
        expect(said([...text])).toEqual(said([text]));
      }),
      { numRuns: 500 },
    );
  });

  it("5.12 text without tags, markers and brackets passes as the very events it came in", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 }), (pieces) => {
        const plain = pieces.map((piece) => `a${piece.replaceAll(/[<{[`\s]/g, "b")}`);
        const filter = repairs();
        for (const text of plain) {
          const event: ChatEvent = { type: "text", text, logprobs: {} };
          expect(filter.push(event)[0]).toBe(event);
        }
      }),
    );
  });

  it("5.12 what is not repaired loses no letter", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const got = said([text], { toolCalls: true, thinking: false, stopMarkers: false });
        if (got.calls.length === 0) expect(got.text).toBe(text);
      }),
    );
  });

  it("5.12 a whole answer is repaired as a stream is", () => {
    const reply: ChatReply = {
      id: "a",
      model: "m",
      createdAt: 1,
      parts: [{ type: "text", text: `<think>Hm.</think>Look:\n${fenced}<|im_end|>` }],
      finish: "stop",
      tokens: { input: 3, output: 4 },
    };
    const context = { model: "Mine", requestId: "r", now: 0, wantsUsage: false, promptTokens: 0 };
    expect(repairedReply(reply, repairs(), chatDialects.openai, context)).toMatchObject({
      model: "m",
      parts: [
        { type: "thinking", text: "Hm." },
        { type: "text", text: "Look:\n" },
        { type: "tool-call", name: "get_weather", arguments: '{"city": "Oslo"}' },
      ],
      finish: "tool-calls",
      tokens: { input: 3, output: 4 },
    });
  });
});
