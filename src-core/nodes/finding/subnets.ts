// Which networks may be searched: private ones of at most 1,024 addresses, written as IPv4 CIDR. Nobody is helped to scan the internet.
import { networkInterfaces } from "node:os";
import { type Failure, fail } from "../../contract/failure.ts";
import type { OwnSubnet } from "../../contract/finding.ts";
import { isForbiddenAddress, placeOf } from "../node-url.ts";

/** The largest network that is searched, and the largest that is offered unasked. */
const widestBits = 22;
const offeredBits = 24;

export interface Subnet {
  readonly cidr: string;
  /** Addresses that a machine can have, in order; those that are never dialled are left out. */
  readonly addresses: readonly string[];
}

/** Reads "192.168.1.0/24"; an address inside the network names it as well, and alone means its /24. */
export function parseSubnet(text: string): Subnet | { readonly failure: Failure } {
  const [address = "", bitsText] = text.trim().split("/", 2);
  const value = numberOf(address);
  const bits = bitsText === undefined ? offeredBits : /^\d{1,2}$/.test(bitsText) ? Number(bitsText) : 33;
  if (value === undefined || bits > 32) return refused(text, "is not a network. Write it like 192.168.1.0/24.");
  if (bits < widestBits)
    return refused(text, `is too large to search: at most /${widestBits}, which is 1,024 addresses. Choose a part of it.`);
  const size = 2 ** (32 - bits);
  const first = value - (value % size);
  const cidr = `${textOf(first)}/${bits}`;
  if (isForbiddenAddress(textOf(first)))
    return refused(text, "is a link-local, metadata or multicast range, to which Homeport never connects.");
  if (!isPrivate(textOf(first)) || !isPrivate(textOf(first + size - 1)))
    return refused(text, "is not a private network. Homeport searches only networks of your own, like 192.168.1.0/24.");
  return { cidr, addresses: hostsIn(first, size) };
}

/** The first and last address of a network name the network and everybody in it, unless it has no more than these. */
function hostsIn(first: number, size: number): string[] {
  const edge = size > 2 ? 1 : 0;
  return Array.from({ length: size - 2 * edge }, (_, index) => textOf(first + edge + index)).filter((one) => !isForbiddenAddress(one));
}

/** Made by container and virtual machine programs; offered last, since a homelab's machines are rarely there. */
const madeBySoftware = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|podman|cni|bridge)/;

/** The private networks of these interfaces, at most a /24 of each. Point-to-point links like a tailnet's are none. */
export function privateSubnets(interfaces = networkInterfaces()): readonly OwnSubnet[] {
  const subnets = new Map<string, OwnSubnet>();
  const byOrigin = Object.entries(interfaces).sort(([a], [b]) => Number(madeBySoftware.test(a)) - Number(madeBySoftware.test(b)));
  for (const [name, addresses] of byOrigin) {
    for (const { family, address, cidr, internal } of addresses ?? []) {
      const bits = Number(cidr?.split("/")[1] ?? offeredBits);
      if (family !== "IPv4" || internal || bits > 30 || !isPrivate(address)) continue;
      const subnet = parseSubnet(`${address}/${Math.max(bits, offeredBits)}`);
      if ("failure" in subnet || subnets.has(subnet.cidr)) continue;
      subnets.set(subnet.cidr, { cidr: subnet.cidr, interface: name, addresses: subnet.addresses.length });
    }
  }
  return [...subnets.values()];
}

/** Every address of this machine itself. */
export function ownAddresses(interfaces = networkInterfaces()): ReadonlySet<string> {
  return new Set(
    Object.values(interfaces).flatMap((addresses) => (addresses ?? []).map(({ address }) => address.split("%", 1)[0] ?? address)),
  );
}

/** This machine's or a house's, as far as the number tells. */
function isPrivate(address: string): boolean {
  return placeOf(`http://${address}`) !== "cloud";
}

function numberOf(address: string): number | undefined {
  const parts = address.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
}

function refused(text: string, why: string): { readonly failure: Failure } {
  return { failure: fail("invalid-request", `"${text.slice(0, 64)}" ${why}`, { field: "subnet" }) };
}
