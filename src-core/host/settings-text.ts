// The settings as text, JSON or YAML, there and back. What is wrong with a text is told field by field, each with its line.
import { stringify } from "yaml";
import { Config } from "../contract/config.ts";
import type { SettingsText } from "../engine/ports.ts";
import { type ConfigIssue, describeIssues, fieldName } from "./config-issues.ts";
import { type RawDocument, readDocument } from "./config-text.ts";

/** What a message calls a text that has no file's name. */
const place = "These settings";
const mostIssues = 50;

/** Text that begins with a brace is JSON, so that its errors are told as JSON's. */
export const settingsText: SettingsText = {
  write: (document, format) => (format === "json" ? `${JSON.stringify(document, null, 2)}\n` : stringify(document, { lineWidth: 0 })),
  read(text, only) {
    const read = readDocument(text, place, /^\uFEFF?\s*\{/.test(text) ? "json" : "yaml");
    if ("failure" in read) return read;
    const parsed = Config.safeParse(read.document);
    const wrong = parsed.success ? [] : describeIssues(parsed.error.issues, read.document);
    const issues = [...strangers(read.document, only), ...wrong];
    return {
      document: read.document,
      issues: issues.slice(0, mostIssues).map(({ path, says }) => {
        const line = read.lineOf(path);
        return { field: fieldName(path), says, ...(line === undefined ? {} : { line }) };
      }),
    };
  },
};

/** Sections that are none of those wanted. One that no settings have is found by the schema, with the word that was meant. */
function strangers(document: RawDocument, only: readonly string[] | undefined): readonly ConfigIssue[] {
  if (only === undefined) return [];
  const others = Object.keys(document).filter((key) => Object.hasOwn(Config.shape, key) && !only.includes(key));
  return others.map((key) => ({ path: [key], says: `it is not part of this document, which has ${only.join(", ")}` }));
}
