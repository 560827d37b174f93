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

/** For a socket's `lookup` option. An address among others that may not be dialled is left out; when none is left, the connection fails. */
export function guardedLookup(resolve: Resolve = systemLookup, isRefused = isForbiddenAddress): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
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
