// One connection of the official NATS client, made without its reconnecting, and why it could not be had or ended, as a failure in words.
import type { ConnectionOptions, NatsConnection } from "@nats-io/transport-node";
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
      ...(road.encrypted ? { tls: ca === undefined ? {} : { ca } } : {}),
      ...(road.identity === undefined ? {} : { authenticator: authenticatorOf(client, road.identity) }),
    });
    return { connection };
  } catch (error) {
    return { refused: whyAway(client, error, road.server) };
  }
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
  return { failure: fail("connect-failed", `NATS at ${server} cannot be reached: ${says}.`), needs: "patience" };
}

function wordsOf(error: unknown): string {
  if (error === undefined) return "the connection was closed";
  if (!(error instanceof Error)) return "unknown";
  return error.message.slice(0, 200) || error.name;
}
