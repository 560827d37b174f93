// From the text of a configuration file to a configuration, or to one message that says everything that is wrong with it. Pure.
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { Config } from "../contract/config.ts";
import { type Failure, fail } from "../contract/failure.ts";
import { describeIssues, fieldName, type Path } from "./config-issues.ts";

export type ConfigFormat = "json" | "yaml";
/** The document as written: every part optional, nothing filled in. */
export type RawDocument = Readonly<Record<string, unknown>>;
type Read<T> = T | { readonly failure: Failure };
type LineOf = (path: Path) => number | undefined;

/** Findings shown at once; more would hide the first. */
const most = 8;

/** JSON by its ending, else YAML, of which JSON is a part. */
export function formatOf(file: string): ConfigFormat {
  return file.toLowerCase().endsWith(".json") ? "json" : "yaml";
}

/** Reads `text`. The failure names `file`, line, field, what was expected and what stands there. An empty text is an empty document. */
export function parseConfig(
  text: string,
  file: string,
  format: ConfigFormat = formatOf(file),
): Read<{ readonly config: Config; readonly document: RawDocument }> {
  const read = readDocument(text, file, format);
  if ("failure" in read) return read;
  const checked = checkConfig(read.document, file, read.lineOf);
  return "failure" in checked ? checked : { config: checked.config, document: read.document };
}

/** Checks a document that is not text any more. `place` is what the message calls it. */
export function checkConfig(document: RawDocument, place: string, lineOf: LineOf = () => undefined): Read<{ readonly config: Config }> {
  const parsed = Config.safeParse(document);
  if (parsed.success) return { config: parsed.data };
  const found = describeIssues(parsed.error.issues, document);
  const lines = found.slice(0, most).map(({ path, says }) => {
    const line = lineOf(path);
    return `${place}${line === undefined ? "" : `, line ${line}`}: ${fieldName(path)}: ${says}`;
  });
  if (found.length > most) lines.push(`${place}: and ${found.length - most} more.`);
  return {
    failure: fail("invalid-request", `${lines.map((line) => line.replace(/[^.?]$/, "$&.")).join("\n")}`, {
      field: fieldName(found[0]?.path ?? []),
    }),
  };
}

type RawRead = Read<{ readonly document: RawDocument; readonly lineOf: LineOf }>;
const Section = z.record(z.string(), z.unknown());

/** Reads `text` without looking what it says. `file` is what a message calls it. */
export function readDocument(text: string, file: string, format: ConfigFormat): RawRead {
  return format === "json" ? readJson(text, file) : readYaml(text, file);
}

function asSection(value: unknown, file: string, lineOf: LineOf): RawRead {
  const section = Section.safeParse(value ?? {});
  if (section.success) return { document: section.data, lineOf };
  const is = Array.isArray(value) ? "a list" : `a ${typeof value}`;
  return { failure: fail("invalid-request", `${file}: expected a section of keys and values such as "nodes:", got ${is}.`) };
}

function readJson(text: string, file: string): RawRead {
  const plain = text.replace(/^\uFEFF/, "");
  if (plain.trim() === "") return { document: {}, lineOf: () => undefined };
  try {
    // Lines are found by the YAML reader, which takes every JSON text and knows where its values stand.
    return asSection(JSON.parse(plain), file, linesOf(plain));
  } catch (error) {
    return { failure: fail("invalid-request", `${file}: expected JSON, but ${reasonOf(error)}.`) };
  }
}

function readYaml(text: string, file: string): RawRead {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line;
    const says = error.message.split(/ at line \d+/)[0] ?? "it cannot be read";
    return { failure: fail("invalid-request", `${file}${line === undefined ? "" : `, line ${line}`}: expected YAML, but ${says}.`) };
  }
  try {
    return asSection(document.toJS(), file, linesOf(text));
  } catch (error) {
    return { failure: fail("invalid-request", `${file}: expected YAML, but ${reasonOf(error)}.`) };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, "") : "it cannot be read";
}

/** Where a field stands, counted from 1; the nearest enclosing one where the field itself is missing. */
function linesOf(text: string): LineOf {
  return (path) => {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    for (let length = path.length; length > 0; length--) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      const start = startOf(node);
      if (start !== undefined) return lines.linePos(start).line;
    }
    return undefined;
  };
}

const Placed = z.object({ range: z.tuple([z.number(), z.number(), z.number()]) });

function startOf(node: unknown): number | undefined {
  const placed = Placed.safeParse(node);
  return placed.success ? placed.data.range[0] : undefined;
}
