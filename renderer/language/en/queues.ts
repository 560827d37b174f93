// Who waits for a model, and for how long. Every length of time is the engine's estimate and says so.
import { figure, wholeDuration } from "../../format.ts";

/** "about 12 s, an estimate", or that nobody can tell. Whole seconds: an estimate has no tenths. */
const wait = (expectedMs: number | undefined): string =>
  expectedMs === undefined ? "how long is unknown" : `about ${wholeDuration(Math.max(1_000, expectedMs))}, an estimate`;

export const queues = {
  wait,
  /** "3 waiting, about 12 s, an estimate". */
  line: (depth: number, expectedMs: number | undefined) => `${figure(depth)} waiting, ${wait(expectedMs)}`,
  ofModel: (model: string, says: string) => `${model}: ${says}`,
  lanes: (interactive: number, batch: number) =>
    batch === 0 ? "Requests wait for a free place" : `${figure(interactive)} interactive, ${figure(batch)} batch`,
} as const;
