// From the text of another router's configuration to ours, with a note for everything that could not come along. Pure: nothing is read or
// written, and no key is ever copied.
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import type { ConfigDocument } from "../contract/config.ts";
import { type Failure, fail } from "../contract/failure.ts";
import { fromCodeRouter } from "./coderouter.ts";
import { fromCortex } from "./cortex.ts";
import { fromDagi } from "./dagi.ts";
import { fromNomyo } from "./nomyo.ts";
import { type Note, Part } from "./part.ts";

export const ImportFormat = z.enum(["nomyo", "coderouter", "dagi", "cortex"]);
export type ImportFormat = z.infer<typeof ImportFormat>;

/** A converted configuration, not checked yet, and what was left behind. */
export interface Imported {
  readonly format: ImportFormat;
  readonly document: ConfigDocument;
  readonly notes: readonly Note[];
}

const converters: Readonly<Record<ImportFormat, (source: Part) => ConfigDocument>> = {
  nomyo: fromNomyo,
  coderouter: fromCodeRouter,
  dagi: fromDagi,
  cortex: fromCortex,
};

/** Keys by which a file is known, in the order they are looked for. */
const signs: readonly (readonly [ImportFormat, readonly string[]])[] = [
  ["dagi", ["llm_profiles"]],
  ["coderouter", ["providers", "profiles"]],
  ["nomyo", ["endpoints"]],
  ["nomyo", ["llama_server_endpoints"]],
  ["cortex", ["models"]],
];

/** Converts `text`. `file` is named in failures and tells TOML from YAML by its ending. Fails where it is none of the four. */
export function convert(text: string, file: string, wanted?: ImportFormat): Imported | { readonly failure: Failure } {
  const read = readText(text, file);
  if ("failure" in read) return read;
  const format = wanted ?? formatOf(read.value);
  if (format === undefined) {
    const known = "NOMYO config.yaml, a CodeRouter providers.yaml, a DAGI router-config.yml or a cortex models.toml";
    return { failure: fail("invalid-request", `${file} does not look like a ${known}. Say which it is with --format.`) };
  }
  const notes: Note[] = [];
  return { format, document: converters[format](new Part(read.value, "", notes)), notes };
}

function formatOf(value: object): ImportFormat | undefined {
  return signs.find(([, keys]) => keys.every((key) => Object.hasOwn(value, key)))?.[0];
}

function readText(text: string, file: string): { readonly value: object } | { readonly failure: Failure } {
  const toml = file.toLowerCase().endsWith(".toml");
  try {
    const value: unknown = toml ? parseToml(text) : parseYaml(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { value };
    return { failure: fail("invalid-request", `${file}: expected sections of keys and values.`) };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";
    return { failure: fail("invalid-request", `${file}: expected ${toml ? "TOML" : "YAML"}, but ${reason.replace(/[.:]$/, "")}.`) };
  }
}
