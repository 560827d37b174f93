// Composition shared by the headless and the desktop root: engine, nodes and doors put together, started and stopped in order.
import type { Push, Reply, Snapshot } from "./contract/api.ts";
import type { Clock, ConfigSource, Draw, Journal, Log, Secrets } from "./engine/ports.ts";

export interface HomeportOptions {
  readonly config: ConfigSource;
  readonly secrets: Secrets;
  readonly journal: Journal;
  readonly log: Log;
  readonly clock: Clock;
  readonly draw: Draw;
  readonly desktop: boolean;
  readonly demo: boolean;
  readonly version: string;
  /** Overrides of the configuration for this run only; never saved. */
  readonly listen: { readonly host?: string; readonly port?: number; readonly controlPort?: number };
  /** `next`: take the next free of ten ports and say so (F54); `fail`: give up. */
  readonly whenPortTaken: "next" | "fail";
  /** False in the desktop app, whose window speaks IPC (S-07). */
  readonly control: boolean;
  /** Folder of the built window, served on the control port. */
  readonly rendererDir?: string;
}

export interface Homeport {
  readonly gatewayUrl: string;
  readonly controlUrl: string | undefined;
  /** Bearer token of the control port; new on every start. */
  readonly token: string;
  snapshot(): Snapshot;
  /** The contract's engine half: parse, call, answer. Carriers check the caller first. */
  dispatch(method: string, input: unknown): Promise<Reply>;
  /** First push is a snapshot. Returns the function that stops. */
  listen(onPush: (push: Push) => void): () => void;
  /** Refuse, drain (at most `drainMs`), abort, close. */
  stop(drainMs?: number): Promise<void>;
}

/** The port asked for is taken: exit code 3 in headless mode. */
export class PortTaken extends Error {
  readonly port: number;
  constructor(port: number) {
    super(`Port ${port} is taken by another program. Stop it, or choose another with --port.`);
    this.port = port;
  }
}

export type StartHomeport = (options: HomeportOptions) => Promise<Homeport>;
