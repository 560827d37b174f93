// How this process's memory is collected.
import { flushCompileCache } from "node:module";
import { availableParallelism } from "node:os";
import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Called once, first. V8 watches which of a program's literals survive, and makes those of such a place in the old generation from the start. A
 * gateway's objects live for milliseconds; but a moment of load is enough for V8 to misjudge one place, and then every dead request, old from birth,
 * holds all that it referred to until the next full collection: measured, 12 of 16 MB survived each small collection instead of 0.2, at 20 ms
 * instead of 3. It never took the judgement back.
 */
export function keepYoungObjectsYoung(): void {
  setFlagsFromString("--no-allocation-site-pretenuring");
}

/**
 * Called once, first. Where there is one core, the threads that mark beside the program only take it away: in a full collection streams waited 40 ms
 * for them, and wait 14 where the program marks by itself, a little at a time.
 */
export function markAloneOnOneCore(): void {
  if (availableParallelism() === 1) setFlagsFromString("--no-concurrent-marking");
}

/** A young generation of this size is collected a few times a second under full load, each time in a millisecond or two. */
const enoughYoungBytes = 8 * 1024 * 1024;

/**
 * Called once, first, by a gateway. V8 doubles the young generation whenever enough of it survives, and holds it twice: load made the process 95 MB
 * larger, and no faster (measured over 1,000 streams and over short calls). A limit can only be told on a command line, which a desktop application
 * has not; so whether it may grow is decided after each collection.
 */
export function capYoungGeneration(): void {
  let grows = true;
  const watch = new PerformanceObserver(() => {
    const mayGrow = youngBytes() < enoughYoungBytes;
    if (mayGrow === grows) return;
    grows = mayGrow;
    setFlagsFromString(`--semi-space-growth-factor=${grows ? 2 : 1}`);
  });
  watch.observe({ entryTypes: ["gc"] });
}

/** What the young generation may fill before it is collected. */
export function youngBytes(): number {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  return young === undefined ? 0 : young.space_used_size + young.space_available_size;
}

/**
 * Called once, first, by a process that has little to do. The young generation doubles whenever a start fills it, up to 32 MB that stay; at its
 * first size it is collected more often, in a fraction of a millisecond (measured: 14 MB less).
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

/**
 * Called once, when a process that is to stay small has started. Half of what a start leaves behind is garbage that V8 would keep for as long as
 * there is no need of the room (measured: 58 MB of heap where 25 are in use), and what was compiled is on disk by then. `thorough`: compiled code of
 * the start goes as well and pages are given back, for whom a slower first call is worth 5 MB.
 */
export function dropWhatStartLeft(thorough = false): void {
  flushCompileCache();
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect({ type: "major", execution: "sync", ...(thorough ? { flavor: "last-resort" } : {}) });
}
