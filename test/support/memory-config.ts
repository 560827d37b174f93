// A configuration kept in memory, as a `ConfigSource`: validated like a real one, so that a bad change changes nothing.
import { Config, type ConfigDocument, type NodeConfig } from "../../src-core/contract/config.ts";
import { type Failure, fail } from "../../src-core/contract/failure.ts";
import type { ConfigSource } from "../../src-core/engine/ports.ts";

interface Listener {
  readonly onChange: (config: Config) => void;
  readonly onRejected: (failure: Failure) => void;
}

export class MemoryConfig implements ConfigSource {
  readonly describe = "this test's memory";
  readonly writable = true;
  readonly kept = "app";
  /** Documents as they were before all of them was replaced. */
  readonly copies: Readonly<Record<string, unknown>>[] = [];
  readonly extraNodes: readonly NodeConfig[] = [];
  readonly #listeners = new Set<Listener>();
  #document: Record<string, unknown>;
  #config: Config;

  constructor(document: ConfigDocument) {
    this.#document = { ...document };
    this.#config = Config.parse(document);
  }

  current(): Config {
    return this.#config;
  }

  document(): Readonly<Record<string, unknown>> {
    return this.#document;
  }

  keepCopy(why: string): { readonly name: string } {
    this.copies.push(this.#document);
    return { name: `before-${why}` };
  }

  async update(change: Parameters<ConfigSource["update"]>[0]): Promise<Failure | undefined> {
    const document = change(this.#document);
    const read = Config.safeParse(document);
    if (!read.success) {
      const [issue] = read.error.issues;
      return fail("invalid-request", issue?.message ?? "not a configuration", { field: issue?.path.join(".") ?? "" });
    }
    this.#document = document;
    this.#config = read.data;
    for (const { onChange } of this.#listeners) onChange(read.data);
    return undefined;
  }

  subscribe(onChange: Listener["onChange"], onRejected: Listener["onRejected"]): () => void {
    const listener = { onChange, onRejected };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A change from outside that did not validate. */
  reject(failure: Failure): void {
    for (const { onRejected } of this.#listeners) onRejected(failure);
  }
}
