// Gateways that use each other would send a request in circles: every call to a node tells the gateways it came through, and one that comes back to
// where it was is refused with 508 (S-43, apis.md 10.1).
import { type Failure, fail } from "../contract/failure.ts";

/** A longer way than anybody builds on purpose. */
const mostHops = 8;
const longestChars = 512;

/** Why a request may not go on; undefined where it may. `hops`: the header, ids with commas between them. */
export function refusedHops(hops: string | readonly string[], instance: string | undefined): Failure | undefined {
  const told = typeof hops === "string" ? hops : hops.join(",");
  const ids = told
    .slice(0, longestChars)
    .split(",")
    .map((id) => id.trim());
  if (instance !== undefined && ids.includes(instance))
    return fail(
      "loop",
      "This request came through this Homeport already: two gateways use each other as nodes. Remove one from the other's settings.",
    );
  if (ids.length > mostHops || told.length > longestChars)
    return fail("loop", `This request came through more than ${mostHops} gateways. Check which of them use each other as nodes.`);
  return undefined;
}
