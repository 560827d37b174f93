// `import FILE`: another router's configuration becomes ours. The result is checked like any configuration before it is written; what could
// not come along is told line by line on stderr. Exit code 2 where nothing usable came out.
import { readFileSync, writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { checkConfig, formatOf } from "../host/config-text.ts";
import { convert, type Imported, ImportFormat } from "../import/convert.ts";
import { BadUsage } from "./options.ts";

export const importOptions = {
  format: { type: "string" },
  out: { type: "string" },
  force: { type: "boolean" },
  json: { type: "boolean" },
} as const;

interface ImportWish {
  readonly file: string;
  readonly options: {
    readonly format?: string | undefined;
    readonly out?: string | undefined;
    readonly force?: boolean | undefined;
    readonly json?: boolean | undefined;
  };
}

/** The command failed in a way the usage would not explain: exit code 2, message only. */
export class ImportFailed extends Error {
  readonly exitCode = 2;
}

/** Writes to `--out`, or to stdout. With `--json` stdout gets one object: format, document and notes. */
export function runImport({ file, options }: ImportWish, print: (text: string) => void, tell: (line: string) => void): void {
  const { out, force = false, json = false } = options;
  const imported = read(file, formatWished(options.format));
  const checked = checkConfig(imported.document, `what became of ${file}`);
  if ("failure" in checked) throw new ImportFailed(checked.failure.message);
  if (out !== undefined) write(out, textOf(imported, formatOf(out)), force);
  if (json) print(JSON.stringify(imported));
  else if (out === undefined) print(textOf(imported, "yaml").trimEnd());
  if (!json) {
    for (const { where, says } of imported.notes) tell(`${where === "" ? file : where}: ${says}`);
    tell(`${counted(imported)}${out === undefined ? "" : ` Written to ${out}.`}`);
  }
}

function formatWished(word: string | undefined): ImportFormat | undefined {
  if (word === undefined) return undefined;
  const format = ImportFormat.safeParse(word);
  if (format.success) return format.data;
  throw new BadUsage(`--format: expected one of ${ImportFormat.options.join(", ")}, got ${JSON.stringify(word)}.`);
}

function read(file: string, format: ImportFormat | undefined): Imported {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ImportFailed(`${file} cannot be read: ${codeOf(error)}.`);
  }
  const imported = convert(text, file, format);
  if ("failure" in imported) throw new ImportFailed(imported.failure.message);
  return imported;
}

/** Only what says something: empty lists and maps are the defaults. */
function textOf({ document }: Imported, format: "json" | "yaml"): string {
  const said = Object.entries(document).filter(([, value]) => typeof value !== "object" || Object.keys(value).length > 0);
  const plain = Object.fromEntries(said);
  return format === "json" ? `${JSON.stringify(plain, null, 2)}\n` : stringify(plain);
}

/** `wx`: whatever stands there was somebody's work. */
function write(out: string, text: string, force: boolean): void {
  try {
    writeFileSync(out, text, { flag: force ? "w" : "wx" });
  } catch (error) {
    const code = codeOf(error);
    throw new ImportFailed(
      code === "EEXIST" ? `${out} is there already and was left alone. Give --force to replace it.` : `${out} cannot be written: ${code}.`,
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "it failed";
}

function counted({ format, document, notes }: Imported): string {
  const { nodes = [], profiles = {}, catalogue = [] } = document;
  const left = notes.length === 0 ? "Everything was carried over." : `${notes.length} things to look at, listed above.`;
  return `Read as ${format}: ${nodes.length} nodes, ${Object.keys(profiles).length} profiles, ${catalogue.length} described models. ${left}`;
}
