// What the doctor found, sorted for a person: what is wrong first; what is well, or was not looked at, is folded away.
import type { Diagnosis, Finding, FindingLevel } from "../../src-core/contract/diagnosis.ts";
import type { Tone } from "../tone.ts";

const open: readonly FindingLevel[] = ["error", "warning", "note"];
const folded: readonly FindingLevel[] = ["ok", "skipped"];

/** The word and look of a level. */
export const levelMarks: Readonly<Record<FindingLevel, { readonly tone: Tone; readonly word: string }>> = {
  error: { tone: "bad", word: "Error" },
  warning: { tone: "warn", word: "Warning" },
  note: { tone: "off", word: "Note" },
  ok: { tone: "ok", word: "In order" },
  skipped: { tone: "off", word: "Not looked at" },
};

const of = (findings: readonly Finding[], levels: readonly FindingLevel[]) =>
  levels.flatMap((level) => findings.filter((finding) => finding.level === level));

/** What to read, and what is folded away, each with the worst first. */
export function sortedFindings({ findings }: Diagnosis): { readonly open: readonly Finding[]; readonly folded: readonly Finding[] } {
  return { open: of(findings, open), folded: of(findings, folded) };
}

/** "1 error, 2 warnings; 14 things are in order." */
export function diagnosisSays({ findings }: Diagnosis): string {
  const many = (level: FindingLevel) => findings.filter((finding) => finding.level === level).length;
  const named = (["error", "warning", "note"] as const).flatMap((level) => {
    const count = many(level);
    return count === 0 ? [] : [`${count} ${count === 1 ? level : `${level}s`}`];
  });
  const well = `${many("ok")} ${many("ok") === 1 ? "thing is" : "things are"} in order.`;
  return named.length === 0 ? `Nothing is wrong: ${well}` : `${named.join(", ")}; ${well}`;
}
