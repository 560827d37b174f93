// Where a request's time went, from the instants its row tells. A phase that was not measured is left out, never guessed.
import type { RequestRow } from "../src-core/contract/route.ts";
import { duration } from "./format.ts";
import { words } from "./language/words.ts";

const { figures } = words.request;

export type PhaseTime = readonly [term: string, value: string];

/** In the order they happened: until the first attempt (deciding, waiting and loading), the load by itself, the first byte, the answer, the whole. */
export function phaseTimes(row: RequestRow): readonly PhaseTime[] {
  const { at, attempts, wakeMs, coldLoadMs, firstByteAt, finishedAt } = row;
  const firstSentAt = attempts[0]?.startedAt;
  const lastSentAt = attempts.at(-1)?.startedAt;
  return [
    ...(firstSentAt === undefined ? [] : [[figures.sentAfter, duration(firstSentAt - at)] as const]),
    ...(wakeMs === undefined ? [] : [[figures.waking, duration(wakeMs)] as const]),
    ...(coldLoadMs === undefined ? [] : [[figures.loading, duration(coldLoadMs)] as const]),
    ...(firstByteAt === undefined || lastSentAt === undefined || attempts.length < 2
      ? []
      : [[figures.lastToFirstByte, duration(Math.max(0, firstByteAt - lastSentAt))] as const]),
    ...(firstByteAt === undefined ? [] : [[figures.firstByteAfter, duration(firstByteAt - at)] as const]),
    ...(firstByteAt === undefined || finishedAt === undefined ? [] : [[figures.answer, duration(finishedAt - firstByteAt)] as const]),
    ...(finishedAt === undefined ? [] : [[figures.inAll, duration(finishedAt - at)] as const]),
  ];
}
