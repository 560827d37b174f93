// What every simulated kind of server is handed, and what it gives back. A kind owns its routes, shapes and error texts, nothing else.
import type { Clock } from "../engine/ports.ts";
import type { Call, StreamEnd, StreamScript } from "./call.ts";
import type { SimulatedModel, SimulatedNodeOptions } from "./options.ts";
import type { NodeRecord } from "./record.ts";
import type { Lease, Residency } from "./residency.ts";

export interface KindParts {
  readonly options: SimulatedNodeOptions;
  readonly clock: Clock;
  readonly record: NodeRecord;
  readonly residency: Residency;
  /** The whole server process ends at once: every connection is cut, new ones are refused until `restart`. */
  readonly exit: () => void;
}

/** A kind of server: answers one call. `headers` stand on every answer. */
export interface SimulatedServer {
  readonly headers: Readonly<Record<string, string>>;
  handle(call: Call): Promise<void>;
  /** Ends what the kind keeps open for longer than a call. */
  close(): void;
}

/** Milliseconds between two tokens of this model. */
export function gapOf(model: SimulatedModel): number {
  return model.tokensPerSecond > 0 ? 1000 / model.tokensPerSecond : 0;
}

/** Sends a stream under a lease and gives the lease back, whatever happens. A crash empties the model's memory. */
export async function streamUnder(call: Call, lease: Lease, parts: KindParts, script: StreamScript): Promise<StreamEnd> {
  try {
    await call.wait(lease.instance.model.firstTokenMs);
    if (call.signal.aborted) return "gone";
    const end = await call.stream(script);
    if (end === "crashed") parts.residency.crash(lease.instance.model.name);
    return end;
  } finally {
    lease.release();
  }
}

/** Takes the time a whole answer of this many tokens takes, then gives the lease back. False when the caller left meanwhile. */
export async function computeUnder(call: Call, lease: Lease, tokens: number): Promise<boolean> {
  const { model } = lease.instance;
  try {
    await call.wait(model.firstTokenMs + gapOf(model) * Math.max(0, tokens - 1));
  } finally {
    lease.release();
  }
  return !call.signal.aborted;
}

/** Plays a fault that is about frames on a whole answer. True: the call is over. `crash` answers as this server does when its runner dies. */
export function breakWhole(call: Call, crash: () => void): boolean {
  const { fault } = call;
  if (fault === undefined || !("frames" in fault)) return false;
  if (fault.fault === "crash-after") crash();
  else if (fault.fault === "drop-after") call.cut();
  else if (fault.fault === "malformed-after") call.text(200, '{"broken": ', "application/json; charset=utf-8");
  else if (fault.fault === "end-after") call.text(200, "", "application/json; charset=utf-8");
  return true;
}
