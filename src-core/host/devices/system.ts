// Memory that the operating system tells of: a Mac's, which graphics and programs share, and a machine's without any graphics device.
import { availableParallelism, freemem, totalmem } from "node:os";
import type { Device } from "../../contract/devices.ts";
import { amountIn, known } from "./figures.ts";

export const sysctlArgs = ["-n", "hw.memsize", "machdep.cpu.brand_string"] as const;
const kibibyte = 1024;

/** A Mac's memory. Undefined where the chip is not Apple's: a Mac with an Intel processor has graphics memory of its own, which nothing tells. */
export function parseMac(sysctl: string, vmStat: string): Device | undefined {
  const [size, chip = ""] = sysctl.trim().split(/\r?\n/);
  const totalBytes = amountIn(size);
  if (!/^Apple\b/.test(chip.trim())) return undefined;
  return { index: 0, name: chip.trim(), memory: "unified", ...known({ totalBytes, usedBytes: macUsedBytes(vmStat) }) };
}

/**
 * What Activity Monitor calls "memory used": what programs hold, wired and compressed pages. Files that are only cached are free for whoever
 * needs the room, so they do not count.
 */
export function macUsedBytes(vmStat: string): number | undefined {
  const pageBytes = amountIn(/page size of (\d+) bytes/.exec(vmStat)?.[1]);
  const pages = (label: string) => amountIn(new RegExp(`^"?${label}"?:\\s+(\\d+)\\.?\\s*$`, "m").exec(vmStat)?.[1]);
  const wired = pages("Pages wired down");
  const anonymous = pages("Anonymous pages");
  const held = anonymous === undefined ? pages("Pages active") : Math.max(0, anonymous - (pages("Pages purgeable") ?? 0));
  if (pageBytes === undefined || wired === undefined || held === undefined) return undefined;
  return (held + wired + (pages("Pages occupied by compressor") ?? 0)) * pageBytes;
}

/** Linux's own account. "Available" counts caches as free; kernels before 3.14 do not tell it, and then it is not told here either. */
export function parseMeminfo(text: string): { readonly totalBytes?: number; readonly usedBytes?: number } {
  const of = (label: string) => {
    const kib = amountIn(new RegExp(`^${label}:\\s+(\\d+) kB\\s*$`, "m").exec(text)?.[1]);
    return kib === undefined ? undefined : kib * kibibyte;
  };
  const totalBytes = of("MemTotal");
  const available = of("MemAvailable");
  const usedBytes = totalBytes === undefined || available === undefined ? undefined : Math.max(0, totalBytes - available);
  return known({ totalBytes, usedBytes });
}

/** The machine's memory as its one device. `meminfo`: Linux's file, where there is one. */
export function systemMemory(meminfo: string | undefined): Device {
  const told = meminfo === undefined ? { totalBytes: totalmem(), usedBytes: totalmem() - freemem() } : parseMeminfo(meminfo);
  return { index: 0, name: `System memory (${availableParallelism()} processor threads)`, memory: "system", ...told };
}
