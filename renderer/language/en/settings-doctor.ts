// The look at everything that can be wrong. What it found comes from the engine as text.
import type { FindingLevel } from "../../../src-core/contract/diagnosis.ts";
import { count } from "./count.ts";

const levels: Readonly<Record<FindingLevel, string>> = {
  error: "Error",
  warning: "Warning",
  note: "Note",
  ok: "In order",
  skipped: "Not looked at",
};

export const doctor = {
  title: "Check everything",
  about:
    "Ports, who can get in, keys, every node, clock, disk, NATS and Redis. Models that are in memory are asked a few short questions; nothing is loaded, and no cloud is asked.",
  checkButton: "Check now",
  checkAgainButton: "Check again",
  checkFailed: "The check did not end",
  checking: "Looking. Questions to models can take a minute or two.",
  levels,
  errors: (many: number) => count(many, "error"),
  warnings: (many: number) => count(many, "warning"),
  notes: (many: number) => count(many, "note"),
  allWell: (well: number) => `Nothing is wrong: ${inOrder(well)}`,
  notWell: (wrong: readonly string[], well: number) => `${wrong.join(", ")}; ${inOrder(well)}`,
  folded: (findings: number) => `Show what is in order or was not looked at (${findings})`,
  fix: (says: string) => `To mend it: ${says}`,
  changeButton: "Change this setting…",
  changeLabel: (finding: string) => `Change this setting: ${finding}`,
  changeTitle: "Write this change?",
  changeConfirm: "Write it",
  changeHint: "The rest of the settings stays as it is.",
  changeFailed: "The change was not written",
  changed: "The change was written",
} as const;

function inOrder(well: number): string {
  return `${count(well, "thing")} ${well === 1 ? "is" : "are"} in order.`;
}
