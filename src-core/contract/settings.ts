// The settings as a document that a person takes away and brings back, and as values in force. No secret is ever in either: settings name where
// a key is found, never the key (S-75).
import { z } from "zod";

export const SettingsFormat = z.enum(["json", "yaml"]);
export type SettingsFormat = z.infer<typeof SettingsFormat>;

/** Longer texts are no settings of a person. */
export const mostSettingsText = 4 * 1024 * 1024;

/** Who said so: `default`: nobody; `file`: the person's own file; `app`: the settings that Homeport keeps; `demo`: the simulated house. */
export const SettingOrigin = z.enum(["default", "file", "app", "demo", "command-line"]);
export type SettingOrigin = z.infer<typeof SettingOrigin>;

/** One value in force. `path`: as a person writes it ("nodes[studio].slots"); `value`: JSON text, cut where it is long. */
export const SettingLine = z.object({ path: z.string(), value: z.string(), from: SettingOrigin }).readonly();
export type SettingLine = z.infer<typeof SettingLine>;

/** What a new document would change: no `before`: it is added; no `after`: it goes. */
export const SettingChange = z.object({ path: z.string(), before: z.string().optional(), after: z.string().optional() }).readonly();
export type SettingChange = z.infer<typeof SettingChange>;

/** What is wrong with a document, at which field, and in which line of its text. */
export const SettingIssue = z.object({ field: z.string(), line: z.number().optional(), says: z.string() }).readonly();
export type SettingIssue = z.infer<typeof SettingIssue>;

/** A document that was looked at: it can be taken where there is no issue. `more`: changes beyond those told. */
export const SettingsPreview = z
  .object({ issues: z.array(SettingIssue).readonly(), changes: z.array(SettingChange).readonly(), more: z.number() })
  .readonly();
export type SettingsPreview = z.infer<typeof SettingsPreview>;

/** A key that the settings name, or that the store keeps. `set`: it is found there now. `name`: what the place calls it. */
export const KeyInUse = z
  .object({
    place: z.enum(["env", "file", "store"]),
    name: z.string(),
    /** The fields that name it; empty: kept, and used by nobody. */
    usedBy: z.array(z.string()).readonly(),
    set: z.boolean(),
    /** Why it is not found, or what to do. */
    says: z.string().optional(),
  })
  .readonly();
export type KeyInUse = z.infer<typeof KeyInUse>;
