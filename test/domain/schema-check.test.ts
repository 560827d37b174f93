// JSON Schema on answers: what is wrong, in words; and schemas that nobody should trust.
import { describe, expect, it } from "vitest";
import { problemsOf, readSchema } from "../../src-core/domain/schema-check.ts";

function problems(schema: unknown, value: unknown): readonly string[] {
  const read = readSchema(schema);
  if ("problem" in read) throw new Error(read.problem);
  return problemsOf(value, read);
}

function refused(schema: unknown): string {
  const read = readSchema(schema);
  return "problem" in read ? read.problem : "";
}

const plan = {
  type: "object",
  properties: {
    action: { type: "string", enum: ["restart", "wait"] },
    count: { type: "integer", minimum: 1 },
    steps: { type: "array", items: { $ref: "#/$defs/step" } },
  },
  required: ["action"],
  additionalProperties: false,
  $defs: { step: { type: "object", required: ["name"], properties: { name: { type: ["string", "null"] } } } },
};

describe("3.3 what a schema says of an answer", () => {
  it.each<[unknown, readonly string[]]>([
    [{ action: "wait", count: 2, steps: [{ name: null }] }, []],
    [{}, ["/action is missing"]],
    [{ action: "wait", count: "two" }, ["/count should be integer, got string"]],
    [{ action: "wait", count: 1.5 }, ["/count should be integer, got number"]],
    [{ action: "go" }, ['/action should be one of ["restart","wait"]']],
    [{ action: "wait", more: 1 }, ["/more is not allowed"]],
    [{ action: "wait", steps: [{ name: "a" }, {}] }, ["/steps/1/name is missing"]],
    [{ action: "wait", steps: [{ name: 3 }] }, ["/steps/0/name should be string or null, got number"]],
    [[], ["the answer should be object, got array"]],
    [null, ["the answer should be object, got null"]],
    [{ count: 0 }, ["/action is missing", "/count: 0 is less than 1"]],
  ])("3.3 %j: %j", (value, told) => expect(problems(plan, value)).toEqual(told));

  it.each<[unknown, unknown, boolean]>([
    [true, 1, true],
    [false, 1, false],
    [{}, [1], true],
    [{ not: { type: "string" } }, "a", false],
    [JSON.parse('{"if":{"required":["a"]},"then":{"required":["b"]}}'), { a: 1 }, false],
    [{ dependentRequired: { a: ["b"] } }, { a: 1, b: 2 }, true],
    [{ type: "object", properties: { a: true }, unevaluatedProperties: false }, { b: 1 }, false],
    [{ prefixItems: [{ type: "string" }], items: { type: "number" } }, ["a", 1], true],
    [{ $schema: "http://json-schema.org/draft-07/schema#", items: [{ type: "string" }], additionalItems: false }, ["a", 1], false],
    [{ anyOf: [{ type: "string" }, { type: "number" }] }, true, false],
    [{ oneOf: [{ type: "number" }, { minimum: 2 }] }, 3, false],
    [{ const: { a: [1] } }, { a: [1] }, true],
    [{ pattern: "^\\d{4}-\\d{2}$" }, "2026-13x", false],
    [{ pattern: "^[a-z]+$" }, "abc", true],
    [{ pattern: "^[a-z]+$" }, "ABC", false],
    [{ pattern: "^\\d+\\.\\d+\\.\\d+$" }, "1.2", false],
    [{ pattern: "^(up|down)$" }, "left", false],
    [{ patternProperties: { "^x-": { type: "string" } } }, { "x-a": 1 }, false],
    [{ format: "date" }, "yesterday", false],
    [{ $ref: "#/components/schemas/A", components: { schemas: { A: { type: "string" } } } }, 1, false],
    [{ properties: JSON.parse('{"__proto__":{"type":"string"}}') }, JSON.parse('{"__proto__":1}'), false],
    [{ required: ["toString"] }, {}, false],
    [{ type: "object", properties: { "a/b": { type: "string" } } }, { "a/b": 1 }, false],
  ])("3.3 %j with %j: %s", (schema, value, good) => expect(problems(schema, value).length === 0).toBe(good));

  it("3.3 a name with a slash, a quote or another alphabet is named as a pointer names it", () => {
    expect(problems({ required: ['a/b "c"'] }, {})).toEqual(['/a~1b "c" is missing']);
    expect(problems({ properties: { "größe#": { type: "string" } } }, { "größe#": 1 })).toEqual(["/größe# should be string, got number"]);
  });

  it("3.3 at most eight are named", () => {
    const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
    expect(problems({ required: names }, {})).toHaveLength(8);
  });
});

describe("3.3 a malformed schema is the client's 400", () => {
  it.each<[unknown, string]>([
    ["object", "The schema should be an object, true or false."],
    [{ type: "strnig" }, "The schema's /type should be one or more of null, boolean, object, array, number, integer, string."],
    [{ properties: [] }, "The schema's /properties should be an object."],
    [{ properties: { a: { required: "b" } } }, "The schema's /properties/a/required should be a list of texts."],
    [{ anyOf: [] }, "The schema's /anyOf should be a list of schemas."],
    [{ items: 3 }, "The schema's /items should be an object, true or false."],
    [{ pattern: "(" }, "The schema's /pattern should be a pattern."],
    [{ minLength: -1 }, "The schema's /minLength should be a whole number, not negative."],
    [{ $ref: "#/nowhere" }, "The schema refers to #/nowhere, which is not in it."],
    [{ $ref: "https://example.com/schema.json" }, "The schema refers to https://example.com/schema.json, which is not in it."],
  ])("3.3 %j", (schema, problem) => expect(refused(schema)).toBe(problem));

  it("3.3 too deep, too large", () => {
    let deep: unknown = true;
    for (let level = 0; level < 100; level++) deep = { not: deep };
    expect(refused(deep)).toContain("nests deeper");
    const wide = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`p${index}`, true]));
    expect(refused({ properties: wide })).toContain("has more than");
    expect(refused({ unknown: { properties: wide } })).toContain("has more than");
  });
});

describe("3.3 schemas made to cost", () => {
  it("3.3 references that double at every level, or go round, are given up and not waited for", () => {
    const $defs: Record<string, unknown> = { d40: { type: "string" } };
    for (let level = 0; level < 40; level++)
      $defs[`d${level}`] = { allOf: [{ $ref: `#/$defs/d${level + 1}` }, { $ref: `#/$defs/d${level + 1}` }] };
    expect(problems({ $ref: "#/$defs/d0", $defs }, "a")).toEqual(["the answer could not be checked: the schema is too intricate"]);
    expect(problems({ $ref: "#" }, "a")).toEqual(["the answer could not be checked: the schema is too intricate"]);
    const round = { properties: { a: { allOf: [{ $recursiveRef: "#" }, { $recursiveRef: "#" }] } }, $recursiveAnchor: true };
    let value: unknown = 1;
    for (let level = 0; level < 50; level++) value = { a: value };
    expect(problems(round, value)).toEqual([]);
  });

  it("3.3 a pattern that could backtrack without end is not run", () => {
    for (const pattern of ["^(a+)+$", "(a|a)*b", "^a*a*a*b$", "a*b", "^(?=a)b", "^[a-z]+[a-z]+!$"])
      expect(problems({ pattern }, "a".repeat(50_000)), pattern).toEqual([]);
    expect(problems({ patternProperties: { "^(a+)+$": false } }, { aaaa: 1 })).toEqual([]);
  });

  it("3.3 neither is a pattern that a client hides from the check behind words of the validator", () => {
    const schema = { __absolute_ref__: { $ref: "x" }, type: "string", __absolute_uri__: "x" };
    expect(problems(schema, "a")).toEqual([]);
  });

  it("3.3 an answer too large or too deep to be checked is not checked", () => {
    expect(
      problems(
        { uniqueItems: true },
        Array.from({ length: 30_000 }, (_, index) => index),
      ),
    ).toHaveLength(1);
    let deep: unknown = 1;
    for (let level = 0; level < 1_000; level++) deep = [deep];
    expect(problems({ items: true }, deep)).toHaveLength(1);
  });

  it("3.3 the client's schema is left as it was", () => {
    const schema = { $ref: "#/$defs/a", $defs: { a: { type: "string" } } };
    problems(schema, "a");
    expect(Object.getOwnPropertyNames(schema)).toEqual(["$ref", "$defs"]);
  });
});
