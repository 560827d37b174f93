// How a simulated node misbehaves on request. A fault is chosen when a request arrives: the newest rule that matches and still has turns.

/** `frames` counts events or lines of a stream before the fault shows; in a whole answer any count shows at once. */
export type Fault =
  | { readonly fault: "status"; readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  /** Reads the request, never answers, keeps the connection. */
  | { readonly fault: "hang" }
  /** Answers rightly, but only after this long. */
  | { readonly fault: "slow-head"; readonly ms: number }
  /** Cuts the connection without a word. */
  | { readonly fault: "reset" }
  | { readonly fault: "drop-after"; readonly frames: number }
  /** Ends the body properly, but without the terminator. */
  | { readonly fault: "end-after"; readonly frames: number }
  /** The process behind the server dies, told in the server's own way (observed.md 2 and 3). */
  | { readonly fault: "crash-after"; readonly frames: number }
  /** Sends something that is no event of the dialect, then ends. */
  | { readonly fault: "malformed-after"; readonly frames: number }
  /** Goes silent in the middle and stays so. */
  | { readonly fault: "stall-after"; readonly frames: number }
  | { readonly fault: "redirect"; readonly location: string; readonly status?: 301 | 302 | 307 | 308 }
  | { readonly fault: "html"; readonly status?: number };

/** Which requests a fault meets. `path` is compared without query; absent matches all. `times` absent means every time. */
export interface FaultRule {
  readonly path?: string | RegExp;
  readonly method?: string;
  readonly times?: number;
}

/** The faults in force. */
export class FaultBook {
  readonly #rules = new Set<{ readonly fault: Fault; readonly rule: FaultRule; left: number }>();

  /** Returns the function that takes the fault back. */
  add(fault: Fault, rule: FaultRule): () => void {
    const entry = { fault, rule, left: rule.times ?? Number.POSITIVE_INFINITY };
    this.#rules.add(entry);
    return () => this.#rules.delete(entry);
  }

  clear(): void {
    this.#rules.clear();
  }

  /** The fault for this request, using up one of its turns. */
  take(method: string, path: string): Fault | undefined {
    for (const entry of [...this.#rules].reverse()) {
      const { rule } = entry;
      if (rule.method !== undefined && rule.method !== method) continue;
      if (typeof rule.path === "string" ? rule.path !== path : rule.path !== undefined && !rule.path.test(path)) continue;
      entry.left -= 1;
      if (entry.left <= 0) this.#rules.delete(entry);
      return entry.fault;
    }
    return undefined;
  }
}
