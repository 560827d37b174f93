// Randomness that a seed repeats.
export interface Dice {
  /** A number in [0, 1). */
  roll(): number;
  /** An integer in [low, high]. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Each kept with this probability. */
  some<T>(from: readonly T[], probability: number): T[];
}

/** The same seed rolls the same numbers (mulberry32). */
export function diceOf(seed: number): Dice {
  let state = (seed * 0x9e3779b9) | 0;
  const roll = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  };
  const between = (low: number, high: number) => low + Math.floor(roll() * (high - low + 1));
  return {
    roll,
    between,
    chance: (probability) => roll() < probability,
    pick: (from) => {
      const one = from[between(0, from.length - 1)];
      if (one === undefined) throw new Error("Nothing to pick from.");
      return one;
    },
    some: (from, probability) => from.filter(() => roll() < probability),
  };
}

/** How many random runs; HOMEPORT_SEEDS for a longer look. */
export const seedCount = Number(process.env["HOMEPORT_SEEDS"] ?? 1_000);
/** HOMEPORT_SEED repeats one run alone. */
const only = process.env["HOMEPORT_SEED"];

/** Runs every seed; a failure says which one it was. */
export async function everySeed(count: number, run: (seed: number, dice: Dice) => Promise<void> | void): Promise<void> {
  const seeds = only === undefined ? Array.from({ length: count }, (_, seed) => seed) : [Number(only)];
  for (const seed of seeds) {
    try {
      await run(seed, diceOf(seed));
    } catch (error) {
      throw new Error(`seed ${seed} (repeat it with HOMEPORT_SEED=${seed}): ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
}
