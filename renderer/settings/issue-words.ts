// What is wrong with a value while somebody types it, in a short sentence. The schema is the engine's own, so that both always agree.
import type { z } from "zod";
import { words } from "../language/words.ts";

type Issue = z.core.$ZodIssue;

const { issues: says } = words.settings;

/** One sentence for the field. The schema's own messages are written to follow "expected". */
export function issueSays(issue: Issue): string {
  switch (issue.code) {
    case "too_small":
      if (issue.origin === "string") return says.empty;
      if (issue.origin === "array") return says.chooseOne;
      return issue.inclusive === false ? says.moreThan(issue.minimum) : says.atLeast(issue.minimum);
    case "too_big":
      if (issue.origin === "string") return says.tooLong;
      return issue.origin === "array" ? says.tooMany : says.atMost(issue.maximum);
    case "invalid_type": {
      const kind = says.expectedKinds[issue.expected];
      return kind === undefined ? says.expectedOther : says.expected(kind);
    }
    case "invalid_union":
    case "invalid_format":
    case "custom":
      return says.expected(issue.message.replace(/\.$/, ""));
    default:
      return says.expectedOther;
  }
}

/** The first sentence for each field, by its path with dots between. */
export function sayings(issues: readonly Issue[]): Readonly<Record<string, string>> {
  const first: Record<string, string> = {};
  for (const issue of issues) first[issue.path.map(String).join(".")] ??= issueSays(issue);
  return first;
}
