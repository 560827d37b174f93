// The settings as one document: what is in force and who said so, taking it away, bringing one back, starting anew.
import type { SettingOrigin } from "../../../src-core/contract/settings.ts";
import { bytes } from "../../format.ts";
import { count } from "./count.ts";

const origins: Readonly<Record<SettingOrigin, string>> = {
  default: "default",
  file: "your file",
  app: "set here",
  demo: "the demo",
  "command-line": "command line",
};

export const effective = {
  title: "In force",
  about: (version: string) => `Homeport ${version}. Every setting as it applies now, and who said so.`,
  search: "Search settings",
  copyButton: "Copy as JSON",
  copied: "settings in effect",
  defaults: "Show defaults too",
  none: "No setting matches; everything else is as Homeport comes.",
  table: "Settings in force",
  setting: "Setting",
  value: "Value",
  from: "From",
  origins,
  more: (settings: number) => `And ${count(settings, "more setting")}; search for them.`,
} as const;

export const exchange = {
  title: "Export, import, reset",
  about: "The settings as one document. It names where keys are found and holds none, so another computer needs its own keys.",
  copyButton: (format: string) => `Copy ${format}`,
  downloadButton: (format: string) => `Download ${format}`,
  importButton: "Import…",
  resetButton: "Reset to defaults…",
  exportFailed: "The settings were not exported",
  copied: (format: string) => `Settings copied as ${format}`,
  copiedHint: (file: string) => `Paste them into a file, for example ${file}.`,
  copyFailed: "The settings were not copied",
  copyFailedHint: "The system did not allow it. Try again.",
  replaced: "Settings replaced",
  replacedHint: (copy: string) => `The ones before are kept as ${copy}.`,
} as const;

export const importing = {
  title: "Import settings",
  file: "From a file",
  fileHint: "JSON or YAML, as Homeport exports it. Nothing changes before you apply it.",
  text: "Or as text",
  tooLong: (most: number) => `This is longer than settings are: ${bytes(most)} at most.`,
  applyButton: "Apply",
  toMend: (issues: number) => `${count(issues, "thing")} to mend first; nothing was changed.`,
  issue: "{field}: {says}.",
  line: (line: number) => `Line ${line} · `,
  noChange: "Nothing would change: these are the settings in force.",
  changes: "{changes}, compared with what is in force:",
  changeCount: (changes: number) => count(changes, "change"),
  added: "{path}: {after}",
  addedValue: (after: string) => `${after} is new`,
  changed: "{path}: {before} {after}",
  removed: "{path}: {before} goes",
  more: (changes: number) => `And ${changes} more.`,
} as const;

export const resetting = {
  title: "Reset all settings?",
  about:
    "Everything goes back to how Homeport comes: port, profiles, budgets, keys of clients, switches. Apps that use another port or a key have to be changed. Keys kept by this computer stay.",
  copyHint: "A copy of the settings as they are now is kept beside them.",
  nodesToo: "Forget the nodes too",
  resetButton: "Reset",
  failed: "The settings were not reset",
} as const;
