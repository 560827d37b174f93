// A fetch in words: how much, how fast, how long still. What the node does not tell is not invented.
import type { Pull } from "../../src-core/contract/pulls.ts";
import { bytes, duration } from "../format.ts";

/** "1.2 GB of 4.7 GB, 40 MB/s, about 90 s left", or what it waits for. */
export function pullSays({ state, stage, completedBytes, totalBytes, bytesPerSecond, failure }: Pull): string {
  if (state === "failed") return failure?.message ?? "It failed.";
  if (state === "waiting") return "waiting for other fetches to end";
  if (completedBytes === undefined || totalBytes === undefined) return stage ?? "beginning";
  const isWhole = completedBytes >= totalBytes;
  const leftMs = bytesPerSecond === undefined || bytesPerSecond <= 0 ? undefined : ((totalBytes - completedBytes) / bytesPerSecond) * 1000;
  return [
    `${bytes(completedBytes)} of ${bytes(totalBytes)}`,
    ...(isWhole && stage !== undefined ? [stage] : []),
    ...(isWhole || bytesPerSecond === undefined ? [] : [`${bytes(bytesPerSecond)}/s`]),
    ...(isWhole || leftMs === undefined ? [] : [`about ${duration(leftMs)} left`]),
  ].join(", ");
}

/** "42 %", or nothing where no figure is known. */
export function percent(pull: Pull): string {
  return pull.fraction === undefined ? "" : `${Math.floor(pull.fraction * 100)} %`;
}
