// What a snippet is made from and how values are written into it. Values come from the live gateway; the key is only ever named by its place (S-56).
import type { Config } from "../../src-core/contract/config.ts";
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import { type SecretRef, secretPlace } from "../../src-core/contract/secret-ref.ts";

/** `open`: no key is asked for. `env` and `file`: a program can read it there itself. `elsewhere`: only the person can paste it. */
export type KeyPlace =
  | { readonly state: "open" }
  | { readonly state: "env"; readonly name: string; readonly says: string }
  | { readonly state: "file"; readonly path: string; readonly says: string }
  | { readonly state: "elsewhere"; readonly says: string };

/** `root`: the gateway's address without a path. `model`: any name from the house's list. */
export interface Facts {
  readonly root: string;
  readonly key: KeyPlace;
  readonly model: string;
}

/** `label` tells the snippets of one app apart. */
export interface Snippet {
  readonly label: string;
  readonly text: string;
}

/** One app of the page. Without `dialect` there is nothing to test: it cannot reach this computer. */
export interface App {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly dialect: Dialect | undefined;
  readonly snippets: (facts: Facts) => readonly Snippet[];
  /** What a person has to know, in whole sentences. */
  readonly notes: (facts: Facts) => readonly string[];
}

/** Stands where the person's key belongs. */
export const keyWord = "YOUR-KEY";
/** Any text does where no key is asked for; clients refuse an empty one. */
const anyKey = "any";

/** Where the key of the gateway is found. Undefined settings: it is asked for, and nobody knows where it is. */
export function keyPlace(required: boolean, config: Pick<Config, "gateway" | "clients"> | undefined): KeyPlace {
  if (!required) return { state: "open" };
  const own = config?.gateway.key;
  if (own !== undefined) return placeOf(own);
  const clients = config?.clients.filter(({ enabled }) => enabled) ?? [];
  const [only] = clients;
  if (only !== undefined && clients.length === 1) return placeOf(only.key);
  const names = clients.map(({ name }) => name).join(", ");
  return { state: "elsewhere", says: names === "" ? "The settings name the key." : `Each app has a key of its own: ${names}.` };
}

function placeOf(ref: SecretRef): KeyPlace {
  const says = `It is kept in ${"env" in ref ? `the environment variable ${ref.env}, which your shell needs too` : secretPlace(ref)}.`;
  if ("env" in ref) return { state: "env", name: ref.env, says };
  return "file" in ref ? { state: "file", path: ref.file, says } : { state: "elsewhere", says };
}

/** One word of a POSIX shell, whatever is in the text. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The key as part of a POSIX shell's double-quoted text. */
export function shellKey(key: KeyPlace): string {
  switch (key.state) {
    case "open":
      return anyKey;
    case "env":
      return `$${key.name}`;
    case "file":
      return `$(cat ${shellWord(key.path)})`;
    case "elsewhere":
      return keyWord;
  }
}

/** One text of PowerShell, whatever is in it. */
export function powershellText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The key as a value in PowerShell. */
export function powershellKey(key: KeyPlace): string {
  switch (key.state) {
    case "open":
      return powershellText(anyKey);
    case "env":
      return `$env:${key.name}`;
    case "file":
      return `(Get-Content ${powershellText(key.path)} -Raw).Trim()`;
    case "elsewhere":
      return powershellText(keyWord);
  }
}

/** The key where only plain text can stand: a settings file, a field of a form. */
export function plainKey(key: KeyPlace): string {
  return key.state === "open" ? anyKey : keyWord;
}

/** The sentence about the key that goes with every app. */
export function keySays(key: KeyPlace): string {
  return key.state === "open"
    ? "No key is asked for: any text does where an app wants one."
    : `The gateway asks for a key. ${key.says} Homeport never shows it.`;
}

/** A variable to set: to a text, to the key, or to nothing, which takes it away. */
export type Variable = readonly [name: string, value: string | KeyPlace | undefined];

/** Sets variables for what is started next from the same shell, in either family of shells; `then` is that. */
export function variables(pairs: readonly Variable[], then?: string): readonly Snippet[] {
  const ending = then === undefined ? [] : [then];
  const posix = pairs.map(([name, value]) => {
    if (value === undefined) return `unset ${name}`;
    return `export ${name}=${typeof value === "string" ? shellWord(value) : `"${shellKey(value)}"`}`;
  });
  const windows = pairs.map(([name, value]) => {
    if (value === undefined) return `Remove-Item Env:${name} -ErrorAction Ignore`;
    return `$env:${name} = ${typeof value === "string" ? powershellText(value) : powershellKey(value)}`;
  });
  return [
    { label: "macOS, Linux", text: [...posix, ...ending].join("\n") },
    { label: "Windows PowerShell", text: [...windows, ...ending].join("\n") },
  ];
}
