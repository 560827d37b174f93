// Work done once per immutable value instead of once per question. Safe because values never change: a new inventory is a new object.

/** `derive`, remembered for each value as long as the value lives. */
export function perValue<V extends object, R>(derive: (value: V) => R): (value: V) => R {
  const known = new WeakMap<V, R>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const result = derive(value);
    known.set(value, result);
    return result;
  };
}
