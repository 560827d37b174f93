// JSON in answers: all of it, or the first value of a fenced block.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonIn } from "../../src-core/domain/fenced-json.ts";

describe("3.3 the JSON of an answer", () => {
  it.each<[string, unknown]>([
    ['{"a":1}', { a: 1 }],
    [" \n[1,2]\n", [1, 2]],
    ["42", 42],
    ['Here:\n```json\n{"a":1}\n```\nDone.', { a: 1 }],
    ['```\n[{"a":{"b":[1,{"c":2}]}}]\n```', [{ a: { b: [1, { c: 2 }] } }]],
    ['~~~json\n{"a":1}\n~~~', { a: 1 }],
    ['````\n{"a":1}\n````', { a: 1 }],
    ['```json {"a":1} ```', { a: 1 }],
    ['```js\nconst x = {a: 1};\n```\nand\n```json\n{"b":2}\n```', { b: 2 }],
    ['```json\n{"first":1}\n{"second":2}\n```', { first: 1 }],
    ['  ```json\n  {"a":1}\n  ```', { a: 1 }],
    ['```json\n{"cut":1}', { cut: 1 }],
  ])("3.3 %j", (text, value) => expect(jsonIn(text)).toEqual({ value }));

  it.each([
    "",
    "no json",
    'prose {"a":1} prose',
    "```\nnothing\n```",
    "```json\n{a:1}\n```",
    '```json\n{"a":\n```',
    "```",
    '{"a":1} trailing',
  ])("3.3 nothing in %j", (text) => expect(jsonIn(text)).toBeUndefined());
});

describe("3.6 the scanner", () => {
  it.each<[string, unknown]>([
    ['```json\n{"a":"}"}\n```', { a: "}" }],
    ['```json\n{"a":"\\"}{"}\n```', { a: '"}{' }],
    ['```json\n{"code":"```js\\nx()\\n```","n":{"m":{}}}\n```', { code: "```js\nx()\n```", n: { m: {} } }],
    ['```json\n{"a":"\\\\"}\n```', { a: "\\" }],
  ])("3.6 keeps to strings, escapes and nesting: %j", (text, value) => expect(jsonIn(text)).toEqual({ value }));

  it("3.6 finds any object or list that is fenced, whatever it holds", () => {
    const values = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(values, (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(jsonIn(`Of course!\n\n\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\`\n`)).toEqual({ value: plain });
      }),
    );
  });

  it("3.6 gives up a text of nothing but open brackets", () => expect(jsonIn(`\`\`\`\n${"[".repeat(100_000)}`)).toBeUndefined());
});
