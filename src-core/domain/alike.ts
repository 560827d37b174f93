// Keeping the value from before where a new one says the same. Most probes tell nothing new; what stays the same object needs no second look by
// whoever remembers something of it, is not sent to a window again, and does not fill memory.

/** `before` where it is the same plain JSON as `after`. */
export function kept<T>(before: T | undefined, after: T): T {
  return before !== undefined && isAlike(before, after) ? before : after;
}

/** The map from before where it holds the very same values in the same order. */
export function keptMap<T>(before: Readonly<Record<string, T>>, after: Record<string, T>): Record<string, T> {
  const keys = Object.keys(after);
  const old = Object.keys(before);
  return keys.length === old.length && keys.every((key, index) => key === old[index] && before[key] === after[key]) ? before : after;
}

function isAlike(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const others = new Map(Object.entries(b));
  const entries = Object.entries(a);
  return entries.length === others.size && entries.every(([key, value]) => others.has(key) && isAlike(value, others.get(key)));
}
