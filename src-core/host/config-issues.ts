// What is wrong with a configuration, in words: the field, what was expected, what stands there, and the word that was probably meant.
// A value that may be a secret is never repeated.
import { z } from "zod";
import { Config } from "../contract/config.ts";
import { nearest } from "./nearest.ts";
import { redactText } from "./redact.ts";

export type Path = readonly PropertyKey[];

/** One finding. `path` leads to the field; for a misspelt key it includes that key. */
export interface ConfigIssue {
  readonly path: Path;
  readonly says: string;
}

const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a section of keys and values",
};

/** Findings for a person, in the order of the schema. `document` is what was checked. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], document: unknown): readonly ConfigIssue[] {
  return issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? unknownKeys(issue.path, issue.keys) : [wrongValue(issue, document)],
  );
}

/** "nodes[0].url", as a person writes it. */
export function fieldName(path: Path): string {
  return path.reduce<string>(
    (name, part) => (typeof part === "number" ? `${name}[${part}]` : name === "" ? String(part) : `${name}.${String(part)}`),
    "",
  );
}

function unknownKeys(path: Path, keys: readonly string[]): readonly ConfigIssue[] {
  const known = keysAt(path);
  return keys.map((key) => {
    const meant = nearest(key, known);
    const hint = meant === undefined ? `expected one of ${known.map((word) => `"${word}"`).join(", ")}` : `did you mean "${meant}"?`;
    return { path: [...path, key], says: `there is no such key; ${hint}` };
  });
}

function wrongValue(issue: z.core.$ZodIssue, document: unknown): ConfigIssue {
  const value = valueAt(document, issue.path);
  const meant = issue.code === "invalid_value" && typeof value === "string" ? nearest(value, issue.values.map(String)) : undefined;
  const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
  return { path: issue.path, says: `expected ${expected(issue)}, got ${got(value, issue.path)}${hint}` };
}

function expected(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return kinds[issue.expected] ?? `a ${issue.expected}`;
    case "invalid_value":
      return issue.values.length === 1
        ? JSON.stringify(issue.values[0])
        : `one of ${issue.values.map((one) => JSON.stringify(one)).join(", ")}`;
    case "too_small":
      return `${measure(issue.origin)} of at least ${issue.minimum}`;
    case "too_big":
      return `${measure(issue.origin)} of at most ${issue.maximum}`;
    default:
      // The schema's own messages are written to follow "expected".
      return issue.message;
  }
}

function measure(origin: string): string {
  if (origin === "string") return "a text with a length";
  return origin === "array" ? "a list with a length" : "a number";
}

function got(value: unknown, path: Path): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a section";
  if (typeof value !== "string") return String(value);
  if (/key|secret|token|password/i.test(String(path.findLast((part) => typeof part === "string") ?? ""))) return "a text (not shown)";
  const shown = redactText(value);
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 60)}…` : shown);
}

/** The value at `path`, or undefined where the path leads nowhere. */
export function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === "object" && value !== null && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined),
    document,
  );
}

const SchemaPart: z.ZodType<SchemaPart> = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
});
interface SchemaPart {
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
  readonly items?: unknown;
}

let schema: unknown;

/** The keys the schema knows at `path`, read from its JSON Schema: the one description of it that can be walked. */
function keysAt(path: Path): readonly string[] {
  schema ??= z.toJSONSchema(Config, { io: "input", reused: "inline" });
  const part = path.reduce<unknown>((at, step) => {
    const read = SchemaPart.safeParse(at);
    if (!read.success) return undefined;
    return typeof step === "number" ? read.data.items : read.data.properties?.[String(step)];
  }, schema);
  const read = SchemaPart.safeParse(part);
  return read.success ? Object.keys(read.data.properties ?? {}) : [];
}
