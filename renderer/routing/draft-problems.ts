// What is wrong with a draft while somebody edits it, a sentence for each field: the engine's own schema and its own rules for references.
import type { Failure } from "../../src-core/contract/failure.ts";
import { checkRouting } from "../../src-core/contract/routing-checks.ts";
import { RoutingDocument } from "../../src-core/contract/routing-document.ts";
import { words } from "../language/words.ts";
import { issueSays } from "../settings/issue-words.ts";

export type Problems = ReadonlyMap<string, string>;

/** What was found in a draft already: the page asks, and so does the box that keeps it. */
const found = new WeakMap<RoutingDocument, Problems>();

/** By path with dots ("profiles.coder.chain.0"), the first of each field. Empty: it can be saved. */
export function problemsIn(document: RoutingDocument): Problems {
  const problems = found.get(document) ?? check(document);
  found.set(document, problems);
  return problems;
}

function check(document: RoutingDocument): Problems {
  const problems = new Map<string, string>();
  const tell = (path: readonly PropertyKey[], says: string) => {
    const key = path.map(String).join(".");
    if (!problems.has(key)) problems.set(key, says);
  };
  const read = RoutingDocument.safeParse(document);
  if (read.success) return problems;
  for (const issue of read.error.issues) tell(issue.path, says(inFormUnits(issue)));
  // The schema looks at references only where all shapes are right; who edits wants to know both.
  for (const { path, message } of checkRouting(document)) tell(path, sentence(message));
  return problems;
}

type Issue = Parameters<typeof issueSays>[0];

/** What one of the schema's units is in the form: seconds for milliseconds, per cent for shares. */
const formUnits: Readonly<Record<string, number>> = { timeoutMs: 0.001, deadlineMs: 0.001, codeFenceRatioAtLeast: 100 };

/** A bound as the form counts: at least 100 of the schema's milliseconds are 0.1 seconds there. */
function inFormUnits(issue: Issue): Issue {
  const unit = formUnits[String(issue.path.at(-1))];
  if (unit === undefined) return issue;
  if (issue.code === "too_small") return { ...issue, minimum: Number(issue.minimum) * unit };
  return issue.code === "too_big" ? { ...issue, maximum: Number(issue.maximum) * unit } : issue;
}

function says(issue: Issue): string {
  // Of a choice among shapes, the one that came furthest says most.
  const branch =
    issue.code === "invalid_union" ? issue.errors.find((issues) => issues.every(({ code }) => code !== "invalid_type")) : undefined;
  const [inner] = branch ?? [];
  return inner === undefined ? issueSays(issue) : issueSays(inner);
}

const sentence = (message: string) => words.routingDraft.expected(message.replace(/\.$/, ""));

/** The engine's refusal at the field it names: "budgets[0].id" is "budgets.0.id". One that names none stands at "". */
export function refusalOf(failure: Failure | undefined): Problems {
  if (failure === undefined) return new Map();
  return new Map([[(failure.field ?? "").replace(/\[(\w+)\]/g, ".$1"), failure.message]]);
}
