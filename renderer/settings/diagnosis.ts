// What the doctor found, sorted for a person: what is wrong first; what is well, or was not looked at, is folded away.
import type { Diagnosis, Finding, FindingLevel } from "../../src-core/contract/diagnosis.ts";
import { words } from "../language/words.ts";
import type { Tone } from "../tone.ts";

const { doctor } = words.settings;
const open = ["error", "warning", "note"] as const;
const folded: readonly FindingLevel[] = ["ok", "skipped"];

/** The look of a level. */
export const levelTones: Readonly<Record<FindingLevel, Tone>> = { error: "bad", warning: "warn", note: "off", ok: "ok", skipped: "off" };

const of = (findings: readonly Finding[], levels: readonly FindingLevel[]) =>
  levels.flatMap((level) => findings.filter((finding) => finding.level === level));

/** What to read, and what is folded away, each with the worst first. */
export function sortedFindings({ findings }: Diagnosis): { readonly open: readonly Finding[]; readonly folded: readonly Finding[] } {
  return { open: of(findings, open), folded: of(findings, folded) };
}

/** "1 error, 2 warnings; 14 things are in order." */
export function diagnosisSays({ findings }: Diagnosis): string {
  const many = (level: FindingLevel) => findings.filter((finding) => finding.level === level).length;
  const counted = { error: doctor.errors, warning: doctor.warnings, note: doctor.notes } as const;
  const wrong = open.flatMap((level) => (many(level) === 0 ? [] : [counted[level](many(level))]));
  return wrong.length === 0 ? doctor.allWell(many("ok")) : doctor.notWell(wrong, many("ok"));
}
