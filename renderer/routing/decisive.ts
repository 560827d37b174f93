// Which preference put a candidate where it stands: what a row of the table marks.
import type { Explanation } from "../../src-core/contract/route.ts";

type Link = Pick<Explanation["links"][number], "candidates" | "decidedBy">;

/**
 * For the first candidate the one that decided; for any other the first in which it differs from the one above. Undefined where they are equal, and
 * where the link's own wish for a model came before any preference.
 */
export function decisiveFor({ candidates, decidedBy }: Link, at: number): string | undefined {
  if (at === 0) return decidedBy;
  const above = candidates[at - 1]?.levels ?? [];
  const differs = candidates[at]?.levels.find(({ value }, place) => value !== above[place]?.value);
  const ahead = above.find(({ preference }) => preference === differs?.preference);
  // Better than the one above, and yet behind it: something else put it there.
  return differs !== undefined && ahead !== undefined && differs.value > ahead.value ? differs.preference : undefined;
}
