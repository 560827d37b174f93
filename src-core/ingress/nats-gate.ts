// What the NATS side of a worker needs of the engine behind it. The composition root supplies it; tests may supply a double.

import type { Failure } from "../contract/failure.ts";
import type { ModelId } from "../contract/ids.ts";
import type { CapabilityReport, JobType, LoadReport } from "../contract/jobs.ts";
import type { Clock } from "../engine/ports.ts";
import type { Gate } from "./doors.ts";

export interface WorkerGate extends Pick<Gate, "config" | "now" | "route" | "show"> {
  readonly clock: Clock;
  /** What the worker can do now. */
  report(): CapabilityReport;
  /** Calls back when `report` may say something else. Returns the function that stops. */
  onChange(callback: () => void): () => void;
  /** Calls back with the progress of every load. Returns the function that stops. */
  onProgress(callback: (told: LoadReport) => void): () => void;
  /** The model that does such a job; undefined: nothing here can. */
  modelFor(type: JobType, prefer: readonly string[]): ModelId | undefined;
  /** The kind of the runtime of this name, as jobs call it. */
  runtimeOf(node: string): string | undefined;
  /** Resolves when the model is in memory. `onLeave` hands over how it is given up: it ends then unless somebody else waits for it. */
  load(model: string, contextTokens: number | undefined, onLeave: (leave: () => void) => void): Promise<Failure | undefined>;
  unload(model: string): Promise<Failure | undefined>;
}
