// Whether a value is what a JSON Schema (2020-12 or draft 7) asks for, and where not, in words that a model or a person can act on. The schema is a
// stranger's: its shape is checked first (`schema-shape.ts`), and a judgement that would take too long is given up. Nothing is ever generated
// or compiled from it.
import { dereference, type OutputUnit, type Schema, type SchemaDraft, validate } from "@cfworker/json-schema";
import { shapeOf } from "./schema-shape.ts";

export interface CheckedSchema {
  readonly schema: Schema | boolean;
  readonly draft: SchemaDraft;
  readonly lookup: Readonly<Record<string, Schema | boolean>>;
  /** References followed in one judgement, at most. */
  readonly mostRefs: number;
}

/** Ready for `problemsOf`, or why the schema cannot be used: a whole sentence for the client's 400. */
export function readSchema(told: unknown): CheckedSchema | { readonly problem: string } {
  const shaped = shapeOf(told);
  if (!shaped.ok) return { problem: shaped.problem };
  const schema: Schema | boolean = shaped.shape;
  try {
    const lookup = dereference(schema);
    const lost = lostReference(schema, lookup);
    if (lost !== undefined) return { problem: `The schema refers to ${lost}, which is not in it.` };
    return { schema, draft: draftOf(schema), lookup, mostRefs: Math.ceil(mostSteps / shaped.schemas) };
  } catch (error) {
    return { problem: `The schema cannot be read: ${error instanceof Error ? error.message : "unknown"}` };
  }
}

/** What one judgement may cost: schemas looked at behind references. References alone can double the work at every level. */
const mostSteps = 1_000_000;
/** Answers larger than this are not judged part by part. */
const mostValues = 20_000;
const deepestValue = 64;
const mostProblems = 8;

/** What is wrong with the value, as `/pointer` and words; empty where it is as it should be. At most 8. */
export function problemsOf(value: unknown, { schema, draft, lookup, mostRefs }: CheckedSchema): readonly string[] {
  if (tooLarge(value)) return ["the answer is too large or too deep to be checked"];
  let refs = 0;
  const counted = new Proxy(lookup, {
    get: (target, uri) => {
      refs += 1;
      if (refs > mostRefs) throw new TooMuchWork();
      return typeof uri === "string" ? target[uri] : undefined;
    },
  });
  try {
    const { valid, errors } = validate(value, schema, draft, counted, false);
    return valid ? [] : inWords(errors, value);
  } catch {
    // Too many references, or one that leads to itself without end.
    return ["the answer could not be checked: the schema is too intricate"];
  }
}

class TooMuchWork extends Error {}

function draftOf(schema: Schema | boolean): SchemaDraft {
  const named = typeof schema === "boolean" ? "" : (schema.$schema ?? "");
  if (/draft-0[67]/.test(named)) return "7";
  return named.includes("2019-09") ? "2019-09" : "2020-12";
}

function lostReference(schema: Schema | boolean, lookup: Readonly<Record<string, Schema | boolean>>): string | undefined {
  for (const one of new Set([schema, ...Object.values(lookup)])) {
    if (typeof one === "boolean" || one.$ref === undefined) continue;
    if (lookup[one.__absolute_ref__ ?? one.$ref] === undefined) return one.$ref;
  }
  return undefined;
}

function tooLarge(value: unknown): boolean {
  let level: unknown[] = [value];
  let seen = 0;
  for (let depth = 0; level.length > 0; depth++) {
    seen += level.length;
    if (depth > deepestValue || seen > mostValues) return true;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return false;
}

function inWords(errors: readonly OutputUnit[], value: unknown): readonly string[] {
  const said = errors.flatMap((error) => says(error, value) ?? []);
  const told = [...new Set(said)].slice(0, mostProblems);
  return told.length > 0 ? told : ["the answer does not match the schema"];
}

/** Keywords that only say that something inside them is wrong, which has its own line. */
const wrappers: ReadonlySet<string> = new Set([
  ...["properties", "patternProperties", "additionalProperties", "unevaluatedProperties", "$ref", "allOf", "if", "dependentSchemas"],
  ...["items", "prefixItems", "additionalItems", "unevaluatedItems"],
]);

function says({ keyword, instanceLocation, error }: OutputUnit, value: unknown): string | undefined {
  const at = pointerOf(instanceLocation);
  const where = at === "" ? "the answer" : at;
  switch (keyword) {
    case "required":
      return `${at}/${escaped(/property "([\s\S]*)"\.$/.exec(error)?.[1] ?? "")} is missing`;
    case "type": {
      const expected = (/Expected "([\s\S]*)"\.$/.exec(error)?.[1] ?? "").replaceAll('", "', " or ");
      return `${where} should be ${expected}, got ${typeAt(value, at)}`;
    }
    case "false":
      return `${where} is not allowed`;
    case "enum":
      return `${where} should be one of ${short(error.replace(/^.*?any of /, ""))}`;
    case "const":
      return `${where} should be ${short(error.replace(/^.*?match /, ""))}`;
    case "anyOf":
    case "oneOf":
      return `${where}: ${short(error)}`;
    default:
      return wrappers.has(keyword) ? undefined : `${where}: ${short(error)}`;
  }
}

const short = (text: string) => {
  const words = text.replace(/\.$/, "");
  return words.length > 200 ? `${words.slice(0, 200)}…` : words;
};

const escaped = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** The validator writes pointers as URI fragments. */
function pointerOf(location: string): string {
  const pointer = location.replace(/^#/, "");
  try {
    return decodeURIComponent(pointer);
  } catch {
    return pointer;
  }
}

function typeAt(value: unknown, pointer: string): string {
  let at = value;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    at = typeof at === "object" && at !== null ? Object.entries(at).find(([name]) => name === key)?.[1] : undefined;
  }
  if (at === null) return "null";
  return Array.isArray(at) ? "array" : typeof at;
}
