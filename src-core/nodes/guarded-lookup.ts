// Names are resolved once per connection, and only addresses that may be dialled are handed on (S-42): checking a name when it was saved
// says nothing about where it leads now.
import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { isForbiddenAddress } from "./node-url.ts";

/** The code of the error by which a refused address is told apart from a failing network. */
export const forbiddenAddressCode = "HOMEPORT_FORBIDDEN_ADDRESS";

/** Resolves a name to all its addresses; tests supply their own. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A name that was not found is not asked for again within this: every call of a busy node would go to the resolver (F04). */
const notFoundMs = 5_000;

/**
 * For a socket's `lookup` option, of one node. An address among others that may not be dialled is left out; when none is left, the connection fails.
 * `monotonicMs`: times how long a failure holds.
 */
export function guardedLookup(
  resolve: Resolve = systemLookup,
  isRefused = isForbiddenAddress,
  monotonicMs: () => number = () => performance.now(),
): LookupFunction {
  let failed: { readonly hostname: string; readonly error: NodeJS.ErrnoException; readonly until: number } | undefined;
  return (hostname, options, callback) => {
    if (failed !== undefined && failed.hostname === hostname && monotonicMs() < failed.until) return callback(failed.error, "");
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      failed = error === null ? undefined : { hostname, error, until: monotonicMs() + notFoundMs };
      if (error !== null) return callback(error, "");
      const allowed = addresses.filter(({ address }) => !isRefused(address));
      const [first] = allowed;
      if (first === undefined) return callback(refusal(hostname, addresses), "");
      return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family);
    });
  };
}

function refusal(hostname: string, addresses: readonly LookupAddress[]): NodeJS.ErrnoException {
  const found = addresses.map(({ address }) => address).join(", ");
  return Object.assign(new Error(`${hostname} leads to ${found === "" ? "no address" : found}`), { code: forbiddenAddressCode });
}
