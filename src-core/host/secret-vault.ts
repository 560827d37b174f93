// The desktop's key store: keys sealed by the system, one blob each in a file for its owner alone (0600), opened into memory in the background.
// Nothing here blocks a start (F62): until the system has answered, no key is there, and whoever needs one waits. Values never leave but by `get`.
import { readFileSync } from "node:fs";
import { z } from "zod";
import { type Failure, fail } from "../contract/failure.ts";
import { SecretName } from "../contract/secret-ref.ts";
import type { Log, SecretStore } from "../engine/ports.ts";
import { writeAtomically } from "./atomic-file.ts";

/** The system's way to seal a text, all of it asynchronous (S-70). May reject; may take as long as a person needs to unlock it. */
export interface Cipher {
  /** `plain`: sealing would hide nothing (Linux without a secret service), so that nothing may be written (S-71). */
  ready(): Promise<"sealed" | "plain" | "unavailable">;
  seal(text: string): Promise<Buffer>;
  /** `again`: the system changed its own key and wants the text sealed anew. */
  open(blob: Buffer): Promise<{ readonly text: string; readonly again: boolean }>;
}

/** A store that hands out values, to those who make adapters. */
export interface SecretVault extends SecretStore {
  get(name: string): string | undefined;
  /** Tells that a value came, changed or went. Returns the function that stops. */
  subscribe(onChange: () => void): () => void;
  /** Resolves when the system has answered and every blob was tried. */
  readonly opened: Promise<void>;
}

const KeysFile = z.object({ version: z.literal(1), keys: z.record(SecretName, z.base64()) });
const mostKeys = 200;

type State = "opening" | "sealed" | "plain" | "unavailable";

/** Begins to open `path` at once and returns before it has. */
export function openVault(path: string, cipher: Cipher, log: Log): SecretVault {
  return new Vault(path, cipher, log);
}

class Vault implements SecretVault {
  readonly opened: Promise<void>;
  readonly #path: string;
  readonly #cipher: Cipher;
  readonly #log: Log;
  /** As on disk, in base64. A blob that cannot be opened now stays: it may be tomorrow. */
  #sealed: Readonly<Record<string, string>> = {};
  readonly #values = new Map<string, string>();
  readonly #unopened = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #state: State = "opening";
  #writing: Promise<unknown> = Promise.resolve();

  constructor(path: string, cipher: Cipher, log: Log) {
    this.#path = path;
    this.#cipher = cipher;
    this.#log = log;
    this.#sealed = this.#read();
    this.opened = this.#open();
  }

  get trouble(): string | undefined {
    return troubleOf(this.#state, [...this.#unopened]);
  }

  names(): readonly string[] {
    return [...new Set([...Object.keys(this.#sealed), ...this.#values.keys()])].sort();
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** One change after the other: two at once would lose one. */
  set(name: string, value: string | null): Promise<Failure | undefined> {
    const done = this.#writing.then(() => this.#set(name, value));
    this.#writing = done;
    return done;
  }

  subscribe(onChange: () => void): () => void {
    this.#listeners.add(onChange);
    return () => this.#listeners.delete(onChange);
  }

  async #set(name: string, value: string | null): Promise<Failure | undefined> {
    if (this.#state === "opening") return fail("unsupported", this.trouble ?? "The key store is not open yet.");
    if (value !== null && !this.names().includes(name) && this.names().length >= mostKeys)
      return fail("invalid-request", `The key store holds ${mostKeys} keys already. Clear one first.`);
    if (value === null) this.#values.delete(name);
    else this.#values.set(name, value);
    this.#unopened.delete(name);
    const failure = await this.#keep(name, value);
    this.#announce();
    return failure;
  }

  /** Where nothing can be sealed, an older blob of that name goes all the same: its key is not the key any more. */
  async #keep(name: string, value: string | null): Promise<Failure | undefined> {
    const { [name]: before, ...others } = this.#sealed;
    try {
      if (value !== null && this.#state === "sealed")
        this.#write({ ...others, [name]: (await this.#cipher.seal(value)).toString("base64") });
      else if (before !== undefined) this.#write(others);
      return undefined;
    } catch (error) {
      this.#log.error({ code: codeOf(error) }, "a key could not be kept");
      return fail("internal", "The key is used until Homeport ends, but could not be kept: the key store or its file refused it.");
    }
  }

  #write(sealed: Readonly<Record<string, string>>): void {
    writeAtomically(this.#path, `${JSON.stringify({ version: 1, keys: sealed })}\n`);
    this.#sealed = sealed;
  }

  #read(): Readonly<Record<string, string>> {
    try {
      return KeysFile.parse(JSON.parse(readFileSync(this.#path, "utf8"))).keys;
    } catch (error) {
      if (codeOf(error) !== "ENOENT") this.#log.warn({ code: codeOf(error) }, "the key file could not be read; its keys are not there");
      return {};
    }
  }

  async #open(): Promise<void> {
    const state = await this.#cipher.ready().catch(() => "unavailable" as const);
    // A key set meanwhile is refused while "opening": blobs are opened first.
    if (state === "sealed") await this.#openAll();
    this.#state = state;
    this.#announce();
  }

  async #openAll(): Promise<void> {
    for (const [name, blob] of Object.entries(this.#sealed)) {
      try {
        const { text, again } = await this.#cipher.open(Buffer.from(blob, "base64"));
        this.#values.set(name, text);
        if (again) this.#write({ ...this.#sealed, [name]: (await this.#cipher.seal(text)).toString("base64") });
      } catch (error) {
        this.#log.warn({ store: name, code: codeOf(error) }, "a key could not be opened");
        if (!this.#values.has(name)) this.#unopened.add(name);
      }
    }
  }

  #announce(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function troubleOf(state: State, unopened: readonly string[]): string | undefined {
  const instead = "Environment variables and key files work without it.";
  switch (state) {
    case "opening":
      return "The system's key store has not answered yet. Unlock it if it asks.";
    case "unavailable":
      return `The system's key store cannot be used, so keys set here are forgotten when Homeport ends. ${instead}`;
    case "plain":
      return `This system has no secret service, so keys set here stay in memory and are forgotten when Homeport ends. ${instead}`;
    case "sealed":
      return unopened.length === 0 ? undefined : `These keys could not be opened; set them again: ${unopened.join(", ")}.`;
  }
}

/** An error's code and nothing else of it: a message may quote what it was given. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : error instanceof Error ? error.name : "unknown";
}
