// Changing the order and the number of a list's entries. Pure; every function returns a new list and leaves the old one as it was.

/** The entry at `from` put at `to`, which is held within the list. */
export function moved<T>(entries: readonly T[], from: number, to: number): readonly T[] {
  const entry = entries.slice(from, from + 1);
  const rest = without(entries, from);
  const place = Math.min(rest.length, Math.max(0, to));
  return [...rest.slice(0, place), ...entry, ...rest.slice(place)];
}

export function without<T>(entries: readonly T[], at: number): readonly T[] {
  return entries.filter((_, index) => index !== at);
}

export function replaced<T>(entries: readonly T[], at: number, entry: T): readonly T[] {
  return entries.map((one, index) => (index === at ? entry : one));
}

/** A name that none of `taken` is in any spelling: "rule", "rule-2", "rule-3". */
export function freshName(stem: string, taken: readonly string[]): string {
  const known = new Set(taken.map((name) => name.toLowerCase()));
  for (let number = 1; number <= known.size + 1; number += 1) {
    const name = number === 1 ? stem : `${stem}-${number}`;
    if (!known.has(name)) return name;
  }
  return stem;
}

/** The problems of one part, by the paths inside it: of "2", "2.when.contentRegex" becomes "when.contentRegex". */
export function problemsAt(problems: ReadonlyMap<string, string>, part: string | number): ReadonlyMap<string, string> {
  const own = new Map<string, string>();
  for (const [path, says] of problems) {
    if (path === String(part)) own.set("", says);
    else if (path.startsWith(`${part}.`)) own.set(path.slice(String(part).length + 1), says);
  }
  return own;
}

/** The first sentence about any of these fields or what is inside them. */
export function problemOf(problems: ReadonlyMap<string, string>, ...fields: readonly string[]): string | undefined {
  for (const [path, says] of problems) {
    if (fields.some((field) => path === field || path.startsWith(`${field}.`))) return says;
  }
  return undefined;
}
