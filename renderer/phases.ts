// Where a request's time went, from the instants its row tells. A phase that was not measured is left out, never guessed.
import type { RequestRow } from "../src-core/contract/route.ts";
import { duration } from "./format.ts";

export type PhaseTime = readonly [term: string, value: string];

/** In the order they happened: until the first attempt (deciding, waiting and loading), the load by itself, the first byte, the answer, the whole. */
export function phaseTimes(row: RequestRow): readonly PhaseTime[] {
  const { at, attempts, wakeMs, coldLoadMs, firstByteAt, finishedAt } = row;
  const firstSentAt = attempts[0]?.startedAt;
  const lastSentAt = attempts.at(-1)?.startedAt;
  return [
    ...(firstSentAt === undefined ? [] : [["Sent after", duration(firstSentAt - at)] as const]),
    ...(wakeMs === undefined ? [] : [["Waking the machine", duration(wakeMs)] as const]),
    ...(coldLoadMs === undefined ? [] : [["Loading the model", duration(coldLoadMs)] as const]),
    ...(firstByteAt === undefined || lastSentAt === undefined || attempts.length < 2
      ? []
      : [["Last attempt to first byte", duration(Math.max(0, firstByteAt - lastSentAt))] as const]),
    ...(firstByteAt === undefined ? [] : [["First byte after", duration(firstByteAt - at)] as const]),
    ...(firstByteAt === undefined || finishedAt === undefined ? [] : [["Answer", duration(finishedAt - firstByteAt)] as const]),
    ...(finishedAt === undefined ? [] : [["In all", duration(finishedAt - at)] as const]),
  ];
}
