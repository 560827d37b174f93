// The scan against JSON.parse: the span it finds is the value everybody else will read, and what two readers could read differently is refused.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deepest, scanBody, withoutText } from "../../src-core/dialects/json-scan.ts";

const bytesOf = (text: string) => Buffer.from(text, "utf8");

function valueAt(text: string): unknown {
  const bytes = bytesOf(text);
  const scan = scanBody(bytes);
  if (!scan.ok || scan.modelSpan === undefined) return undefined;
  return JSON.parse(bytes.subarray(scan.modelSpan.start, scan.modelSpan.end).toString("utf8"));
}

const space = fc.stringMatching(/^[ \n\r\t]{0,3}$/);
const anyText = fc.string({ unit: "binary" });
/** Keys and strings that look like what the scan searches for. */
const trap = fc.constantFrom("model", '"model":"x"', "\\", '\\"', '"', "{", "}", '","model":"y', "mod\\u0065l", "é", "\u2028", "😀");
const text = fc.oneof(anyText, trap);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    tie("list"),
    tie("object"),
  ),
  list: fc.array(tie("any"), { maxLength: 4 }),
  object: fc.dictionary(text, tie("any"), { maxKeys: 4 }),
})).any;

/** Some characters written as escapes, as clients may. */
function written(of: string, escapes: boolean): string {
  const plain = JSON.stringify(of);
  return escapes
    ? plain.replace(/[a-z](?![^\\]*\\$)/g, (char, at: number) => (plain[at - 1] === "\\" || inEscape(plain, at) ? char : hex(char)))
    : plain;
}

function inEscape(plain: string, at: number): boolean {
  return /\\u[0-9a-f]{0,3}$/.test(plain.slice(Math.max(0, at - 5), at));
}

function hex(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

const member = fc.record({ key: text, value, escapes: fc.boolean(), before: space, after: space });

function bodyOf(members: readonly { key: string; value: unknown; escapes: boolean; before: string; after: string }[]): string {
  const parts = members.map(({ key, value: held, escapes, before, after }) => {
    return `${before}${written(key, escapes)}${after}:${before}${JSON.stringify(held)}${after}`;
  });
  return `{${parts.join(",")}}`;
}

describe("the span of the model's name", () => {
  it("is the value that JSON.parse reads, whatever stands around it", () => {
    fc.assert(
      fc.property(fc.uniqueArray(member, { selector: ({ key }) => key, maxLength: 8 }), text, fc.nat(8), (members, model, at) => {
        const others = members.filter(({ key }) => key !== "model");
        const own = { key: "model", value: model, escapes: at % 2 === 0, before: " ", after: "\n" };
        const body = bodyOf([...others.slice(0, at), own, ...others.slice(at)]);
        const parsed: unknown = JSON.parse(body);
        expect(parsed).toHaveProperty("model", model);
        expect(valueAt(body)).toBe(model);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["a model inside a message", '{"messages":[{"model":"inner"}],"model":"outer"}', "outer"],
    ["a model inside a string", '{"prompt":"\\"model\\":\\"inner\\"","model":"outer"}', "outer"],
    ["a string that ends in backslashes", '{"prompt":"c:\\\\\\\\","model":"outer"}', "outer"],
    ["a key that only begins like it", '{"models":"a","model":"outer"}', "outer"],
    ["a model that is a value", '{"x":"model","model":"outer"}', "outer"],
    ["a key written with an escape", '{"mod\\u0065l":"outer"}', "outer"],
  ])("F44: %s does not mislead it", (_, body, model) => {
    expect(valueAt(body)).toBe(model);
  });

  it.each(['{"model":5}', '{"model":["x"]}', '{"model":{"model":"x"}}', '{"model":null,"x":"y"}', "{}"])("%s holds no name", (body) => {
    expect(scanBody(bytesOf(body))).toMatchObject({ ok: true, modelSpan: undefined });
  });
});

describe("refusals", () => {
  it.each([
    ['{"model":"a","model":"b"}', "model"],
    ['{"model":"a","mod\\u0065l":"b"}', "model"],
    ['{"":1,"":2}', ""],
    ['{"é":1,"\\u00e9":2}', "é"],
    ['{"stream":true,"x":{"stream":1},"stream":false}', "stream"],
  ])("F44: a top-level key written twice is refused, however it is spelt: %s", (body, key) => {
    expect(scanBody(bytesOf(body))).toEqual({ ok: false, problem: "duplicate-key", key });
  });

  it("F44: the same key in two objects is nobody's duplicate", () => {
    expect(scanBody(bytesOf('{"a":{"k":1},"b":{"k":1},"k":[{"k":1},{"k":1}]}')).ok).toBe(true);
  });

  it("S-11: 64 levels pass, 65 do not, and a million cost nothing", () => {
    const nested = (levels: number) => bytesOf(`{"x":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`);
    expect(scanBody(nested(deepest)).ok).toBe(true);
    expect(scanBody(nested(deepest + 1))).toEqual({ ok: false, problem: "too-deep" });
    expect(scanBody(bytesOf("[".repeat(1_000_000)))).toMatchObject({ ok: false });
  });

  it.each(["", " ", "[]", "nonsense", '{"a":"b', '{"a":1', '{"\\q":1}', '{"a":1}}'])("F44: %s is not taken for a good object", (body) => {
    const scan = scanBody(bytesOf(body));
    if (scan.ok) expect(() => JSON.parse(body)).toThrow();
    else expect(scan.problem).toBe("malformed");
  });

  it("F44: no bytes make it throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        scanBody(bytes);
      }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('"', "\\", "{", "}", "[", "]", ",", ":", "model", '"model"', " "), { maxLength: 40 }),
        (parts) => {
          scanBody(bytesOf(parts.join("")));
        },
      ),
    );
  });

  it("F44: the worst bodies cost by their length and no more: four times as long, not sixteen times as dear", () => {
    const keysOf = (size: number) => `{${Array.from({ length: size / 11 }, (_, index) => `"k${index}":0`).join(",")}}`;
    const worst: readonly ((size: number) => string)[] = [
      (size) => `{"${"k".repeat(size)}":0}`,
      (size) => keysOf(size).replaceAll("k", "\\n"),
      (size) => `{"x":"${'\\"'.repeat(size / 2)}"}`,
      (size) => `{"x":"${"\\\\".repeat(size / 2)}"}`,
      (size) => `{"x":[${"0,".repeat(size / 2)}0]}`,
      keysOf,
      (size) => `{"x":[${'"",'.repeat(size / 3)}""]}`,
    ];
    // Time on the processor, the least of many, and one against the other: neither a busy nor a slow machine must fail this.
    const leastMs = (bytes: Uint8Array) => {
      for (let warm = 0; warm < 20; warm++) scanBody(bytes);
      const times = Array.from({ length: 15 }, () => {
        const before = process.cpuUsage();
        scanBody(bytes);
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1000;
      });
      return Math.min(...times);
    };
    const size = 64 * 1024;
    // What is too short to be measured counts as a tenth of a millisecond.
    for (const bodyOf of worst) {
      const short = Math.max(0.1, leastMs(bytesOf(bodyOf(size))));
      expect(leastMs(bytesOf(bodyOf(4 * size))) / short, bodyOf(64)).toBeLessThan(10);
    }
  });
});

describe("a word for us is cut out of a body, and nothing else changes", () => {
  it("S-20: what is left parses to the same value without it, wherever it stood and whatever stands around", () => {
    const member = fc.tuple(
      anyText.filter((key) => key !== "profile"),
      fc.oneof(anyText, trap, fc.jsonValue()),
    );
    fc.assert(
      fc.property(fc.array(member, { maxLength: 5 }), fc.nat(5), anyText, space, (members, place, value, gap) => {
        const unique = [...new Map(members)].filter(([key]) => key !== "__proto__");
        const at = Math.min(place, unique.length);
        const all = [...unique.slice(0, at), ["profile", value] as const, ...unique.slice(at)];
        const text = `{${gap}${all.map(([key, one]) => `${JSON.stringify(key)}${gap}:${gap}${JSON.stringify(one)}`).join(`${gap},${gap}`)}${gap}}`;
        const left: unknown = JSON.parse(Buffer.from(withoutText(bytesOf(text), "profile")).toString("utf8"));
        expect(left).toEqual(JSON.parse(JSON.stringify(Object.fromEntries(unique))));
      }),
    );
  });

  it("a key in disguise is the same key; a body without it stays the same bytes", () => {
    const plain = bytesOf('{"a":{"profile":"x"},"b":["profile","y"]}');
    expect(withoutText(plain, "profile")).toBe(plain);
    expect(Buffer.from(withoutText(bytesOf('{"pro\\u0066ile":"x","a":1}'), "profile")).toString()).toBe('{"a":1}');
  });
});
