// The sums for a range, asked for again while somebody looks. What was read last stays while it cannot be read anew, and says when it was.
import { useCallback, useEffect, useState } from "react";
import type { Failure } from "../../src-core/contract/failure.ts";
import type { UsageSum } from "../../src-core/contract/history.ts";
import { useConnected, useHome } from "../client/home.ts";
import { dayNames, daysIn, type Range } from "./ranges.ts";
import { everyDay } from "./sums.ts";

/** The engine writes rows once a second; figures per day need no more than this. */
const againMs = 15_000;

export const dimensions = ["model", "node", "client"] as const;
export type Dimension = (typeof dimensions)[number];

/** Sums that belong together. `at`: when they were read, by the engine's clock. */
export interface Usage {
  readonly range: Range;
  readonly by: Dimension;
  readonly at: number;
  readonly days: readonly UsageSum[];
  readonly parts: readonly UsageSum[];
}

/** `usage` may be of an earlier choice until the new one has come. */
export function useUsage(
  range: Range,
  by: Dimension,
): { readonly usage: Usage | undefined; readonly failure: Failure | undefined; readonly again: () => void } {
  const { client, store } = useHome();
  const connected = useConnected();
  const [usage, setUsage] = useState<Usage>();
  const [failure, setFailure] = useState<Failure>();
  const [asked, setAsked] = useState(0);
  const again = useCallback(() => setAsked((count) => count + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` only says when to ask once more
  useEffect(() => {
    if (!connected) return;
    let left = false;
    const read = async () => {
      if (document.hidden) return;
      const at = Date.now() + store.state().offsetMs;
      const days = daysIn(range, at);
      const [perDay, perPart] = await Promise.all([client.usage({ days, by: "day" }), client.usage({ days, by })]);
      if (left) return;
      const wrong = !perDay.ok ? perDay.failure : !perPart.ok ? perPart.failure : undefined;
      setFailure(wrong);
      if (!perDay.ok || !perPart.ok) return;
      setUsage({ range, by, at, days: everyDay(perDay.output.sums, dayNames(range, at)), parts: perPart.output.sums });
    };
    void read();
    const timer = setInterval(read, againMs);
    document.addEventListener("visibilitychange", read);
    return () => {
      left = true;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", read);
    };
  }, [client, store, connected, range, by, asked]);
  return { usage, failure, again };
}
