// Which addresses may be nodes and where they are. Private and loopback addresses are the product; link-local, metadata, multicast,
// broadcast and unspecified ones are never dialled, whether written as a number or found by name (S-40 to S-43).
import { BlockList, isIP } from "node:net";
import { type Failure, fail } from "../contract/failure.ts";
import type { Place } from "../contract/node-kinds.ts";

/** A node's address, ready to dial. `prefix` goes before every path; a trailing `/v1` is dropped, since our paths carry their own. */
export interface NodeAddress {
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  readonly prefix: string;
}

const forbidden = new BlockList();
const loopback = new BlockList();
const privateNet = new BlockList();

/** IPv4 ranges never dialled; each is also refused inside NAT64, which would carry us there all the same. */
const forbidden4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["100.100.100.200", 32],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
for (const [net, bits] of forbidden4) {
  forbidden.addSubnet(net, bits, "ipv4");
  forbidden.addSubnet(`64:ff9b::${net}`, 96 + bits, "ipv6");
}
forbidden.addAddress("::", "ipv6");
forbidden.addAddress("fd00:ec2::254", "ipv6");
forbidden.addSubnet("fe80::", 10, "ipv6");
forbidden.addSubnet("ff00::", 8, "ipv6");

loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

for (const [net, bits] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
] as const) {
  privateNet.addSubnet(net, bits, "ipv4");
}
privateNet.addSubnet("fc00::", 7, "ipv6");

/** Not of the internet at large, besides loopback and private ranges: what tunnels, tests and translators use among themselves. */
const special = new BlockList();
for (const [net, bits] of [
  ["192.0.0.0", 24],
  ["192.88.99.0", 24],
  ["198.18.0.0", 15],
] as const) {
  special.addSubnet(net, bits, "ipv4");
}
for (const [net, bits] of [
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 32],
  ["2002::", 16],
  ["fec0::", 10],
  ["::", 96],
] as const) {
  special.addSubnet(net, bits, "ipv6");
}

const isIn = (list: BlockList, address: string): boolean => {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? "ipv4" : "ipv6");
};

/** True if this numeric address must never be connected to. */
export function isForbiddenAddress(address: string): boolean {
  return isIn(forbidden, withoutZone(address));
}

/** True for a numeric address of the internet at large: neither this machine's, nor one of a private or special range. */
export function isPublicAddress(address: string): boolean {
  const plain = withoutZone(address);
  return isIP(plain) !== 0 && ![forbidden, loopback, privateNet, special].some((list) => isIn(list, plain));
}

/** True if this numeric address or name is this machine itself, whoever resolves it. */
export function isLoopbackName(host: string): boolean {
  const name = plainHost(host);
  return name === "localhost" || name.endsWith(".localhost") || isIn(loopback, name);
}

/** Reads an address strictly: http or https, nothing but host, port and path. The URL class makes octal, hex and mapped spellings plain. */
export function parseNodeUrl(text: string): NodeAddress | { readonly failure: Failure } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:"))
    return refused(text, "is not an http:// or https:// address");
  if (url.username !== "" || url.password !== "") return refused(url.host, "holds a user name; keys are set apart from the address");
  if (url.search !== "" || url.hash !== "") return refused(url.host, "holds a query or fragment, which an address must not have");
  const host = plainHost(url.hostname);
  if (isForbiddenAddress(host)) {
    return refused(host, "is a link-local, metadata, multicast or unspecified address, to which Homeport never connects");
  }
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  return { origin: url.origin, host, port, prefix: url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "") };
}

const localSuffixes = [".local", ".lan", ".home", ".internal", ".home.arpa", ".localdomain", ".ts.net", ".fritz.box"];

/** Where an address is, as far as the address itself tells: nothing is resolved. A name that could be anywhere is `cloud`. */
export function placeOf(url: string): Place {
  const address = parseNodeUrl(url);
  if ("failure" in address) return "cloud";
  const { host } = address;
  if (isLoopbackName(host)) return "this-machine";
  if (isIP(host) !== 0) return isIn(privateNet, host) ? "lan" : "cloud";
  return !host.includes(".") || localSuffixes.some((suffix) => host.endsWith(suffix)) ? "lan" : "cloud";
}

const tailnet = new BlockList();
tailnet.addSubnet("100.64.0.0", 10, "ipv4");
tailnet.addSubnet("fd7a:115c:a1e0::", 48, "ipv6");

/** True for `host:port` behind this house's own network card. macOS closes only that to an app: loopback, a tailnet and the internet stay open. */
export function isOnLocalNetwork(address: string): boolean {
  const url = `http://${address}`;
  if (placeOf(url) !== "lan") return false;
  const host = plainHost(new URL(url).hostname);
  return !isIn(tailnet, host) && !host.endsWith(".ts.net");
}

/**
 * An address that a node told us about. A remote node that says "127.0.0.1" means itself: its own host is put there, so that we never dial
 * our own loopback on a remote's word (S-43). Undefined where the address cannot be a node.
 */
export function reportedAddress(reported: string, node: NodeAddress): string | undefined {
  if (!URL.canParse(reported)) return undefined;
  const url = new URL(reported);
  const host = plainHost(url.hostname);
  const meansItself = isLoopbackName(host) || host === "0.0.0.0" || host === "::";
  if (meansItself) url.hostname = isIP(node.host) === 6 ? `[${node.host}]` : node.host;
  const text = url.href.replace(/\/$/, "");
  return "failure" in parseNodeUrl(text) ? undefined : text;
}

/** A socket's far end as an identity that two names of one server share (F39). */
export function identityOf(remoteAddress: string, port: number): string {
  const plain = remoteAddress.replace(/^::ffff:/i, "");
  return `${isIn(loopback, plain) ? "127.0.0.1" : plain}:${port}`;
}

function plainHost(hostname: string): string {
  return hostname
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();
}

function withoutZone(address: string): string {
  return address.split("%", 1)[0] ?? address;
}

function refused(what: string, why: string): { readonly failure: Failure } {
  const shown = what.length > 80 ? `${what.slice(0, 80)}…` : what;
  return { failure: fail("upstream-misconfigured", `"${shown}" ${why}. Change the node's address in the settings.`, { field: "url" }) };
}
