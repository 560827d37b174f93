// A fetch in words: how much, how fast, how long still. What the node does not tell is not invented.
import type { Pull } from "../../src-core/contract/pulls.ts";
import { wholePercent } from "../format.ts";
import { words } from "../language/words.ts";

const { common, fetching } = words;

/** "1.2 GB of 4.7 GB, 40 MB/s, about 90 s left", or what it waits for. */
export function pullSays({ state, stage, completedBytes, totalBytes, bytesPerSecond, failure }: Pull): string {
  if (state === "failed") return failure?.message ?? fetching.failed;
  if (state === "waiting") return fetching.waiting;
  if (completedBytes === undefined || totalBytes === undefined) return stage ?? fetching.beginning;
  const isWhole = completedBytes >= totalBytes;
  const leftMs = bytesPerSecond === undefined || bytesPerSecond <= 0 ? undefined : ((totalBytes - completedBytes) / bytesPerSecond) * 1000;
  return common.list([
    fetching.part(completedBytes, totalBytes),
    ...(isWhole && stage !== undefined ? [stage] : []),
    ...(isWhole || bytesPerSecond === undefined ? [] : [fetching.speed(bytesPerSecond)]),
    ...(isWhole || leftMs === undefined ? [] : [fetching.left(leftMs)]),
  ]);
}

/** "42 %", or nothing where no figure is known. */
export function percent(pull: Pull): string {
  return pull.fraction === undefined ? "" : wholePercent(pull.fraction);
}
