// Names and globs: exact, or with an explicit `*`; never by substring (demands.md 3.25, source-systems.md 1.10).
import { canonicalName } from "./names.ts";

/** True where `name` is `pattern` in any spelling, or fits it: `*` stands for any letters, also none. Linear; no letter but `*` is special. */
export function matchesName(pattern: string, name: string): boolean {
  const wanted = canonicalName(pattern);
  const given = canonicalName(name);
  if (!wanted.includes("*")) return wanted === given;
  const [first = "", ...rest] = wanted.split("*");
  const last = rest.pop() ?? "";
  if (!given.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = given.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return given.length - at >= last.length && given.endsWith(last);
}
