// Looks for model servers on this machine, on the ports they usually take. What is found is a proposal; nobody is asked for anything but its name.
import type { Fingerprint } from "../contract/finding.ts";
import type { Survey } from "../engine/ports.ts";
import { knock } from "./finding/knock.ts";
import { knownPorts } from "./finding/known-ports.ts";
import { search } from "./finding/search.ts";
import { privateSubnets } from "./finding/subnets.ts";
import { fingerprint } from "./fingerprint.ts";
import { placeOf } from "./node-url.ts";

const knockMs = 300;

/** Looking at addresses, as the engine needs it. */
export const survey: Survey = { fingerprint, discover, placeOf, search, ownSubnets: () => privateSubnets() };

/** Model servers that Homeport can use on 127.0.0.1, by port. `except` are our own ports; `ports` are the usual ones unless given. */
export async function discover(except: readonly number[], signal: AbortSignal, ports = knownPorts): Promise<readonly Fingerprint[]> {
  const looked = ports
    .filter((port) => !except.includes(port))
    .map(async (port) => {
      const knocked = await knock({ address: "127.0.0.1", port }, knockMs, signal);
      return knocked === "open" ? fingerprint(`http://127.0.0.1:${port}`, signal) : undefined;
    });
  const found = await Promise.all(looked);
  return found.filter((server) => server !== undefined).filter(({ kind }) => kind !== undefined);
}
