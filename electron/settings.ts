// The desktop app's settings: the same document as a configuration file, kept by electron-store. Validation and repair are in src-core/host.
import { join } from "node:path";
import ElectronStore from "electron-store";
import { type SettingsFile, settingsFileOn, settingsFileOptions } from "../src-core/host/settings-file.ts";

/** `settings.json` in `folder`. */
export function storeSettingsFile(folder: string): SettingsFile {
  return storeFile(folder, "settings");
}

/** `window.json` in `folder`: what the app remembers of itself, apart from what a person set. */
export function storeWindowFile(folder: string): SettingsFile {
  return storeFile(folder, "window");
}

function storeFile(folder: string, name: string): SettingsFile {
  return settingsFileOn(
    join(folder, `${name}.json`),
    () => new ElectronStore<Record<string, unknown>>({ ...settingsFileOptions, cwd: folder, name }),
  );
}
