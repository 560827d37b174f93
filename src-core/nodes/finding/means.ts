// What a search needs of this machine and its network, as one record: tests give their own parts of it.
import { Resolver } from "node:dns/promises";
import type { Fingerprint, OwnSubnet } from "../../contract/finding.ts";
import { fingerprint } from "../fingerprint.ts";
import { type Browse, browse } from "./browse.ts";
import { type Knock, knock } from "./knock.ts";
import { knownPorts } from "./known-ports.ts";
import { type PaceLimits, searchPace } from "./pace.ts";
import { ownAddresses, privateSubnets } from "./subnets.ts";
import { readTailnet, type Tailnet } from "./tailnet.ts";

export interface SearchMeans {
  readonly ports: readonly number[];
  readonly pace: PaceLimits;
  readonly knock: Knock;
  readonly fingerprint: (url: string, signal: AbortSignal) => Promise<Fingerprint>;
  readonly browse: Browse;
  readonly tailnet: (signal: AbortSignal) => Promise<Tailnet>;
  readonly ownAddresses: () => ReadonlySet<string>;
  readonly ownSubnets: () => readonly OwnSubnet[];
  /** What the network calls this address; undefined where it has no name. */
  readonly hostName: (address: string) => Promise<string | undefined>;
  readonly platform: NodeJS.Platform;
}

export const systemMeans: SearchMeans = {
  ports: knownPorts,
  pace: searchPace,
  knock,
  fingerprint,
  browse,
  tailnet: readTailnet,
  ownAddresses,
  ownSubnets: privateSubnets,
  hostName,
  platform: process.platform,
};

const nameMs = 700;

/** Asks the network's own name server, once. */
async function hostName(address: string): Promise<string | undefined> {
  try {
    const [name] = await new Resolver({ timeout: nameMs, tries: 1 }).reverse(address);
    return name;
  } catch {
    return undefined;
  }
}
