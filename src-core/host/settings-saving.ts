// Keeps the settings file at what we hold in memory: changes close together are written once, a refused write is tried again until it
// succeeds, and meanwhile a person is told. Nothing here ever throws at a caller.
import type { Clock, Log } from "../engine/ports.ts";
import { keepBackup } from "./settings-backups.ts";
import { isRefusal, type SettingsFile } from "./settings-file.ts";

type Document = Readonly<Record<string, unknown>>;
/** A message for the top of the window, without the id its owner gives it. */
export interface Trouble {
  readonly level: "info" | "warning" | "error";
  readonly title: string;
  readonly body: string;
}

const settleMs = 50;
const refusedTries = 10;
const refusedMs = 200;
const firstBackoffMs = 1_000;
const longestBackoffMs = 60_000;

export class SettingsSaving {
  readonly #file: SettingsFile;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onTrouble: (trouble: Trouble | undefined) => void;
  #wanted: Document | undefined;
  #tries = 0;
  #troubled = false;
  #forget: (() => void) | undefined;
  #waiting: (() => void)[] = [];

  constructor(file: SettingsFile, clock: Clock, log: Log, onTrouble: (trouble: Trouble | undefined) => void) {
    this.#file = file;
    this.#clock = clock;
    this.#log = log;
    this.#onTrouble = onTrouble;
  }

  /** True while the file is behind what we hold. */
  get unsaved(): boolean {
    return this.#wanted !== undefined;
  }

  /** Resolves when the document is written, or when a person has been told that it is not yet. */
  save(document: Document): Promise<void> {
    const isRetrying = this.#wanted !== undefined && this.#tries > 0;
    this.#wanted = document;
    if (this.#troubled) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (!isRetrying) this.#in(settleMs);
    });
  }

  /** Writes what is still unwritten, now. True when the file holds everything. */
  flush(): boolean {
    this.#forget?.();
    if (this.#wanted !== undefined) this.#try();
    this.#forget?.();
    this.#answer();
    return this.#wanted === undefined;
  }

  #in(ms: number): void {
    this.#forget?.();
    this.#forget = this.#clock.after(ms, () => this.#try());
  }

  #try(): void {
    const document = this.#wanted;
    if (document === undefined) return;
    try {
      this.#file.write(document);
    } catch (error) {
      return this.#failed(error);
    }
    this.#wanted = undefined;
    this.#tries = 0;
    if (this.#troubled) this.#onTrouble(undefined);
    this.#troubled = false;
    this.#backUp(document);
    this.#answer();
  }

  #failed(error: unknown): void {
    this.#tries += 1;
    if (isRefusal(error) && this.#tries < refusedTries) return this.#in(refusedMs);
    const backoffs = Math.max(0, this.#tries - (isRefusal(error) ? refusedTries : 1));
    this.#in(Math.min(longestBackoffMs, firstBackoffMs * 2 ** backoffs));
    if (!this.#troubled) this.#tell(error);
    this.#answer();
  }

  #tell(error: unknown): void {
    this.#troubled = true;
    this.#log.warn({ path: this.#file.path, error }, "The settings could not be saved; they stay in memory and saving is tried again.");
    this.#onTrouble({
      level: "error",
      title: "Settings are not saved",
      body: `${reasonOf(error)} Your changes are in force and kept in memory; Homeport keeps trying to save them to ${this.#file.path}.`,
    });
  }

  #backUp(document: Document): void {
    try {
      keepBackup(this.#file.path, document, this.#clock.now());
    } catch (error) {
      this.#log.warn({ path: this.#file.path, error }, "The settings are saved, but no backup of them could be kept.");
    }
  }

  #answer(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOSPC" || code === "EDQUOT") return "The disk is full.";
  if (code === "EROFS") return "The disk cannot be written.";
  if (isRefusal(error)) return "The system refuses to write the file: another program may hold it, or its folder is read-only.";
  return `Writing failed (${code || "unknown error"}).`;
}
