// One connection of the official NATS client, made without its reconnecting, and why it could not be had or ended, as a failure in words.
import type { ConnectionOptions, NatsConnection, TlsOptions } from "@nats-io/transport-node";
import { type Failure, fail } from "../contract/failure.ts";
import type { NatsIdentity, NatsRoad } from "./nats-address.ts";

const connectMs = 5_000;
/** A cut network is noticed after two of these. */
const pingMs = 10_000;
const unansweredPings = 2;

/** The client's module: many people have no NATS, and its parts cost 13 MB. */
export interface Client {
  readonly core: typeof import("@nats-io/transport-node");
}

/** `patience`: it may come back by itself. `twice`: not if it is said again. `person`: only a person can mend it. */
export interface Refused {
  readonly failure: Failure;
  readonly needs: "patience" | "twice" | "person";
}

let loaded: Promise<Client> | undefined;

export function loadClient(): Promise<Client> {
  loaded ??= import("@nats-io/transport-node").then((core) => ({ core }));
  return loaded;
}

interface Wish {
  readonly name: string;
  readonly inboxes: string;
  /** PEM. */
  readonly ca: string | undefined;
}

/** Connects once. */
export async function connectTo(
  client: Client,
  road: NatsRoad,
  { name, inboxes, ca }: Wish,
): Promise<{ readonly connection: NatsConnection } | { readonly refused: Refused }> {
  try {
    const connection = await client.core.connect({
      servers: road.server,
      name,
      reconnect: false,
      noAsyncTraces: true,
      timeout: connectMs,
      pingInterval: pingMs,
      maxPingOut: unansweredPings,
      inboxPrefix: inboxes,
      ignoreClusterUpdates: true,
      ...(road.encrypted ? { tls: tlsOptions(road, ca) } : {}),
      ...(road.identity === undefined ? {} : { authenticator: authenticatorOf(client, road.identity) }),
    });
    return { connection };
  } catch (error) {
    return { refused: whyAway(client, error, road.server) };
  }
}

/** `host`: whom the certificate must name. Told by the client only for names, so that an address was compared with "localhost". */
function tlsOptions({ server }: NatsRoad, ca: string | undefined): TlsOptions & { readonly host: string } {
  const host = server.slice(0, server.lastIndexOf(":")).replace(/^\[|\]$/g, "");
  return ca === undefined ? { host } : { host, ca };
}

type Authenticator = NonNullable<ConnectionOptions["authenticator"]>;

function authenticatorOf({ core }: Client, identity: NatsIdentity): Authenticator {
  const bytes = (text: string) => new TextEncoder().encode(text);
  return "seed" in identity ? core.nkeyAuthenticator(bytes(identity.seed)) : core.credsAuthenticator(bytes(identity.credentials));
}

/** Why there is no connection, or no longer one. */
export function whyAway({ core }: Client, error: unknown, server: string): Refused {
  const says = wordsOf(error);
  if (error instanceof core.AuthorizationError || error instanceof core.UserAuthenticationExpiredError) {
    const message = `The NATS server ${server} refused our credentials (${says}). Check them there and here, then try again.`;
    return { failure: fail("upstream-misconfigured", message), needs: "twice" };
  }
  if (says.includes("'tls'")) {
    const message = `The NATS server ${server} does not speak TLS, and it is not on this machine. Give it a certificate, or allow plain text on purpose.`;
    return { failure: fail("connect-failed", message), needs: "patience" };
  }
  const distrust = distrustOf(error);
  if (distrust !== undefined) {
    const message = `The NATS server ${server} is not trusted, and nothing was sent to it: ${distrust}`;
    return { failure: fail("connect-failed", message), needs: "patience" };
  }
  return { failure: fail("connect-failed", `NATS at ${server} cannot be reached: ${says}.`), needs: "patience" };
}

/** What is wrong with the certificate that a server showed, by Node's code for it; undefined: nothing that is known. */
function distrustOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return "its certificate is for another name. Reach it by the name in its certificate, or give it one for this address.";
  if (code === "CERT_HAS_EXPIRED") return "its certificate has run out. Renew it there.";
  if (code === "CERT_NOT_YET_VALID") return "its certificate is not valid yet. Compare the clocks of both machines.";
  return typeof code === "string" && unknownAuthority.test(code)
    ? "its certificate is not signed by an authority that is trusted here. Give the certificate of its authority in the settings."
    : undefined;
}

const unknownAuthority = /^(?:UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA)/;

function wordsOf(error: unknown): string {
  if (error === undefined) return "the connection was closed";
  if (!(error instanceof Error)) return "unknown";
  return error.message.slice(0, 200) || error.name;
}
