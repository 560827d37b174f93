// What stands above everything in the window and the tray: where we listen, and what keeps somebody out.
import type { Snapshot } from "./contract/api.ts";
import { isLoopbackHost } from "./contract/config.ts";
import type { Failure } from "./contract/failure.ts";
import type { Engine } from "./engine/engine.ts";
import type { ConfigSource, Log, SecretStore, Secrets } from "./engine/ports.ts";
import { missingKeys } from "./ingress/client-keys.ts";
import type { GatewayDoor } from "./ingress/gateway-door.ts";

/** The program's own part of a snapshot. */
export interface App {
  readonly version: string;
  readonly demo: boolean;
  readonly desktop: boolean;
}

interface KeyParts {
  readonly config: ConfigSource;
  readonly secrets: Secrets;
  readonly secretStore?: SecretStore;
  readonly log: Log;
}

/** Who we are and where the gateway listens. */
export function surroundings({ version, demo, desktop }: App, door: GatewayDoor, engine: Engine): Pick<Snapshot, "app" | "gateway"> {
  const { host, port: wantedPort } = door.wish;
  const port = door.port ?? wantedPort;
  return {
    app: { version, demo, desktop },
    gateway: {
      url: urlOf(host, port),
      port,
      wantedPort,
      loopback: isLoopbackHost(host),
      keyRequired: engine.config.gateway.key !== undefined || engine.config.clients.length > 0,
    },
  };
}

/** The address a client on this machine uses. */
export function urlOf(host: string, port: number): string {
  const everywhere = host === "0.0.0.0" || host === "::" || host === "[::]" || host === "localhost";
  const name = everywhere ? "127.0.0.1" : host;
  return `http://${name.includes(":") && !name.startsWith("[") ? `[${name}]` : name}:${port}`;
}

/** A key that nobody can present is told: whoever holds it is refused, and cannot know why. So is a store that keeps what nodes need. */
export function tellKeys(engine: Engine, { config, secrets, secretStore, log }: KeyParts): void {
  const waiting = config.current().nodes.filter(({ key }) => key !== undefined && "store" in key && secrets.resolve(key) === undefined);
  const names = waiting.map(({ id, name }) => name ?? id).join(", ");
  const says = secretStore?.trouble ?? "Their keys are not in the key store. Set them in the settings.";
  const locked = { level: "warning" as const, title: "Nodes wait for their keys", body: `${says} Waiting: ${names}.` };
  engine.banner("node-keys", waiting.length === 0 ? undefined : locked);
  const missing = missingKeys(config.current().clients, (ref) => secrets.resolve(ref)).join(", ");
  const body = `These keys open nothing, because their values are not where the settings say: ${missing}.`;
  if (missing !== "") log.warn({ clients: missing }, "keys of clients are missing");
  engine.banner("client-keys", missing === "" ? undefined : { level: "warning", title: "Keys of clients are missing", body });
}

/** Standing messages about where we listen: never silently on another port (F54), never silently reachable by others (S-01). */
export function tellAddress(engine: Engine, door: GatewayDoor, failure: Failure | undefined): void {
  const { host, port: wanted } = door.wish;
  const { port = wanted } = door;
  const still =
    failure === undefined
      ? undefined
      : { level: "error" as const, title: "The gateway could not move", body: `${failure.message} It still listens on port ${port}.` };
  engine.banner("gateway-not-moved", still);
  const body = `Another program has port ${wanted}, so Homeport listens on ${port}. Point your apps there, or free ${wanted} and restart.`;
  const moved = wanted !== 0 && port !== wanted;
  engine.banner("port-moved", moved ? { level: "warning", title: `Listening on port ${port}`, body } : undefined);
  if (moved) engine.notify({ kind: "port-moved", title: `Homeport listens on port ${port}`, body, urgent: false });
  const wide = {
    level: "warning" as const,
    title: "Reachable from your network",
    body: `The gateway listens on ${host}, so other machines can use your models with the key.`,
  };
  engine.banner("gateway-wide", isLoopbackHost(host) ? undefined : wide);
}
