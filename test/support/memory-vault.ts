// A key store kept in memory, open from the start: what the desktop's is once the system has answered.
import type { SecretVault } from "../../src-core/host/secret-vault.ts";

export class MemoryVault implements SecretVault {
  readonly trouble: string | undefined = undefined;
  readonly opened = Promise.resolve();
  readonly #values = new Map<string, string>();
  readonly #listeners = new Set<() => void>();

  names(): readonly string[] {
    return [...this.#values.keys()];
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  async set(name: string, value: string | null): Promise<undefined> {
    if (value === null) this.#values.delete(name);
    else this.#values.set(name, value);
    for (const listener of this.#listeners) listener();
  }

  subscribe(onChange: () => void): () => void {
    this.#listeners.add(onChange);
    return () => this.#listeners.delete(onChange);
  }
}
