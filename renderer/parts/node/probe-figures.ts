// How quickly a node answers its probes: what there is to say of it, and a line to draw. Pure.
import type { ProbeTime } from "../../../src-core/contract/node-log.ts";
import { words } from "../../language/words.ts";

/** "Answers in 12 ms, 9 to 40 ms in the last 5 min, 2 misses". Undefined before the first probe. */
export function probesSay(probes: readonly ProbeTime[], now: number): string | undefined {
  const [first] = probes;
  const last = probes.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const times = probes.flatMap(({ ms }) => ms ?? []);
  const misses = probes.length - times.length;
  const span = now - first.at;
  const newest = times.at(-1);
  if (newest === undefined) return words.nodeStory.probes.noAnswers(span, misses);
  const isLatest = last.ms !== undefined;
  return words.nodeStory.probes.answers({ newest, isLatest, least: Math.min(...times), most: Math.max(...times), span, misses });
}

/** A line through the answers, broken where one is missing, in a box of this size; and where it is missing. */
export function probeLine(
  probes: readonly ProbeTime[],
  width: number,
  height: number,
): { readonly path: string; readonly misses: readonly number[] } {
  const most = Math.max(1, ...probes.map(({ ms = 0 }) => ms));
  const step = probes.length < 2 ? 0 : width / (probes.length - 1);
  const round = (value: number) => Math.round(value * 10) / 10;
  let path = "";
  const misses: number[] = [];
  for (const [index, { ms }] of probes.entries()) {
    const x = round(index * step);
    if (ms === undefined) {
      misses.push(x);
      continue;
    }
    const y = round(height * (1 - ms / most));
    const isFirst = index === 0 || probes[index - 1]?.ms === undefined;
    // A point alone is a line of no length: round ends make it a dot.
    path += isFirst ? `M${x} ${y}h0` : `L${x} ${y}`;
  }
  return { path, misses };
}
