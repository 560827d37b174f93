// Where a key is found, as one line of text that a person can type: a variable's name, the path of a file, or `store:` and a name.
import type { SecretRef } from "../src-core/contract/secret-ref.ts";

const storePrefix = "store:";

/** The line that stands for a reference. */
export function keyText(ref: SecretRef): string {
  if ("env" in ref) return ref.env;
  return "file" in ref ? ref.file : storePrefix + ref.store;
}

/** The reference a line stands for; undefined where nothing is written. What is neither path nor store is taken for a variable. */
export function keyRef(text: string): SecretRef | undefined {
  const plain = text.trim();
  if (plain === "") return undefined;
  if (plain.startsWith(storePrefix)) return { store: plain.slice(storePrefix.length).trim() };
  return /^(?:\/|[A-Za-z]:[\\/])/.test(plain) ? { file: plain } : { env: plain };
}
