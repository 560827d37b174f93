// Sets of characters as sorted ranges of UTF-16 units: what a place in a pattern may match. Enough to ask whether two overlap.

/** `[low, high]` pairs, sorted, not touching. */
export type CharSet = readonly (readonly [number, number])[];

export const noChars: CharSet = [];
const lastUnit = 0xffff;

/** Sorted and merged. */
export function charSet(ranges: readonly (readonly [number, number])[]): CharSet {
  const merged: [number, number][] = [];
  for (const [low, high] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

export function union(...sets: readonly CharSet[]): CharSet {
  return charSet(sets.flat());
}

export function complement(set: CharSet): CharSet {
  const rest: [number, number][] = [];
  let from = 0;
  for (const [low, high] of set) {
    if (low > from) rest.push([from, low - 1]);
    from = high + 1;
  }
  if (from <= lastUnit) rest.push([from, lastUnit]);
  return rest;
}

export function overlap(a: CharSet, b: CharSet): boolean {
  return a.some(([low, high]) => b.some((other) => low <= other[1] && other[0] <= high));
}

export const oneChar = (unit: number): CharSet => [[unit, unit]];
export const digits = charSet([[0x30, 0x39]]);
export const wordChars = charSet([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]);
export const spaces = charSet([
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]);
/** What `.` matches. */
export const anyChar = complement(
  charSet([
    [0x0a, 0x0a],
    [0x0d, 0x0d],
    [0x2028, 0x2029],
  ]),
);

/** With both cases of its letters. Beyond ASCII everything counts as one letter: more than is matched, which errs on the safe side. */
export function caseless(set: CharSet): CharSet {
  const more: [number, number][] = [];
  for (const [low, high] of set) {
    for (let unit = Math.max(low, 0x41); unit <= Math.min(high, 0x5a); unit++) more.push([unit + 32, unit + 32]);
    for (let unit = Math.max(low, 0x61); unit <= Math.min(high, 0x7a); unit++) more.push([unit - 32, unit - 32]);
    if (high > 0x7f) more.push([0x80, lastUnit]);
  }
  return charSet([...set, ...more]);
}
