// What is measured of Homeport by itself: idle cost, memory, start, and the routing decision.
import { setTimeout as sleep } from "node:timers/promises";
import { type Name, start, startHomeport } from "./contenders.ts";
import { cpuMs, median, rssBytes } from "./figures.ts";
import { applyMicroseconds, routingMicroseconds } from "./routing.ts";
import type { Plan } from "./side-by-side.ts";
import type { Upstream } from "./upstream.ts";

/** One line of the table. `holds` is absent where there is no limit or nothing to compare with. */
export interface Row {
  readonly measure: string;
  readonly figures: Readonly<Partial<Record<Name, number>>>;
  readonly limit: string;
  readonly holds?: boolean;
}

/** A line about Homeport alone, with its upper limit. */
export function alone(measure: string, value: number, limit: number, unit: string): Row {
  return { measure, figures: { homeport: value }, limit: `≤ ${limit} ${unit}`, holds: value <= limit };
}

const settlingMs = 15_000;

/** Idle processor share and memory with ten nodes, and the time from start to listening. */
export async function idleRows(plan: Plan, upstream: Upstream, forMs: number): Promise<readonly Row[]> {
  const starts: number[] = [];
  for (let again = 0; again < Math.max(1, plan.repetitions - 1); again += 1) {
    const once = await start("homeport", upstream.urls.slice(0, 2), plan.proxyCore);
    starts.push(once.startMs);
    await once.stop();
  }
  // Nobody has asked it for anything: after a request nodes are looked at every 5 s for a minute, and that is not idle.
  const homeport = await startHomeport(upstream.urls, plan.proxyCore);
  starts.push(homeport.startMs);
  // The first seconds belong to the start: first probes, just-in-time compilation, the collection behind it. They are told, but are not idle.
  const begun = cpuMs(homeport.pid);
  await sleep(settlingMs);
  const before = cpuMs(homeport.pid);
  const settling = ((before - begun) / settlingMs) * 100;
  await sleep(forMs);
  const share = ((cpuMs(homeport.pid) - before) / forMs) * 100;
  const megabytes = rssBytes(homeport.pid) / 1024 / 1024;
  await homeport.stop();
  return [
    { measure: "the first 15 s of it, % of a core", figures: { homeport: settling }, limit: "" },
    alone("idle with 10 nodes, % of a core", share, 1, "%"),
    alone("resident memory, headless, MB", megabytes, 150, "MB"),
    alone("cold start to listening, ms", median(starts), 1000, "ms"),
  ];
}

/** The cost of one decision and of one fact in a very large home. */
export function routingRows(): readonly Row[] {
  return [
    alone("routing decision, 150 nodes × 1,000 models, µs", routingMicroseconds(), 50, "µs"),
    alone("a fact applied, 150 nodes × 1,000 models, µs", applyMicroseconds(), 10, "µs"),
  ];
}
