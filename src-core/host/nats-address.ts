// What a NATS address means: which server, by which road, as whom. Refuses what would tell a secret on the way: names and passwords in an address,
// and connections off this machine that nobody encrypted (S-90).
import { isLoopbackHost } from "../contract/config.ts";
import { type Failure, fail } from "../contract/failure.ts";
import { secretRemedy } from "../contract/secret-ref.ts";
import type { NatsAddress } from "../engine/nats-port.ts";
import type { Secrets } from "../engine/ports.ts";

const defaultPort = "4222";

/** An nkey seed of a user, or the two blocks of a credentials file. */
export type NatsIdentity = { readonly seed: string } | { readonly credentials: string };

export interface NatsRoad {
  /** `host:port`, as the client and a person are told. */
  readonly server: string;
  /** Without it the road is plain text, which only loopback or an explicit choice allows. */
  readonly encrypted: boolean;
  readonly identity: NatsIdentity | undefined;
}

/** Reads an address, its credentials included. A failure here is one that only a person can mend. */
export function natsRoad(address: NatsAddress, secrets: Secrets): NatsRoad | { readonly failure: Failure } {
  const url = parsedUrl(address.url);
  if (url === undefined) return wrong(`The NATS address ${shown(address.url)} is none. Write it as nats://host:4222 or tls://host:4222.`);
  if (url.username !== "" || url.password !== "")
    return wrong(
      `The NATS address of ${url.hostname} holds a user name or password. Take it out, and name a credentials file or an nkey seed instead.`,
    );
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== "nats" && scheme !== "tls")
    return wrong(`NATS is not reached by ${scheme}://. Write nats://${url.host} or tls://${url.host}.`);
  const { ca } = address;
  if (ca !== undefined && !ca.includes("-----BEGIN CERTIFICATE-----"))
    return wrong("The authority for NATS is no certificate. Give it as PEM text (BEGIN CERTIFICATE).");
  const identity = identityOf(address, secrets);
  if (identity !== undefined && "failure" in identity) return identity;
  // Who names an authority means to be sure of the server, wherever it is.
  const plain = scheme === "nats" && ca === undefined && (address.plain === true || isLoopbackHost(url.hostname));
  return { server: `${url.hostname}:${url.port === "" ? defaultPort : url.port}`, encrypted: !plain, identity };
}

function parsedUrl(text: string): URL | undefined {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `nats://${text}`);
  return url === null || url.hostname === "" ? undefined : url;
}

function identityOf({ credentials }: NatsAddress, secrets: Secrets): NatsIdentity | undefined | { readonly failure: Failure } {
  if (credentials === undefined) return undefined;
  const text = secrets.resolve(credentials);
  if (text === undefined)
    return wrong(`The credentials for NATS are not there. ${secrets.why?.(credentials) ?? `To mend it, ${secretRemedy(credentials)}.`}`);
  if (/^SU[A-Z2-7]{56}$/.test(text)) return { seed: text };
  // The client finds the blocks by the line ends around them, and the last one was trimmed off.
  if (/-{3,}BEGIN NATS USER JWT-{3,}/.test(text)) return { credentials: `${text}\n` };
  return wrong(
    "The credentials for NATS are neither a credentials file (BEGIN NATS USER JWT) nor an nkey seed (SU…). Save what `nsc` or `nk` wrote.",
  );
}

function wrong(message: string): { readonly failure: Failure } {
  return { failure: fail("upstream-misconfigured", message) };
}

/** An address that could not be read may still hold a password. */
function shown(url: string): string {
  return JSON.stringify(url.replace(/\/\/[^/@]*@/, "//…@").slice(0, 120));
}

/** The oldest servers without the known holes, by their line of releases (S-91). */
const oldestPatch: Readonly<Record<string, number>> = { "2.11": 16, "2.12": 7, "2.14": 0 };

/** What to tell of a server's version; undefined: nothing. */
export function adviceOnVersion(version: string): string | undefined {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  const known = oldestPatch[`${major}.${minor}`];
  const fine = known === undefined ? major > 2 || (major === 2 && minor > 14) : patch >= known;
  return fine
    ? undefined
    : `The NATS server is version ${version}, which has known security holes. Run 2.11.16, 2.12.7, 2.14.0 or newer where others can reach it.`;
}
