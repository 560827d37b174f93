// Knocks at doors one after the other at the pace of the search, and tells the open ones at once. Counts how the others answered, since "no way
// to any of them" has a cause of its own.
import type { Door, Knock, Knocked } from "./knock.ts";
import type { Pace } from "./pace.ts";

export type Outcomes = Readonly<Record<Knocked, number>>;

export interface SweepParts {
  readonly pace: Pace;
  readonly knock: Knock;
  /** How long one door may take. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly onOpen: (door: Door) => void;
  /** After every door, with how many are behind us. */
  readonly onKnocked: (asked: number) => void;
}

/** Every port of every address: all addresses at their likeliest port first, so that no machine is asked sixteen times at once. */
export function doorsOf(addresses: readonly string[], ports: readonly number[]): readonly Door[] {
  return ports.flatMap((port) => addresses.map((address) => ({ address, port })));
}

/** Ends when every door has answered or the signal has fired. */
export async function sweep(doors: readonly Door[], parts: SweepParts): Promise<Outcomes> {
  const outcomes = { open: 0, refused: 0, silent: 0, unreachable: 0 };
  let asked = 0;
  const under: Promise<void>[] = [];
  for (const door of doors) {
    const leave = await parts.pace.turn();
    if (leave === undefined) break;
    under.push(
      parts.knock(door, parts.waitMs, parts.signal).then((knocked) => {
        leave();
        if (parts.signal.aborted) return;
        outcomes[knocked] += 1;
        asked += 1;
        if (knocked === "open") parts.onOpen(door);
        parts.onKnocked(asked);
      }),
    );
  }
  await Promise.all(under);
  return outcomes;
}
