// The settings as text, JSON or YAML, there and back. What is wrong with a text is told field by field, each with its line.
import { stringify } from "yaml";
import { Config } from "../contract/config.ts";
import type { SettingsText } from "../engine/ports.ts";
import { describeIssues, fieldName } from "./config-issues.ts";
import { readDocument } from "./config-text.ts";

/** What a message calls a text that has no file's name. */
const place = "These settings";
const mostIssues = 50;

/** Text that begins with a brace is JSON, so that its errors are told as JSON's. */
export const settingsText: SettingsText = {
  write: (document, format) => (format === "json" ? `${JSON.stringify(document, null, 2)}\n` : stringify(document, { lineWidth: 0 })),
  read(text) {
    const read = readDocument(text, place, /^\uFEFF?\s*\{/.test(text) ? "json" : "yaml");
    if ("failure" in read) return read;
    const parsed = Config.safeParse(read.document);
    if (parsed.success) return { document: read.document, issues: [] };
    const issues = describeIssues(parsed.error.issues, read.document).slice(0, mostIssues);
    return {
      document: read.document,
      issues: issues.map(({ path, says }) => {
        const line = read.lineOf(path);
        return { field: fieldName(path), says, ...(line === undefined ? {} : { line }) };
      }),
    };
  },
};
