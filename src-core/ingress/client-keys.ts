// Keys of clients: found by their hash, never by looking through plain text, and followed by what their owner may do. A key that is
// not where its reference says fits nobody.
import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type Failure, fail } from "../contract/failure.ts";
import type { ClientKey } from "../contract/routing.ts";
import { type SecretRef, secretPlace } from "../contract/secret-ref.ts";
import { asClient, mayAsk, notAllowed, refusedTo, visibleConfig, visibleFleet } from "../engine/client-access.ts";
import type { Gate } from "./doors.ts";
import { refuseWith } from "./errors.ts";
import { keyHash, presentedKey } from "./guard.ts";

interface Holder {
  readonly hash: Buffer;
  /** Absent: the gateway's own key, which may do everything. */
  readonly client: ClientKey | undefined;
}

/** Every key that opens the gateway, by the hash of its value. */
export type KeyRing = ReadonlyMap<string, Holder>;

type Resolve = (ref: SecretRef) => string | undefined;

/** Values are read once per configuration; only their hashes stay. Of two equal keys the first counts. */
export function keyRing(clients: readonly ClientKey[], gatewayKey: SecretRef | undefined, resolve: Resolve): KeyRing {
  const ring = new Map<string, Holder>();
  const add = (ref: SecretRef, client: ClientKey | undefined) => {
    const key = resolve(ref);
    if (key === undefined || key === "") return;
    const hash = keyHash(key);
    const name = hash.toString("base64");
    if (!ring.has(name)) ring.set(name, { hash, client });
  };
  for (const client of clients) add(client.key, client);
  if (gatewayKey !== undefined) add(gatewayKey, undefined);
  return ring;
}

/** Who sends a request: a client, or undefined for whoever holds the gateway's own key; or why it is refused. */
export function callerOf(
  headers: IncomingHttpHeaders,
  ring: KeyRing,
): { readonly client: ClientKey | undefined } | { readonly failure: Failure } {
  const presented = presentedKey(headers);
  if (presented === undefined)
    return { failure: fail("unauthorized", "This gateway asks for a key. Send it as Authorization: Bearer, or as X-Api-Key.") };
  const hash = keyHash(presented);
  const holder = ring.get(hash.toString("base64"));
  if (holder === undefined || !timingSafeEqual(hash, holder.hash))
    return { failure: fail("unauthorized", "This is no key of this gateway.") };
  const { client } = holder;
  if (client?.enabled === false) return { failure: fail("unauthorized", `The key ${client.name} was revoked.`) };
  return { client };
}

/** Names of clients whose key is not there, with the place where it is looked for. */
export function missingKeys(clients: readonly ClientKey[], resolve: Resolve): readonly string[] {
  return clients.filter(({ enabled, key }) => enabled && !resolve(key)).map(({ name, key }) => `${name} (${secretPlace(key)})`);
}

/** The gate as one client has it: lists show what it may ask for, requests carry its name and keep to its limits. */
export function gateFor(client: ClientKey, gate: Gate): { readonly lists: Gate; readonly calls: Gate } {
  const plain = through(gate);
  const calls: Gate = { ...plain, route: (call, reply) => routeFor(client, gate, call, reply) };
  const lists: Gate = {
    ...plain,
    config: () => visibleConfig(client, gate.config()),
    fleet: () => visibleFleet(client, gate.fleet()),
    show: async (model, verbose) => (mayAsk(client, model) ? gate.show(model, verbose) : { failure: notAllowed(client, model) }),
  };
  return { lists, calls };
}

/** The gate as an object of its own, whatever it is made of. */
function through(gate: Gate): Gate {
  return {
    config: () => gate.config(),
    fleet: () => gate.fleet(),
    now: () => gate.now(),
    route: (call, reply) => gate.route(call, reply),
    show: (model, verbose) => gate.show(model, verbose),
    responses: gate.responses,
    metrics: () => gate.metrics(),
  };
}

async function routeFor(client: ClientKey, gate: Gate, ...[call, reply]: Parameters<Gate["route"]>): Promise<void> {
  const refused = refusedTo(client, call.facts, gate.config());
  const entry = refused ?? gate.enter?.(client);
  const leave = entry instanceof Promise ? await entry : entry;
  if (typeof leave === "object") return refuseWith(reply, leave, { "x-homeport-request": call.facts.id });
  try {
    await gate.route({ ...call, facts: asClient(client, call.facts) }, reply);
  } finally {
    leave?.();
  }
}
