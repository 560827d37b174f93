// Binding a door's port: both loopback addresses on one number, or the one address asked for (S-01, F54, F56).
import type { Server } from "node:net";
import { type Failure, fail } from "../contract/failure.ts";

export interface ListenWish {
  readonly host: string;
  /** 0 picks any free port. */
  readonly port: number;
  /** `next`: try the ten ports after it. */
  readonly whenPortTaken: "next" | "fail";
}

export interface Listening {
  readonly servers: readonly Server[];
  readonly port: number;
}

/** `taken` is set when the cause is that another program holds the port. */
export interface NotListening {
  readonly failure: Failure;
  readonly taken?: number;
}

const nextPorts = 10;
const freePortTries = 10;
const withoutAddress = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "EPROTONOSUPPORT"]);

/** `127.0.0.1` brings `::1` along, and the other way round: a client's `localhost` may mean either. */
function addressesOf(host: string): readonly string[] {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  if (bare === "localhost" || bare === "127.0.0.1") return ["127.0.0.1", "::1"];
  return bare === "::1" ? ["::1", "127.0.0.1"] : [bare];
}

/** Listens with servers made by `create`, one per address. A second address that this machine lacks is left out without a word. */
export async function listen(wish: ListenWish, create: () => Server): Promise<Listening | NotListening> {
  const addresses = addressesOf(wish.host);
  const ports =
    wish.port === 0
      ? Array<number>(freePortTries).fill(0)
      : Array.from({ length: wish.whenPortTaken === "next" ? nextPorts + 1 : 1 }, (_, step) => wish.port + step).filter(
          (port) => port <= 65_535,
        );
  for (const port of ports) {
    const bound = await bindAll(addresses, port, create);
    if (!("code" in bound)) return bound;
    if (bound.code !== "EADDRINUSE") return { failure: cannotListen(wish, bound.code) };
  }
  return { failure: cannotListen(wish, "EADDRINUSE"), taken: wish.port };
}

async function bindAll(addresses: readonly string[], wanted: number, create: () => Server): Promise<Listening | { readonly code: string }> {
  const servers: Server[] = [];
  let port = wanted;
  for (const address of addresses) {
    const server = create();
    const code = await bind(server, address, port);
    if (code === undefined) {
      servers.push(server);
      port = portOf(server);
    } else if (servers.length === 0 || !withoutAddress.has(code)) {
      await Promise.all(servers.map(close));
      return { code };
    }
  }
  return { servers, port };
}

function bind(server: Server, host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const refused = (error: Error & { readonly code?: string }) => resolve(error.code ?? error.message);
    server.once("error", refused);
    server.listen({ host, port, ipv6Only: host === "::1" }, () => {
      server.off("error", refused);
      resolve(undefined);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function cannotListen(wish: ListenWish, code: string): Failure {
  const place = `${wish.host}:${wish.port}`;
  switch (code) {
    case "EADDRINUSE":
      return fail("internal", `Port ${wish.port} is taken by another program. Stop it, or choose another port.`);
    case "EACCES":
      return fail("internal", `This user may not listen on ${place}. Choose a port above 1023.`);
    case "EADDRNOTAVAIL":
      return fail("internal", `${wish.host} is not an address of this machine. Choose 127.0.0.1, or an address this machine has.`);
    default:
      return fail("internal", `Homeport cannot listen on ${place} (${code}).`);
  }
}
