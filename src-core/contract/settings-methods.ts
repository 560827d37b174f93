// The contract's methods about settings and keys: rows of the one table in `api.ts`. No method reads a key's value (S-56).
import { z } from "zod";
import { Config } from "./config.ts";
import { SecretName } from "./secret-ref.ts";
import { KeyInUse, mostSettingsText, SettingLine, SettingsFormat, SettingsPreview } from "./settings.ts";

const nothing = z.object({}).readonly();

/** Their rows of the contract's table. */
export const settingsMethods = {
  getSettings: { input: z.strictObject({}), output: z.object({ config: Config, source: z.string(), writable: z.boolean() }).readonly() },
  /**
   * Replaces the sections given; null takes one out, every other section stays. `read`: sections as they were read before they were changed;
   * refused where one of them is another by now.
   */
  setSettings: {
    input: z.strictObject({ change: z.record(z.string(), z.unknown()), read: z.record(z.string(), z.unknown()).optional() }),
    output: nothing,
  },
  /** Every value in force and who said so. */
  settingsInForce: { input: z.strictObject({}), output: z.object({ lines: z.array(SettingLine).readonly() }).readonly() },
  /** The document as written, to take away. It names where keys are found, and holds none. */
  exportSettings: {
    input: z.strictObject({ format: SettingsFormat }),
    output: z.object({ text: z.string(), name: z.string() }).readonly(),
  },
  /** What a document (JSON or YAML) would change, or what is wrong with it. Changes nothing. */
  previewSettings: { input: z.strictObject({ text: z.string().max(mostSettingsText) }), output: SettingsPreview },
  /** Replaces the whole document. `kept`: the name of the copy of the one before, beside it. */
  importSettings: {
    input: z.strictObject({ text: z.string().max(mostSettingsText) }),
    output: z.object({ kept: z.string() }).readonly(),
  },
  /** Back to the defaults; a copy is kept as with an import. Keys in the store stay. */
  resetSettings: { input: z.strictObject({ nodes: z.enum(["keep", "forget"]) }), output: z.object({ kept: z.string() }).readonly() },
  /** The keys that the settings name and the store keeps: whether each is there, never what it is (S-56). */
  keysInUse: { input: z.strictObject({}), output: z.object({ keys: z.array(KeyInUse).readonly() }).readonly() },
  /** Keeps a key in the desktop's key store; null clears it. One way only: no method reads a value (S-56). */
  setSecret: {
    input: z.strictObject({ name: SecretName, value: z.string().min(1).max(4096).nullable() }),
    output: nothing,
  },
  /** Names of the keys that are kept. `available`: there is a store; `says`: what is wrong with it. */
  secretNames: {
    input: z.strictObject({}),
    output: z.object({ names: z.array(z.string()).readonly(), available: z.boolean(), says: z.string().optional() }).readonly(),
  },
} as const;
