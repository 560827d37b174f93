// What every simulated kind of server is handed, and what it gives back. A kind owns its routes, shapes and error texts, nothing else.
import type { Clock } from "../engine/ports.ts";
import type { Call, StreamEnd, StreamScript } from "./call.ts";
import type { Disk } from "./disk.ts";
import type { SimulatedModel, SimulatedNodeOptions } from "./options.ts";
import { orAborted } from "./pace.ts";
import type { NodeRecord } from "./record.ts";
import type { Residency } from "./residency.ts";
import type { Lease } from "./residency-rules.ts";

export interface KindParts {
  readonly options: SimulatedNodeOptions;
  readonly clock: Clock;
  readonly record: NodeRecord;
  readonly residency: Residency;
  /** Its list of models is that of the options. */
  readonly disk: Disk;
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
    const end = await call.stream({ ...script, speaker: lease.instance });
    if (end === "crashed") parts.residency.crash(lease.instance);
    return end;
  } finally {
    lease.release();
  }
}

/** Takes the time a whole answer of this many tokens takes, then gives the lease back. `killed`: the process ended before it was done. */
async function computeUnder(call: Call, lease: Lease, tokens: number): Promise<"done" | "gone" | "killed"> {
  const { instance } = lease;
  try {
    await call.wait(instance.model.firstTokenMs + gapOf(instance.model) * Math.max(0, tokens - 1));
    if (instance.halted && !call.signal.aborted) await orAborted(death(instance.died), call.signal);
  } finally {
    lease.release();
  }
  if (call.signal.aborted) return "gone";
  return instance.died.aborted ? "killed" : "done";
}

function death(died: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (died.aborted) resolve();
    else died.addEventListener("abort", () => resolve(), { once: true });
  });
}

/**
 * Lets the time of a whole answer pass and plays a fault that is about frames. True: the answer may be sent.
 * `crash` answers as this server does when the process behind it dies.
 */
export async function computed(call: Call, parts: KindParts, lease: Lease, tokens: number, crash: () => void): Promise<boolean> {
  const end = await computeUnder(call, lease, tokens);
  if (end === "gone") return false;
  const { fault } = call;
  if (end === "killed" || fault?.fault === "crash-after") {
    parts.residency.crash(lease.instance);
    crash();
    return false;
  }
  if (fault === undefined || !("frames" in fault)) return true;
  if (fault.fault === "drop-after") call.cut();
  else if (fault.fault === "malformed-after") call.text(200, '{"broken": ', "application/json; charset=utf-8");
  else if (fault.fault === "end-after") call.text(200, "", "application/json; charset=utf-8");
  return false;
}
