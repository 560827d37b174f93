// Tells the network that this gateway is there, as `_homeport._tcp`, only where a person allowed it and only while others can reach it. It says a
// name, a port and a version: nothing of nodes, models or keys.
import { hostname } from "node:os";
import type { Log } from "../../engine/ports.ts";
import { isLoopbackName } from "../node-url.ts";
import { type Multicast, type MulticastPlace, openMulticast } from "./multicast.ts";

/** Where the gateway listens, and whether that may be told. */
export interface GatewayPlace {
  readonly allowed: boolean;
  readonly host: string;
  readonly port: number | undefined;
}

export class Announcement {
  readonly #version: string;
  readonly #log: Log;
  readonly #place: MulticastPlace | undefined;
  #multicast: Multicast | undefined;
  #announced: number | undefined;
  /** One change after the other: a goodbye must not overtake the greeting before it. */
  #changes: Promise<void> = Promise.resolve();

  /** `place`: see `MulticastPlace`; for tests. */
  constructor(version: string, log: Log, place?: MulticastPlace) {
    this.#version = version;
    this.#log = log;
    this.#place = place;
  }

  /** Announces, moves or says goodbye, as the gateway now stands. Resolves when it is told. Never rejects. */
  follow({ allowed, host, port }: GatewayPlace): Promise<void> {
    const wished = allowed && !isLoopbackName(host) ? port : undefined;
    this.#changes = this.#changes.then(() => this.#become(wished));
    return this.#changes;
  }

  /** Says goodbye, so that nobody finds a gateway that is gone. */
  close(): Promise<void> {
    return this.follow({ allowed: false, host: "", port: undefined });
  }

  async #become(port: number | undefined): Promise<void> {
    if (port === this.#announced) return;
    await this.#sayGoodbye();
    this.#announced = port;
    if (port === undefined) return;
    const multicast = await openMulticast(this.#place);
    if ("code" in multicast) {
      this.#log.warn({ code: multicast.code }, "the gateway cannot be announced in the network");
      return;
    }
    this.#multicast = multicast;
    const machine = hostname().replace(/\.local$/, "");
    const name = `Homeport on ${machine}, port ${port}`;
    multicast.bonjour.publish({ name, type: "homeport", port, host: `${machine}.local`, txt: { version: this.#version }, probe: false });
  }

  async #sayGoodbye(): Promise<void> {
    const multicast = this.#multicast;
    this.#multicast = undefined;
    if (multicast === undefined) return;
    await new Promise<void>((resolve) => multicast.bonjour.unpublishAll(() => resolve()));
    await multicast.close();
  }
}
