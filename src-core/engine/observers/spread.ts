// A histogram as plain numbers: what one observation costs is one comparison per bucket and no memory. Rendered only when somebody asks.

export class Spread {
  readonly #bounds: readonly number[];
  /** One count per bound, and the last for everything above. */
  readonly #counts: Float64Array;
  #sum = 0;

  /** `bounds` ascending, in the unit of the metric's name. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  add(value: number): void {
    let at = 0;
    while (at < this.#bounds.length && value > (this.#bounds[at] ?? 0)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  /** The lines of the exposition; `labels` as they stand between braces, escaped. Nothing while nothing was observed. */
  lines(name: string, labels: string): string[] {
    let count = 0;
    const upTo = [...this.#bounds.map(String), "+Inf"].map((bound, at) => {
      count += this.#counts[at] ?? 0;
      return `${name}_bucket{${labels},le="${bound}"} ${count}`;
    });
    return count === 0 ? [] : [...upTo, `${name}_sum{${labels}} ${this.#sum}`, `${name}_count{${labels}} ${count}`];
  }
}

/** Labels as the exposition writes them, without the braces. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  const escaped = (value: string) => value.replace(/[\\\n"]/g, (sign) => (sign === "\n" ? "\\n" : `\\${sign}`));
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",");
}
