// The settings document that Homeport keeps itself (desktop, or headless under `--data`): read once into memory, checked by us, saved by
// `settings-saving.ts`. A change is in force at once, even while the disk refuses it.
import type { Config, NodeConfig } from "../contract/config.ts";
import { type Failure, fail } from "../contract/failure.ts";
import type { Clock, ConfigSource, Log } from "../engine/ports.ts";
import { checkConfig } from "./config-text.ts";
import { Listeners } from "./listeners.ts";
import { keepCopyBeside } from "./settings-backups.ts";
import type { SettingsFile } from "./settings-file.ts";
import { openingOf } from "./settings-opening.ts";
import { SettingsSaving, type Trouble } from "./settings-saving.ts";

export interface SettingsOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly extraNodes?: readonly NodeConfig[];
}

/** Settings that are open until `close`. */
export interface Settings extends ConfigSource {
  /** Set when something had to be repaired at the start: a sentence or two for a notice of kind "settings-recovered". */
  readonly recovered: string | undefined;
  /** Hears when saving fails, and `undefined` when it works again; told at once if it fails now. Returns the function that stops. */
  onTrouble(listener: (trouble: Trouble | undefined) => void): () => void;
  /** Writes what is still unwritten. False when the disk refused it: the changes are then lost with the process. */
  close(): boolean;
}

/** Opens the settings in `file`, whatever state they are in. Never throws. */
export function openSettings(file: SettingsFile, options: SettingsOptions): Settings {
  return new KeptSettings(file, options);
}

class KeptSettings implements Settings {
  readonly describe: string;
  readonly writable: boolean;
  readonly kept = "app";
  readonly recovered: string | undefined;
  readonly extraNodes: readonly NodeConfig[];
  readonly #listeners = new Listeners();
  readonly subscribe = this.#listeners.subscribe;
  readonly #saving: SettingsSaving;
  readonly #troubleListeners = new Set<(trouble: Trouble | undefined) => void>();
  #trouble: Trouble | undefined;
  #document: Readonly<Record<string, unknown>>;
  #config: Config;
  readonly #path: string;
  readonly #clock: Clock;

  constructor(file: SettingsFile, { clock, log, extraNodes }: SettingsOptions) {
    this.#path = file.path;
    this.#clock = clock;
    const opening = openingOf(file, clock.now());
    this.describe = opening.writable ? `the settings in ${file.path}` : `the settings of a newer Homeport in ${file.path} (read only)`;
    this.writable = opening.writable;
    this.recovered = opening.recovered;
    this.extraNodes = extraNodes ?? [];
    this.#document = opening.document;
    this.#config = opening.config;
    this.#saving = new SettingsSaving(file, clock, log, (trouble) => this.#tell(trouble));
    if (opening.recovered !== undefined) log.warn({ path: file.path }, opening.recovered);
    // The repaired document replaces the damaged one at once, so that the next start has nothing to repair.
    if (opening.changed) void this.#saving.save(this.#document);
  }

  current(): Config {
    return this.#config;
  }

  document(): Readonly<Record<string, unknown>> {
    return this.#document;
  }

  keepCopy(why: "import" | "reset"): ReturnType<ConfigSource["keepCopy"]> {
    return keepCopyBeside(this.#path, `${JSON.stringify(this.#document, null, 2)}\n`, why, this.#clock.now());
  }

  async update(change: Parameters<ConfigSource["update"]>[0]): Promise<Failure | undefined> {
    if (!this.writable) {
      return fail(
        "forbidden",
        "These settings belong to a newer Homeport, so this one changes nothing in them. Start the newer one to change them.",
      );
    }
    const document = change(this.#document);
    const checked = checkConfig(document, "settings");
    if ("failure" in checked) return checked.failure;
    this.#document = document;
    this.#config = checked.config;
    this.#listeners.changed(checked.config);
    await this.#saving.save(document);
    return undefined;
  }

  onTrouble(listener: (trouble: Trouble | undefined) => void): () => void {
    this.#troubleListeners.add(listener);
    if (this.#trouble !== undefined) listener(this.#trouble);
    return () => void this.#troubleListeners.delete(listener);
  }

  close(): boolean {
    return this.#saving.flush();
  }

  #tell(trouble: Trouble | undefined): void {
    this.#trouble = trouble;
    for (const listener of [...this.#troubleListeners]) listener(trouble);
  }
}
