// What the tools of a computer tell of the memory that models live in. An absent field means "unknown", never zero. Sizes are bytes.

/** `device`: a graphics card's own. `unified`: one memory for both. `system`: no graphics device was found, so this is what models have. */
export type DeviceMemory = "device" | "unified" | "system";

export interface Device {
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly name: string;
  readonly memory: DeviceMemory;
  readonly totalBytes?: number;
  /** In use by everything on the machine, models included. */
  readonly usedBytes?: number;
  readonly utilisationPercent?: number;
  readonly temperatureC?: number;
  /** NVIDIA's "8.9", AMD's "gfx1100". */
  readonly architecture?: string;
}

/** A process that holds device memory. */
export interface DeviceProcess {
  readonly pid: number;
  readonly name?: string;
  readonly usedBytes?: number;
}

/** One look at the machine. */
export interface DeviceReading {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly devices: readonly Device[];
  readonly processes: readonly DeviceProcess[];
  readonly driver?: string;
  /** Why no graphics device is known, as a sentence; absent where one is. */
  readonly without?: string;
}

/** Memory of all devices together. Undefined where not every device tells it: half a total would be a wrong one. */
export function totalBytesOf(devices: readonly Device[]): number | undefined {
  return sumOf(devices.map(({ totalBytes }) => totalBytes));
}

/** In use on all devices together; undefined as above. */
export function usedBytesOf(devices: readonly Device[]): number | undefined {
  return sumOf(devices.map(({ usedBytes }) => usedBytes));
}

function sumOf(figures: readonly (number | undefined)[]): number | undefined {
  if (figures.length === 0) return undefined;
  let sum = 0;
  for (const figure of figures) {
    if (figure === undefined) return undefined;
    sum += figure;
  }
  return sum;
}
