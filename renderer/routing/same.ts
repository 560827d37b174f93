// Whether two JSON values say the same: the order of keys says nothing, and a key without a value is no key.

export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [mine, theirs] = [entriesOf(a), entriesOf(b)];
  return mine.length === theirs.length && mine.every(([key, value]) => same(value, Reflect.get(b, key)));
}

/** The path to the one place where they differ; to the nearest that holds all of it where there are several. */
export function differenceAt(a: unknown, b: unknown): readonly string[] {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return [];
  const keys = [...new Set([...entriesOf(a), ...entriesOf(b)].map(([key]) => key))];
  const differing = keys.filter((key) => !same(Reflect.get(a, key), Reflect.get(b, key)));
  const [only] = differing;
  if (only === undefined || differing.length > 1) return [];
  return [only, ...differenceAt(Reflect.get(a, only), Reflect.get(b, only))];
}

const entriesOf = (value: object) => Object.entries(value).filter(([, part]) => part !== undefined);
