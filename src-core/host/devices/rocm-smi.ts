// rocm-smi's JSON: one object per card, whose keys changed with the versions, beside `system`; warnings may stand before it. All figures are texts.
import type { Device, DeviceProcess } from "../../contract/devices.ts";
import { amountIn, degreesIn, known, percentIn } from "./figures.ts";
import { type Fields, fieldOf, isFields, jsonIn, textOf } from "./json-text.ts";

export const rocmSmiTool = "rocm-smi";
export const rocmSmiArgs = [
  "--showproductname",
  "--showmeminfo",
  "vram",
  "--showuse",
  "--showtemp",
  "--showdriverversion",
  "--json",
] as const;
export const rocmSmiProcessArgs = ["--showpids", "--json"] as const;

/** By lower-case key: before ROCm 6 it is "Card series", since then "Card Series"; before 4 "vram Total Memory (B)". */
export function parseRocmSmi(text: string): { readonly devices: Device[]; readonly driver: string | undefined } {
  const read = jsonIn(text);
  if (!isFields(read)) return { devices: [], driver: undefined };
  const devices = Object.entries(read).flatMap(([card, fields]) => {
    const index = /^card(\d+)$/i.exec(card)?.[1];
    return index === undefined || !isFields(fields) ? [] : [deviceOf(Number(index), lowered(fields))];
  });
  return {
    devices: devices.sort((a, b) => a.index - b.index),
    driver: wordsIn(textOf(fieldOf(read["system"], "Driver version", "Driver Version"))),
  };
}

function deviceOf(index: number, fields: ReadonlyMap<string, string>): Device {
  const first = (...keys: readonly string[]) => keys.map((key) => fields.get(key)).find((value) => value !== undefined);
  const name = wordsIn(first("card series")) ?? wordsIn(first("card model", "device name"));
  const told = known({
    totalBytes: amountIn(first("vram total memory (b)")),
    usedBytes: amountIn(first("vram total used memory (b)", "vram used memory (b)")),
    utilisationPercent: percentIn(first("gpu use (%)")),
    temperatureC:
      degreesIn(first("temperature (sensor edge) (c)")) ??
      degreesIn(first("temperature (sensor junction) (c)", "temperature (sensor #1) (c)", "temperature (c)")),
    architecture: wordsIn(first("gfx version")),
  });
  return { index, name: name === undefined || /^0x/i.test(name) ? `AMD GPU ${index}` : name, memory: "device", ...told };
}

/** "name, devices, VRAM used, …" by "PID1234", under `system`. */
export function parseRocmSmiProcesses(text: string): DeviceProcess[] {
  const system = fieldOf(jsonIn(text), "system");
  if (!isFields(system)) return [];
  return Object.entries(system).flatMap(([key, value]) => {
    const pid = /^PID(\d+)$/i.exec(key)?.[1];
    if (pid === undefined || typeof value !== "string") return [];
    const [name, , used] = value.split(",").map((cell) => cell.trim());
    return [{ pid: Number(pid), ...known({ name: wordsIn(name), usedBytes: amountIn(used) }) }];
  });
}

function lowered(fields: Fields): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(fields).flatMap(([key, value]) => {
      const text = textOf(value);
      return text === undefined ? [] : [[key.toLowerCase(), text] as const];
    }),
  );
}

function wordsIn(text: string | undefined): string | undefined {
  const words = text?.trim() ?? "";
  return words === "" || /^(n\/a|unknown|none)$/i.test(words) ? undefined : words;
}
