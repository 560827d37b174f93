// Secrets by reference: the configuration names a variable, a file or a key in the store; the value is looked up when a configuration is applied
// and kept by nobody but the adapter that sends it (S-75). No value ever stands in a message.
import type { Secrets } from "../engine/ports.ts";
import { keyFiles } from "./key-file.ts";
import type { SecretVault } from "./secret-vault.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variable or file at every call, so that a changed value needs no restart. An empty variable counts as absent. There is no key store. */
export function environmentSecrets(env: Environment = process.env): Secrets {
  return secretsOf(env, undefined);
}

/** As `environmentSecrets`, with the desktop's key store. */
export function desktopSecrets(vault: SecretVault, env: Environment = process.env): Secrets {
  return secretsOf(env, vault);
}

function secretsOf(env: Environment, vault: SecretVault | undefined): Secrets {
  const readFile = keyFiles();
  return {
    resolve(ref) {
      if ("env" in ref) return env[ref.env] || undefined;
      if ("store" in ref) return vault?.get(ref.store);
      const read = readFile(ref.file);
      return "value" in read ? read.value : undefined;
    },
    why(ref) {
      if ("env" in ref) return undefined;
      if ("store" in ref) return vault === undefined ? "Only the desktop app has a key store." : vault.trouble;
      const read = readFile(ref.file);
      return "why" in read ? read.why : undefined;
    },
    subscribe: (onChange) => vault?.subscribe(onChange) ?? (() => undefined),
  };
}
