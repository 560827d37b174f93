// The gateway's door follows the configuration: another host or port opens a new door before the old one is closed, so no request meets a
// closed port. A door that cannot be opened changes nothing, and the reason is told (the last good one stays).
import type { Config } from "../contract/config.ts";
import type { Failure } from "../contract/failure.ts";
import { type GatewayOptions, startGateway } from "./app.ts";
import type { Door } from "./http.ts";
import type { NotListening } from "./listen.ts";

export interface GatewayDoorOptions extends Omit<GatewayOptions, "host" | "port"> {
  /** Overrides for this run only; what they name no longer follows the configuration. */
  readonly fixed: { readonly host?: string; readonly port?: number };
  /** Hears after every change of the address; a failure where the wished one could not be had. */
  readonly onMoved: (failure: Failure | undefined) => void;
}

/** Answers under way on the old door get this long. */
const drainMs = 30_000;

export class GatewayDoor {
  readonly #options: GatewayDoorOptions;
  #door: Door | undefined;
  #wish: { readonly host: string; readonly port: number };
  #moving: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: GatewayDoorOptions) {
    this.#options = options;
    this.#wish = this.#wishOf(options.gate.config());
  }

  /** The address asked for, by command line or configuration. */
  get wish(): { readonly host: string; readonly port: number } {
    return this.#wish;
  }

  /** The port in fact bound; undefined before `open`. */
  get port(): number | undefined {
    return this.#door?.port;
  }

  async open(): Promise<NotListening | undefined> {
    const door = await startGateway({ ...this.#options, ...this.#wish });
    if ("failure" in door) return door;
    this.#door = door;
    return undefined;
  }

  /** Called with every new configuration; moves one after the other. */
  follow(config: Config): void {
    this.#moving = this.#moving.then(() => this.#move(this.#wishOf(config)));
  }

  async stop(drain: number): Promise<void> {
    this.#stopped = true;
    await this.#moving;
    await this.#door?.stop(drain);
  }

  async #move(wish: { readonly host: string; readonly port: number }): Promise<void> {
    const same = wish.host === this.#wish.host && wish.port === this.#wish.port;
    if (same || this.#stopped || this.#door === undefined) return;
    const next = await startGateway({ ...this.#options, ...wish, whenPortTaken: "fail" });
    if ("failure" in next) return this.#options.onMoved(next.failure);
    const old = this.#door;
    this.#wish = wish;
    this.#door = next;
    this.#options.onMoved(undefined);
    void old.stop(drainMs).catch((error: unknown) => this.#options.onBug(error, "closing the old gateway port"));
  }

  #wishOf({ gateway }: Config): { readonly host: string; readonly port: number } {
    const { host = gateway.host, port = gateway.port } = this.#options.fixed;
    return { host, port };
  }
}
