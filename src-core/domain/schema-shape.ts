// A schema that came with a request, before it is used: nobody vouches for it. Bounded in depth and size, every keyword of the shape the draft
// gives it, and copied, so that what the validator writes into a schema is written into ours. Keywords that could not be checked in bounded time
// are left out: the answer is then judged by the others.
import { compileLinear } from "./linear-regex.ts";

/** A schema, copied and known to be well formed. */
export type Shape = boolean | { [keyword: string]: unknown };

/** How many schemas of a shape there are: what one judgement costs grows with it. */
export type Shaped =
  | { readonly ok: true; readonly shape: Shape; readonly schemas: number }
  | { readonly ok: false; readonly problem: string };

const deepest = 32;
const mostSchemas = 2_000;
const mostOptions = 2_000;

/** Never rejects by throwing; `problem` is a whole sentence naming the place as a JSON pointer. */
export function shapeOf(schema: unknown): Shaped {
  const walk: Walk = { schemas: 0, patterns: 0 };
  const shape = copySchema(schema, "", 0, walk);
  if (shape instanceof Problem) return { ok: false, problem: shape.says };
  return { ok: true, shape, schemas: walk.schemas };
}

interface Walk {
  schemas: number;
  patterns: number;
}

class Problem {
  readonly says: string;

  constructor(at: string, says: string) {
    this.says = `${at === "" ? "The schema" : `The schema's ${at}`} ${says}.`;
  }
}

type Copy = (value: unknown, at: string, depth: number, walk: Walk) => unknown;

/** A keyword whose value is taken as it is where `fits`. */
function plain(fits: (value: unknown) => boolean, expected: string): Copy {
  return (value, at) => (fits(value) ? value : new Problem(at, `should be ${expected}`));
}

const isText = (value: unknown) => typeof value === "string";
const isCount = (value: unknown) => typeof value === "number" && Number.isInteger(value) && value >= 0;
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

const types: ReadonlySet<unknown> = new Set(["null", "boolean", "object", "array", "number", "integer", "string"]);
const isType = (value: unknown) => types.has(value) || (Array.isArray(value) && value.length > 0 && value.every((one) => types.has(one)));

const text = plain(isText, "a text");
const number = plain((value) => typeof value === "number", "a number");
const count = plain(isCount, "a whole number, not negative");
const texts = plain(isTexts, "a list of texts");
const options = plain((value) => Array.isArray(value) && value.length <= mostOptions, `a list of at most ${mostOptions}`);

/** Formats told by a short look; the others are annotations to us, as the draft allows. */
const quickFormats: ReadonlySet<unknown> = new Set(["date", "time", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"]);

const keywords: Readonly<Record<string, Copy>> = {
  ...every(["not", "if", "then", "else", "contains", "propertyNames"], copySchema),
  ...every(["additionalItems", "additionalProperties", "unevaluatedItems", "unevaluatedProperties"], copySchema),
  ...every(["allOf", "anyOf", "oneOf", "prefixItems"], copyList),
  ...every(["properties", "$defs", "definitions", "dependentSchemas"], copyMap),
  ...every(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], number),
  ...every(["minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains", "minProperties", "maxProperties"], count),
  ...every(["$ref", "$id", "$anchor", "$schema"], text),
  items: (value, at, depth, walk) => (Array.isArray(value) ? copyList(value, at, depth, walk) : copySchema(value, at, depth, walk)),
  dependencies: copyDependencies,
  dependentRequired: plain((value) => isObject(value) && Object.values(value).every(isTexts), "lists of texts by name"),
  patternProperties: copyPatterns,
  pattern: (value, at, _depth, walk) =>
    isPattern(value) ? (isQuick(value, walk) ? value : undefined) : new Problem(at, "should be a pattern"),
  format: (value, at) => (isText(value) ? (quickFormats.has(value) ? value : undefined) : new Problem(at, "should be a text")),
  multipleOf: plain((value) => typeof value === "number" && value > 0, "a number above 0"),
  uniqueItems: plain((value) => typeof value === "boolean", "true or false"),
  required: texts,
  enum: options,
  const: (value) => value,
  type: plain(isType, `one or more of ${[...types].join(", ")}`),
};

function every(names: readonly string[], copy: Copy): Record<string, Copy> {
  return Object.fromEntries(names.map((name) => [name, copy]));
}

function copySchema(value: unknown, at: string, depth: number, walk: Walk): Shape | Problem {
  walk.schemas += 1;
  if (walk.schemas > mostSchemas) return new Problem("", `has more than ${mostSchemas} parts, the most Homeport checks`);
  if (depth > deepest) return new Problem("", `nests deeper than ${deepest} levels, the most Homeport checks`);
  if (typeof value === "boolean") return value;
  if (!isObject(value)) return new Problem(at, "should be an object, true or false");
  const shape = empty();
  for (const [keyword, told] of Object.entries(value)) {
    const copied = copyKeyword(keyword, told, `${at}/${keyword}`, depth + 1, walk);
    if (copied instanceof Problem) return copied;
    if (copied !== undefined) shape[keyword] = copied;
  }
  return shape;
}

function copyKeyword(keyword: string, told: unknown, at: string, depth: number, walk: Walk): unknown {
  const copy = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined;
  if (copy !== undefined) return copy(told, at, depth, walk);
  // Unknown words are annotations; but references may lead into them ("#/components/…").
  if (!isObject(told) || ignored.test(keyword)) return undefined;
  const copied = copySchema(told, at, depth, walk);
  return copied instanceof Problem && walk.schemas <= mostSchemas ? undefined : copied;
}

/** What the validator writes for itself, and the recursion of 2019-09, whose cost cannot be counted. */
const ignored = /^__absolute|^\$recursive/;

function copyList(value: unknown, at: string, depth: number, walk: Walk): unknown {
  if (!Array.isArray(value) || value.length === 0) return new Problem(at, "should be a list of schemas");
  const copied: Shape[] = [];
  for (const [index, one] of value.entries()) {
    const shape = copySchema(one, `${at}/${index}`, depth, walk);
    if (shape instanceof Problem) return shape;
    copied.push(shape);
  }
  return copied;
}

function copyMap(value: unknown, at: string, depth: number, walk: Walk): unknown {
  return copyEach(value, at, (one, place) => copySchema(one, place, depth, walk));
}

function copyDependencies(value: unknown, at: string, depth: number, walk: Walk): unknown {
  return copyEach(value, at, (one, place) => (isTexts(one) ? one : copySchema(one, place, depth, walk)));
}

function copyPatterns(value: unknown, at: string, depth: number, walk: Walk): unknown {
  return copyEach(value, at, (one, place, pattern) => {
    if (!isPattern(pattern)) return new Problem(place, "should have a pattern as its name");
    return isQuick(pattern, walk) ? copySchema(one, place, depth, walk) : undefined;
  });
}

function copyEach(value: unknown, at: string, copy: (one: unknown, at: string, name: string) => unknown): unknown {
  if (!isObject(value)) return new Problem(at, "should be an object");
  const copied = empty();
  for (const [name, one] of Object.entries(value)) {
    const shape = copy(one, `${at}/${name}`, name);
    if (shape instanceof Problem) return shape;
    if (shape !== undefined) copied[name] = shape;
  }
  return copied;
}

/** Without a prototype: a name like `__proto__` is a name. */
function empty(): Record<string, unknown> {
  return Object.create(null);
}

function isPattern(value: unknown): value is string {
  if (typeof value !== "string") return false;
  try {
    new RegExp(value, "u");
    return true;
  } catch {
    return false;
  }
}

/** As `linear-regex.ts` accepts them for texts of any length: the validator shows a pattern the whole text. */
const anyLength = 65_536;
const mostPatterns = 64;

/** Whether a pattern is told in time that grows with the text and no faster. Patterns run on words a stranger's model wrote. */
function isQuick(pattern: string, walk: Walk): boolean {
  walk.patterns += 1;
  if (walk.patterns > mostPatterns) return false;
  const read = compileLinear(pattern);
  return "regex" in read && read.scanChars >= anyLength;
}
