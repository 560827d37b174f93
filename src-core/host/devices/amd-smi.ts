// amd-smi's JSON: a list of devices (ROCm 6), or the same under `gpu_data` (ROCm 7); figures as `{value, unit}`, or "N/A".
import type { Device, DeviceProcess } from "../../contract/devices.ts";
import { amountIn, degreesIn, known, percentIn } from "./figures.ts";
import { fieldOf, jsonIn, textOf } from "./json-text.ts";

export const amdSmiTool = "amd-smi";
export const amdSmiMetricArgs = ["metric", "--json"] as const;
export const amdSmiStaticArgs = ["static", "--json"] as const;
export const amdSmiProcessArgs = ["process", "--json"] as const;

/** amd-smi counts in powers of 1024 and writes them without the i. */
const units: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };

/** Figures of `metric`, names and sizes of `static`. Both by their `gpu` number; a device without memory figures is still a device. */
export function parseAmdSmi(metric: string, fixed: string): { readonly devices: Device[]; readonly driver: string | undefined } {
  const facts = new Map(entriesOf(fixed).map((entry) => [numberOf(entry), entry]));
  const devices = entriesOf(metric).flatMap((entry) => {
    const index = numberOf(entry);
    return index === undefined ? [] : [deviceOf(index, entry, facts.get(index))];
  });
  const driver = textOf(fieldOf(fieldOf([...facts.values()][0], "driver"), "version", "driver_version"));
  return { devices, driver: driver === "N/A" ? undefined : driver };
}

function deviceOf(index: number, metric: unknown, fixed: unknown): Device {
  const memory = fieldOf(metric, "mem_usage", "vram_usage", "fb_usage");
  const asic = fieldOf(fixed, "asic");
  const vram = fieldOf(fixed, "vram");
  const temperature = fieldOf(metric, "temperature");
  const name = textOf(fieldOf(asic, "market_name"));
  const told = known({
    totalBytes: bytesIn(fieldOf(memory, "total_vram", "vram_total", "fb_total")) ?? bytesIn(fieldOf(vram, "size", "vram_size", "size_mb")),
    usedBytes: bytesIn(fieldOf(memory, "used_vram", "vram_used", "fb_used")),
    utilisationPercent: percentIn(textOf(fieldOf(fieldOf(metric, "usage"), "gfx_activity", "gfx_usage"))),
    temperatureC:
      degreesIn(textOf(fieldOf(temperature, "edge", "edge_temperature"))) ??
      degreesIn(textOf(fieldOf(temperature, "hotspot", "hotspot_temperature"))),
    architecture: architectureOf(textOf(fieldOf(asic, "target_graphics_version"))),
  });
  return { index, name: name === undefined || name === "N/A" ? `AMD GPU ${index}` : name, memory: "device", ...told };
}

/** A process on several devices is listed with each of them: its figures add up. */
export function parseAmdSmiProcesses(text: string): DeviceProcess[] {
  const found = new Map<number, DeviceProcess>();
  for (const entry of entriesOf(text)) {
    const list = fieldOf(entry, "process_list");
    for (const one of Array.isArray(list) ? list : []) {
      const info = fieldOf(one, "process_info") ?? one;
      const pid = amountIn(textOf(fieldOf(info, "pid")));
      if (pid === undefined) continue;
      const bytes = bytesIn(fieldOf(fieldOf(info, "memory_usage"), "vram_mem")) ?? bytesIn(fieldOf(info, "mem_usage", "mem"));
      const name = textOf(fieldOf(info, "name"));
      const before = found.get(pid)?.usedBytes;
      const usedBytes = bytes === undefined ? before : (before ?? 0) + bytes;
      found.set(pid, { pid, ...known({ name: name === "N/A" ? undefined : name, usedBytes }) });
    }
  }
  return [...found.values()];
}

function entriesOf(text: string): readonly unknown[] {
  const read = jsonIn(text);
  const list = Array.isArray(read) ? read : fieldOf(read, "gpu_data");
  return Array.isArray(list) ? list : [];
}

function numberOf(entry: unknown): number | undefined {
  return amountIn(textOf(fieldOf(entry, "gpu")));
}

function bytesIn(value: unknown): number | undefined {
  const text = textOf(value);
  const amount = amountIn(text);
  if (amount === undefined) return undefined;
  // Without a unit it is megabytes: early versions named the unit in the field.
  const unit =
    /([KMGT]?)i?B\s*$/i
      .exec(text ?? "")?.[0]
      ?.trim()
      .toUpperCase()
      .replace("I", "") ?? "MB";
  return Math.round(amount * (units[unit] ?? 1024 ** 2));
}

function architectureOf(text: string | undefined): string | undefined {
  return text !== undefined && /^gfx\w+$/.test(text) ? text : undefined;
}
