// Short messages that answer an action or tell news. Errors stay until dismissed; the rest leaves by itself.
export interface Toast {
  readonly id: number;
  readonly tone: "ok" | "info" | "error";
  readonly title: string;
  readonly body?: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

const staysMs = 7_000;
const atMost = 4;

/** One per window, for `useSyncExternalStore`. */
export class ToastBox {
  readonly #watchers = new Set<() => void>();
  #toasts: readonly Toast[] = [];
  #lastId = 0;

  readonly list = (): readonly Toast[] => this.#toasts;

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** The same words twice replace the older message instead of piling up. */
  push(toast: Omit<Toast, "id">): void {
    this.#lastId += 1;
    const id = this.#lastId;
    const others = this.#toasts.filter((other) => other.title !== toast.title || other.body !== toast.body);
    this.#set([...others, { ...toast, id }].slice(-atMost));
    if (toast.tone !== "error") setTimeout(() => this.dismiss(id), staysMs);
  }

  dismiss(id: number): void {
    this.#set(this.#toasts.filter((toast) => toast.id !== id));
  }

  #set(toasts: readonly Toast[]): void {
    this.#toasts = toasts;
    for (const watcher of this.#watchers) watcher();
  }
}
