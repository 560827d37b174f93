// Medians and percentiles, and what Linux tells about a process.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** The value below which the fraction `share` of `values` lies; NaN for none. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The middle value; NaN for none. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Kernel clock ticks per second, as /proc counts them on every Linux that Node supports. */
const ticksPerSecond = 100;

/** Processor time a process has used, in milliseconds. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The name in parentheses may hold anything; the fields after it are fixed.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

/** Memory a process holds resident, in bytes. */
export function rssBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? Number.NaN) * 1024;
}

/** The first child of a process (nginx works in one). */
export function childOf(pid: number): number | undefined {
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim().split(" ");
  return first === undefined || first === "" ? undefined : Number(first);
}

/** True where a process can be kept on one core and measured: Linux with taskset. */
export function canPin(): boolean {
  return process.platform === "linux" && existsSync("/usr/bin/taskset") && existsSync("/proc/self/stat");
}

/** Keeps this process and its threads on the given cores. */
export function pinSelf(cores: string): void {
  execFileSync("taskset", ["-apc", cores, String(process.pid)], { stdio: "ignore" });
}
