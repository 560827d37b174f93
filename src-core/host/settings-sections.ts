// What can be kept of a settings document with faults in it: every good section, every good node of a list; the rest is set aside. Pure.
import { z } from "zod";
import { Config } from "../contract/config.ts";
import { type ConfigIssue, describeIssues, fieldName, type Path } from "./config-issues.ts";

type Document = Readonly<Record<string, unknown>>;

export interface Salvage {
  readonly config: Config;
  /** The good parts, as written. */
  readonly document: Document;
  /** What was taken out, by field name; empty when the document is good. */
  readonly setAside: Readonly<Record<string, unknown>>;
  readonly says: readonly string[];
}

/** The version of the documents we write; a greater one belongs to a newer Homeport. */
export const schemaVersion = 1;

/** The version a document claims; 1 where it claims none. */
export function versionOf(document: Document): number {
  const version = z.number().safeParse(document["schemaVersion"]);
  return version.success ? version.data : schemaVersion;
}

/** Takes out faulty parts until the rest is a configuration. Ends, because every round takes out a part, or else everything. */
export function salvage(document: Document): Salvage {
  const setAside: Record<string, unknown> = {};
  const says: string[] = [];
  for (let rest = document; ; ) {
    const parsed = Config.safeParse(rest);
    if (parsed.success) return { config: parsed.data, document: rest, setAside, says };
    const issues = describeIssues(parsed.error.issues, rest);
    says.push(...issues.map((issue) => `${fieldName(issue.path)}: ${issue.says}`));
    const before = rest;
    for (const part of faultyParts(issues)) {
      const [taken, left] = takenOut(rest, part);
      if (taken !== undefined) setAside[freeName(setAside, fieldName(part))] = taken;
      rest = left;
    }
    if (rest === before) rest = {};
  }
}

function freeName(taken: Readonly<Record<string, unknown>>, name: string): string {
  return Object.hasOwn(taken, name) ? freeName(taken, `${name}, later`) : name;
}

/** Each part once, entries of a list from the back: taking one out then moves none of those still to come. */
function faultyParts(issues: readonly ConfigIssue[]): readonly Path[] {
  const parts = new Map(issues.map((issue) => partOf(issue.path)).map((part) => [fieldName(part), part]));
  return [...parts.values()].sort((a, b) => Number(b[1] ?? -1) - Number(a[1] ?? -1));
}

/** The smallest part that stands for itself: a section, or one entry of a list of nodes or models. */
function partOf(path: Path): Path {
  const [section, entry] = path;
  return typeof entry === "number" ? path.slice(0, 2) : [section ?? ""];
}

function takenOut(document: Document, [section, entry]: Path): readonly [unknown, Document] {
  const name = String(section);
  if (!Object.hasOwn(document, name)) return [undefined, document];
  const { [name]: whole, ...others } = document;
  if (typeof entry !== "number" || !Array.isArray(whole)) return [whole, others];
  return [whole[entry], { ...document, [name]: whole.filter((_, index) => index !== entry) }];
}
