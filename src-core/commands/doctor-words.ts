// What the doctor found, as lines for a terminal: what is wrong first, what is well last and short. Pure.
import type { Diagnosis, Finding, FindingLevel } from "../contract/diagnosis.ts";

const order: readonly FindingLevel[] = ["error", "warning", "note", "ok", "skipped"];
const words: Readonly<Record<FindingLevel, string>> = {
  error: "ERROR",
  warning: "WARNING",
  note: "NOTE",
  ok: "ok",
  skipped: "not looked at",
};

/** The whole report. */
export function diagnosisLines({ running, findings }: Diagnosis): readonly string[] {
  const sorted = order.flatMap((level) => findings.filter((finding) => finding.level === level));
  const beside = running
    ? []
    : ["No running Homeport was asked, so only its configuration, ports and files, and whether nodes answer, were looked at.", ""];
  return [...beside, ...sorted.flatMap(findingLines), "", summary(findings)];
}

/** Title, what is so, and what mends it. */
export function findingLines({ level, title, says, fix }: Finding): readonly string[] {
  const change = fix?.writes === undefined ? [] : [`    With --fix: ${fix.writes}`];
  return [`${words[level]}  ${title}`, `    ${says}`, ...(fix === undefined ? [] : [`    To mend it: ${fix.says}`, ...change])];
}

function summary(findings: readonly Finding[]): string {
  const many = (level: FindingLevel) => findings.filter((finding) => finding.level === level).length;
  const count = (level: FindingLevel, one: string) => (many(level) === 1 ? `1 ${one}` : `${many(level)} ${one}s`);
  return `${count("error", "error")}, ${count("warning", "warning")}, ${count("note", "note")}; ${many("ok")} in order, ${many("skipped")} not looked at.`;
}
