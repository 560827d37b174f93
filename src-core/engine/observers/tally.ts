// A counter with at most two labels as plain numbers. Both labels are words of closed sets or names of the configuration (S-84).

export class Tally {
  readonly #counts = new Map<string, Map<string, number>>();

  add(first: string, second = "", by = 1): void {
    const counts = this.#counts.get(first) ?? this.#row(first);
    counts.set(second, (counts.get(second) ?? 0) + by);
  }

  *all(): Generator<readonly [first: string, second: string, value: number]> {
    for (const [first, counts] of this.#counts) for (const [second, value] of counts) yield [first, second, value];
  }

  get total(): number {
    let sum = 0;
    for (const [, , value] of this.all()) sum += value;
    return sum;
  }

  #row(first: string): Map<string, number> {
    const row = new Map<string, number>();
    this.#counts.set(first, row);
    return row;
  }
}
