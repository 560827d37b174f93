// The settings as lines of path and value: what is in force and who said so, and what another document would change. Pure.
import { type Config, defaultConfig } from "../contract/config.ts";
import type { SettingChange, SettingLine } from "../contract/settings.ts";

type Lines = ReadonlyMap<string, string>;

const longestValue = 160;
/** A list that came or went is told by its entries. */
const empty: ReadonlySet<string> = new Set(["[]", "{}"]);

/** Every value in force, in the order of the schema. `document`: as written, nothing filled in; `kept`: whose document it is. */
export function linesInForce(config: Config, document: Readonly<Record<string, unknown>>, kept: "file" | "app"): readonly SettingLine[] {
  const written = linesOf(document);
  const owners = new Set([...written.keys()].map(ownerOf));
  const usual = linesOf(defaultConfig);
  return [...linesOf(config)].map(([path, value]) => {
    if (written.has(path)) return { path, value: short(value), from: kept };
    const filledIn = usual.get(path) === value || owners.has(ownerOf(path));
    return { path, value: short(value), from: filledIn ? "default" : "demo" };
  });
}

/** What differs in force, in the order of the schema; what goes comes last. */
export function changesBetween(before: Config, after: Config): readonly SettingChange[] {
  const [was, is] = [linesOf(before), linesOf(after)];
  const changed = [...is].flatMap(([path, value]) => {
    const old = was.get(path);
    if (old === value || (old === undefined && empty.has(value))) return [];
    return [{ path, ...(old === undefined ? {} : { before: short(old) }), after: short(value) }];
  });
  const gone = [...was].flatMap(([path, value]) => (is.has(path) || empty.has(value) ? [] : [{ path, before: short(value) }]));
  return [...changed, ...gone];
}

function linesOf(document: Readonly<Record<string, unknown>>): Lines {
  const lines = new Map<string, string>();
  for (const [name, value] of Object.entries(document)) add(lines, name, value);
  return lines;
}

/** Lists of sections are told entry by entry, under the name each has; any other list is one value. */
function add(lines: Map<string, string>, path: string, value: unknown): void {
  if (value === undefined) return;
  if (Array.isArray(value) && value.length > 0 && value.every(isSection)) {
    for (const [index, entry] of value.entries()) add(lines, `${path}[${nameOf(entry) ?? index}]`, entry);
  } else if (isSection(value) && Object.keys(value).length > 0) {
    for (const [name, part] of Object.entries(value)) add(lines, `${path}.${name}`, part);
  } else lines.set(path, JSON.stringify(value));
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameOf(entry: Readonly<Record<string, unknown>>): string | undefined {
  const name = entry["id"] ?? entry["name"] ?? entry["model"];
  return typeof name === "string" ? name : undefined;
}

/** The entry or part a line belongs to: what a person wrote some of has its defaults for the rest. */
function ownerOf(path: string): string {
  return /^[^.[]+(?:\[[^\]]*\]|\.[^.[]+)?/.exec(path)?.[0] ?? path;
}

function short(value: string): string {
  return value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
}
