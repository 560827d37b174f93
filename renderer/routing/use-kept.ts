// What keeps a large draft quick to type in: a value that says what it said before stays the value it was, and a form is drawn anew only when something
// it was given says something else.
import { type FunctionComponent, memo, useState } from "react";
import { same } from "./same.ts";

/** The JSON value of an earlier drawing, for as long as the new one says the same. */
export function useKept<T>(value: T): T {
  const [kept, keep] = useState(() => value);
  if (same(kept, value)) return kept;
  keep(() => value);
  return value;
}

/** The form, passed over while it is given the same. Lists and problems are made anew with every change, so they are compared by what they hold. */
export function drawnWhenChanged<P extends object>(form: FunctionComponent<P>) {
  return memo(form, (before, after) => {
    const names = Object.keys(after);
    return (
      names.length === Object.keys(before).length && names.every((name) => holdSame(Reflect.get(before, name), Reflect.get(after, name)))
    );
  });
}

function holdSame(before: unknown, after: unknown): boolean {
  if (Object.is(before, after)) return true;
  if (before instanceof Map && after instanceof Map) {
    return before.size === after.size && [...after].every(([path, says]) => before.get(path) === says);
  }
  if (!Array.isArray(before) || !Array.isArray(after)) return false;
  return before.length === after.length && after.every((one, at) => Object.is(one, before[at]));
}
