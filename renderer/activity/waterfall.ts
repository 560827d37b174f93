// Where a request's time went, as lengths to draw and to tell: waits before it was sent, then each attempt with reading and answering. What no
// instant stands for is not drawn as a phase of its own.
import type { Attempt, RequestRow } from "../../src-core/contract/route.ts";

export type Stage = "queued" | "waking" | "loading" | "other" | "reading" | "generating" | "failed";

/** A length on the request's own time line, in milliseconds since it came. */
export interface Bar {
  readonly stage: Stage;
  readonly fromMs: number;
  readonly ms: number;
}

/** One line of the waterfall: what came before anything was sent, or one attempt. */
export interface Track {
  readonly attempt: Attempt | undefined;
  readonly bars: readonly Bar[];
  readonly ms: number;
  readonly running: boolean;
}

/** Since when the running request is in its phase; undefined where no instant tells. */
export function phaseSince({ phase, phaseAt, attempts, firstByteAt }: RequestRow): number | undefined {
  switch (phase) {
    case "queued":
    case "loading":
    case "waking":
      return phaseAt;
    case "waiting":
      return attempts.at(-1)?.startedAt;
    case "streaming":
      return firstByteAt;
    default:
      return undefined;
  }
}

/** How long the whole took, or has taken until `now`. At least a millisecond, since it is divided by. */
export function wholeMs(row: RequestRow, now: number): number {
  return Math.max(1, (row.finishedAt ?? now) - row.at);
}

/** Waits in the order they mostly have; what is left over was choosing, and reading a body. */
function before(row: RequestRow, now: number): Track | undefined {
  const { at, attempts, phase, phaseAt, finishedAt } = row;
  const running = attempts.length === 0 && phase !== "done";
  const ms = Math.max(0, (attempts[0]?.startedAt ?? finishedAt ?? now) - at);
  const soFar = (stage: typeof phase) => (phase === stage && phaseAt !== undefined ? Math.max(0, now - phaseAt) : 0);
  const waits = [
    ["queued", (row.queuedMs ?? 0) + soFar("queued")],
    ["waking", (row.wakeMs ?? 0) + soFar("waking")],
    ["loading", (row.coldLoadMs ?? 0) + soFar("loading")],
  ] as const;
  const bars: Bar[] = [];
  let fromMs = 0;
  for (const [stage, waited] of waits) {
    // Waits between two attempts are counted in these sums as well: no bar may be longer than the line it stands on.
    const length = Math.min(waited, ms - fromMs);
    if (length > 0) bars.push({ stage, fromMs, ms: length });
    fromMs += Math.max(0, length);
  }
  if (ms > fromMs) bars.push({ stage: "other", fromMs, ms: ms - fromMs });
  return bars.length === 0 ? undefined : { attempt: undefined, bars, ms, running };
}

function trackOf(row: RequestRow, attempt: Attempt, next: Attempt | undefined, now: number): Track {
  const { at, firstByteAt, finishedAt } = row;
  const end = Math.max(attempt.startedAt, attempt.endedAt ?? next?.startedAt ?? finishedAt ?? now);
  const running = attempt.outcome === undefined && finishedAt === undefined;
  const fromMs = attempt.startedAt - at;
  const ms = end - attempt.startedAt;
  const heard =
    next === undefined && firstByteAt !== undefined && firstByteAt >= attempt.startedAt ? Math.min(firstByteAt, end) : undefined;
  if (attempt.outcome === "failed" && heard === undefined) return { attempt, bars: [{ stage: "failed", fromMs, ms }], ms, running };
  const reading: Bar = { stage: "reading", fromMs, ms: (heard ?? end) - attempt.startedAt };
  const bars = heard === undefined ? [reading] : [reading, { stage: "generating", fromMs: heard - at, ms: end - heard } as const];
  return { attempt, bars, ms, running };
}

/** From top to bottom as it happened. `now`: the engine's clock, for what still runs. */
export function waterfallOf(row: RequestRow, now: number): readonly Track[] {
  const first = before(row, now);
  const tracks = row.attempts.map((attempt, index) => trackOf(row, attempt, row.attempts[index + 1], now));
  return first === undefined ? tracks : [first, ...tracks];
}
