// The configuration in a file of the user's (`--config FILE`): followed while we run, written back with its comments. The text on disk is the
// truth; a bad one is refused with its reasons and the last good configuration stays.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Config, NodeConfig } from "../contract/config.ts";
import { type Failure, fail } from "../contract/failure.ts";
import type { Clock, ConfigSource } from "../engine/ports.ts";
import { writeAtomically } from "./atomic-file.ts";
import { formatOf, parseConfig } from "./config-text.ts";
import { watchFile } from "./file-watch.ts";
import { Listeners } from "./listeners.ts";
import { keepCopyBeside } from "./settings-backups.ts";
import { editYaml } from "./yaml-edit.ts";

export interface ConfigFileOptions {
  readonly clock: Clock;
  readonly extraNodes?: readonly NodeConfig[];
}

/** A configuration file that is followed until `close`. */
export interface ConfigFile extends ConfigSource {
  close(): void;
}

/** Opens `path`, JSON or YAML by its ending. A failure (missing, unreadable, invalid) is complete for a person: exit code 2. */
export function openConfigFile(path: string, options: ConfigFileOptions): ConfigFile | { readonly failure: Failure } {
  const file = resolve(path);
  const text = readText(file, path);
  if (typeof text !== "string") return text;
  const read = parseConfig(text, path, formatOf(path));
  return "failure" in read ? read : new FollowedFile(file, path, { text, config: read.config }, options);
}

class FollowedFile implements ConfigFile {
  readonly describe: string;
  readonly writable = true;
  readonly kept = "file";
  readonly extraNodes: readonly NodeConfig[];
  readonly #file: string;
  readonly #shownAs: string;
  readonly #listeners = new Listeners();
  readonly subscribe = this.#listeners.subscribe;
  readonly #stopWatching: () => void;
  readonly #clock: Clock;
  /** The text last judged, good or bad: the same text is never judged twice. */
  #text: string;
  #config: Config;

  constructor(file: string, shownAs: string, first: { readonly text: string; readonly config: Config }, options: ConfigFileOptions) {
    this.#file = file;
    this.#shownAs = shownAs;
    this.#text = first.text;
    this.#config = first.config;
    this.describe = `the file ${file}`;
    this.extraNodes = options.extraNodes ?? [];
    this.#clock = options.clock;
    this.#stopWatching = watchFile(file, options.clock, () => this.#look());
  }

  current(): Config {
    return this.#config;
  }

  document(): Readonly<Record<string, unknown>> {
    const read = parseConfig(this.#text, this.#shownAs);
    return "failure" in read ? {} : read.document;
  }

  keepCopy(why: "import" | "reset"): ReturnType<ConfigSource["keepCopy"]> {
    return keepCopyBeside(this.#file, this.#text, why, this.#clock.now());
  }

  async update(change: Parameters<ConfigSource["update"]>[0]): Promise<Failure | undefined> {
    const text = readText(this.#file, this.#shownAs);
    if (typeof text !== "string") return text.failure;
    const before = parseConfig(text, this.#shownAs);
    if ("failure" in before) {
      return {
        ...before.failure,
        message: `Nothing was changed, because the file has an error. Mend it first.\n${before.failure.message}`,
      };
    }
    const wanted = textOf(change(before.document), text, this.#shownAs);
    const after = parseConfig(wanted, this.#shownAs);
    if ("failure" in after) return after.failure;
    try {
      writeAtomically(this.#file, wanted);
    } catch (error) {
      return notWritten(this.#shownAs, error);
    }
    this.#accept(wanted, after.config);
    return undefined;
  }

  close(): void {
    this.#stopWatching();
  }

  #look(): void {
    const text = readText(this.#file, this.#shownAs);
    // A file that is gone for a moment is an editor's way of saving; one that stays away changes nothing.
    if (typeof text !== "string" || text === this.#text) return;
    const read = parseConfig(text, this.#shownAs);
    this.#text = text;
    if (text.trim() === "") return this.#listeners.rejected(fail("invalid-request", `${this.#shownAs}: the file is empty.`));
    if ("failure" in read) return this.#listeners.rejected(read.failure);
    this.#accept(text, read.config);
  }

  #accept(text: string, config: Config): void {
    this.#text = text;
    this.#config = config;
    this.#listeners.changed(config);
  }
}

function textOf(document: Readonly<Record<string, unknown>>, before: string, file: string): string {
  return formatOf(file) === "json" ? `${JSON.stringify(document, null, 2)}\n` : editYaml(before, document);
}

function readText(file: string, shownAs: string): string | { readonly failure: Failure } {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const why = codeOf(error) === "ENOENT" ? "there is no such file" : `it cannot be read (${codeOf(error)})`;
    return { failure: fail("invalid-request", `${shownAs}: expected a configuration file, but ${why}.`) };
  }
}

function notWritten(file: string, error: unknown): Failure {
  return fail(
    "internal",
    `${file} could not be written (${codeOf(error)}), so nothing was changed. Check the disk and the rights of its folder.`,
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
