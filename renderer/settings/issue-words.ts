// What is wrong with a value while somebody types it, in a short sentence. The schema is the engine's own, so that both always agree.
import type { z } from "zod";

type Issue = z.core.$ZodIssue;

const kinds: Readonly<Record<string, string>> = { int: "a whole number", number: "a number", string: "a text" };

/** One sentence for the field. The schema's own messages are written to follow "expected". */
export function issueSays(issue: Issue): string {
  switch (issue.code) {
    case "too_small":
      return issue.origin === "string"
        ? "Write something here."
        : issue.origin === "array"
          ? "Choose at least one."
          : `${issue.inclusive === false ? "More than" : "At least"} ${figure(issue.minimum)}.`;
    case "too_big":
      return issue.origin === "string"
        ? "This is too long."
        : issue.origin === "array"
          ? "These are too many."
          : `At most ${figure(issue.maximum)}.`;
    case "invalid_type":
      return `Expected ${kinds[issue.expected] ?? "another value"}.`;
    case "invalid_union":
    case "invalid_format":
    case "custom":
      return `Expected ${issue.message.replace(/\.$/, "")}.`;
    default:
      return "Expected another value.";
  }
}

/** The first sentence for each field, by its path with dots between. */
export function sayings(issues: readonly Issue[]): Readonly<Record<string, string>> {
  const says: Record<string, string> = {};
  for (const issue of issues) says[issue.path.map(String).join(".")] ??= issueSays(issue);
  return says;
}

const figure = (value: number | bigint) => new Intl.NumberFormat().format(value);
