// Those who follow a configuration: told of every accepted change and of every refused one.
import type { Config } from "../contract/config.ts";
import type { Failure } from "../contract/failure.ts";

interface Listener {
  readonly onChange: (config: Config) => void;
  readonly onRejected: (failure: Failure) => void;
}

/** A set of listeners. A listener that leaves while being told breaks nobody. */
export class Listeners {
  readonly #all = new Set<Listener>();

  readonly subscribe = (onChange: Listener["onChange"], onRejected: Listener["onRejected"]): (() => void) => {
    const listener = { onChange, onRejected };
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  };

  changed(config: Config): void {
    for (const listener of [...this.#all]) listener.onChange(config);
  }

  rejected(failure: Failure): void {
    for (const listener of [...this.#all]) listener.onRejected(failure);
  }
}
