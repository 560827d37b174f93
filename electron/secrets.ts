// The desktop's key store over Electron's safeStorage, by its asynchronous calls only (S-70). It protects against other users of this computer,
// on Windows not against other programs of the same user (S-72).
import { join } from "node:path";
import { safeStorage } from "electron";
import type { Log } from "../src-core/engine/ports.ts";
import { type Cipher, openVault, type SecretVault } from "../src-core/host/secret-vault.ts";

/** `keys.json` in `folder`. Call it once Electron is ready; the system is asked in the background. */
export function openKeyStore(folder: string, log: Log, platform: NodeJS.Platform = process.platform): SecretVault {
  return openVault(join(folder, "keys.json"), systemCipher(platform), log);
}

function systemCipher(platform: NodeJS.Platform): Cipher {
  return {
    async ready() {
      if (!(await safeStorage.isAsyncEncryptionAvailable())) return "unavailable";
      // There the password stands in Electron's source: sealed by that is not sealed (S-71).
      return platform === "linux" && safeStorage.getSelectedStorageBackend() === "basic_text" ? "plain" : "sealed";
    },
    seal: (text) => safeStorage.encryptStringAsync(text),
    async open(blob) {
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(blob);
      return { text: result, again: shouldReEncrypt };
    },
  };
}
