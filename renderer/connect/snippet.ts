// What a snippet is made from and how values are written into it. Values come from the live gateway; the key is only ever named by its place (S-56).
import type { Config } from "../../src-core/contract/config.ts";
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import type { SecretRef } from "../../src-core/contract/secret-ref.ts";
import { code } from "../language/code.ts";
import { type Words, words } from "../language/words.ts";

const { key: keyWords, snippets: labels } = words.connect;

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

/** One app of the page, which the language names. Without `dialect` there is nothing to test: it cannot reach this computer. */
export interface App {
  readonly id: keyof Words["connect"]["apps"];
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
  return { state: "elsewhere", says: clients.length === 0 ? keyWords.inSettings : keyWords.ofEachApp(clients.map(({ name }) => name)) };
}

function placeOf(ref: SecretRef): KeyPlace {
  if ("env" in ref) return { state: "env", name: ref.env, says: keyWords.inVariable(ref.env) };
  if ("file" in ref) return { state: "file", path: ref.file, says: keyWords.inFile(ref.file) };
  return { state: "elsewhere", says: keyWords.inStore(ref.store) };
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
  return key.state === "open" ? keyWords.open : keyWords.asked(key.says);
}

/** A variable to set: to a text, to the key, or to nothing, which takes it away. */
export type Variable = readonly [name: string, value: string | KeyPlace | undefined];

/** Sets variables for what is started next from the same shell, in either family of shells; `then` is that. */
export function variables(pairs: readonly Variable[], then?: string): readonly Snippet[] {
  const ending = then === undefined ? [] : [then];
  const posix = pairs.map(([name, value]) => {
    if (value === undefined) return code`unset ${name}`;
    return code`export ${name}=${typeof value === "string" ? shellWord(value) : `"${shellKey(value)}"`}`;
  });
  const windows = pairs.map(([name, value]) => {
    if (value === undefined) return code`Remove-Item Env:${name} -ErrorAction Ignore`;
    return `$env:${name} = ${typeof value === "string" ? powershellText(value) : powershellKey(value)}`;
  });
  return [
    { label: labels.posix, text: [...posix, ...ending].join("\n") },
    { label: labels.powershell, text: [...windows, ...ending].join("\n") },
  ];
}
