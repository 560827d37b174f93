// What this machine's own tools tell of its devices. Asked at most every two seconds, and less often where asking is slow; everybody shares one
// answer. A tool that is absent, broken or hanging makes its figures unknown, never zero, and never fails anybody.
import { readFile } from "node:fs/promises";
import type { Device, DeviceProcess, DeviceReading } from "../contract/devices.ts";
import type { Clock, DeviceReader } from "../engine/ports.ts";
import { amdSmiMetricArgs, amdSmiProcessArgs, amdSmiStaticArgs, amdSmiTool, parseAmdSmi, parseAmdSmiProcesses } from "./devices/amd-smi.ts";
import { known } from "./devices/figures.ts";
import {
  type NvidiaFacts,
  nvidiaAppArgs,
  nvidiaFactArgs,
  nvidiaGpuArgs,
  nvidiaTool,
  parseNvidiaFacts,
  parseNvidiaGpus,
  parseNvidiaProcesses,
} from "./devices/nvidia.ts";
import { parseRocmSmi, parseRocmSmiProcesses, rocmSmiArgs, rocmSmiProcessArgs, rocmSmiTool } from "./devices/rocm-smi.ts";
import { parseMac, sysctlArgs, systemMemory } from "./devices/system.ts";
import { type RunTool, runTool, type Said } from "./devices/tool.ts";

export interface DevicesOptions {
  readonly clock: Clock;
  /** For tests: another machine. */
  readonly run?: RunTool;
  readonly platform?: NodeJS.Platform;
  /** The content of `/proc/meminfo`, undefined where there is none. */
  readonly meminfo?: () => Promise<string | undefined>;
}

/** Readings are this far apart. */
export const leastBetweenMs = 2_000;
/** And far enough apart that asking takes no more than a twentieth of the time: AMD's tools are slow programs. */
const restPerAsked = 20;
/** A tool that is not installed is looked for again after this long. */
const absentMs = 60_000;

/** Nothing is read before somebody asks. */
export function openDevices(options: DevicesOptions): DeviceReader {
  return new Devices(options);
}

/** What one maker's tools told. */
interface Told {
  readonly devices: readonly Device[];
  readonly processes: readonly DeviceProcess[];
  readonly driver?: string | undefined;
  /** What went wrong with a tool that is there. */
  readonly trouble?: string | undefined;
}

const nothing: Told = { devices: [], processes: [] };

class Devices implements DeviceReader {
  readonly #clock: Clock;
  readonly #runTool: RunTool;
  readonly #platform: NodeJS.Platform;
  readonly #meminfo: () => Promise<string | undefined>;
  /** By tool: not asked before then, monotonic. */
  readonly #absentUntil = new Map<string, number>();
  #nvidiaFacts: NvidiaFacts | undefined;
  #amdFixed = "";
  #latest: { readonly reading: DeviceReading; readonly began: number; readonly tookMs: number } | undefined;
  #under: { readonly reading: Promise<DeviceReading>; readonly began: number } | undefined;

  constructor({ clock, run = runTool, platform = process.platform, meminfo = readMeminfo }: DevicesOptions) {
    this.#clock = clock;
    this.#runTool = run;
    this.#platform = platform;
    this.#meminfo = meminfo;
  }

  get latest(): DeviceReading | undefined {
    return this.#latest?.reading;
  }

  async read(since = Number.NEGATIVE_INFINITY): Promise<DeviceReading> {
    const under = this.#under;
    if (under !== undefined) {
      const reading = await under.reading;
      return under.began >= since ? reading : this.read(since);
    }
    const latest = this.#latest;
    const age = latest === undefined ? Number.POSITIVE_INFINITY : this.#clock.monotonic() - latest.began;
    const isFresh = latest !== undefined && age < Math.max(leastBetweenMs, latest.tookMs * restPerAsked);
    if (isFresh && latest.began >= since) return latest.reading;
    const began = this.#clock.monotonic();
    const reading = this.#look().finally(() => {
      this.#under = undefined;
    });
    this.#under = { reading, began };
    const told = await reading;
    this.#latest = { reading: told, began, tookMs: this.#clock.monotonic() - began };
    return told;
  }

  async #look(): Promise<DeviceReading> {
    const at = this.#clock.now();
    const all = this.#platform === "darwin" ? [await this.#apple()] : await Promise.all([this.#nvidia(), this.#amd()]);
    const devices = all.flatMap((told) => told.devices).map((device, index) => ({ ...device, index }));
    const processes = all.flatMap((told) => told.processes);
    const driver = all.find((told) => told.driver !== undefined)?.driver;
    if (devices.length > 0) return { at, devices, processes, ...known({ driver }) };
    const trouble = all.flatMap((told) => told.trouble ?? []).join(" ");
    const without = trouble === "" ? "No graphics device was found: neither nvidia-smi nor amd-smi nor rocm-smi is installed." : trouble;
    return { at, devices: [systemMemory(await this.#meminfo())], processes: [], without };
  }

  async #nvidia(): Promise<Told> {
    const gpus = await this.#ask(nvidiaTool, nvidiaGpuArgs);
    if (gpus.is === "absent") return nothing;
    const devices = parseNvidiaGpus(gpus.text);
    if (devices.length === 0) return { ...nothing, trouble: troubleOf(gpus, nvidiaTool) };
    const apps = await this.#ask(nvidiaTool, nvidiaAppArgs);
    this.#nvidiaFacts ??= parseNvidiaFacts(textOf(await this.#ask(nvidiaTool, nvidiaFactArgs)));
    const { architectures, driver } = this.#nvidiaFacts;
    return {
      devices: devices.map((device) => ({ ...device, ...known({ architecture: architectures.get(device.index) }) })),
      processes: parseNvidiaProcesses(textOf(apps)),
      driver,
    };
  }

  /** amd-smi is the newer tool; rocm-smi is asked where it is missing or tells nothing. */
  async #amd(): Promise<Told> {
    const metric = await this.#ask(amdSmiTool, amdSmiMetricArgs);
    if (metric.is !== "absent") {
      if (this.#amdFixed === "") this.#amdFixed = textOf(await this.#ask(amdSmiTool, amdSmiStaticArgs));
      const { devices, driver } = parseAmdSmi(metric.text, this.#amdFixed);
      if (devices.length > 0)
        return { devices, driver, processes: parseAmdSmiProcesses(textOf(await this.#ask(amdSmiTool, amdSmiProcessArgs))) };
    }
    const cards = await this.#ask(rocmSmiTool, rocmSmiArgs);
    const { devices, driver } = parseRocmSmi(textOf(cards));
    if (devices.length === 0) return { ...nothing, trouble: troubleOf(metric, amdSmiTool) ?? troubleOf(cards, rocmSmiTool) };
    return { devices, driver, processes: parseRocmSmiProcesses(textOf(await this.#ask(rocmSmiTool, rocmSmiProcessArgs))) };
  }

  async #apple(): Promise<Told> {
    const [sysctl, vmStat] = await Promise.all([this.#ask("sysctl", sysctlArgs), this.#ask("vm_stat", [])]);
    const device = parseMac(textOf(sysctl), textOf(vmStat));
    return device === undefined
      ? { ...nothing, trouble: "This Mac has no Apple chip: its graphics memory is told by no tool." }
      : { devices: [device], processes: [] };
  }

  async #ask(command: string, args: readonly string[]): Promise<Said> {
    if (this.#clock.monotonic() < (this.#absentUntil.get(command) ?? Number.NEGATIVE_INFINITY)) return { is: "absent" };
    const said = await this.#runTool(command, args);
    if (said.is === "absent") this.#absentUntil.set(command, this.#clock.monotonic() + absentMs);
    return said;
  }
}

function textOf(said: Said): string {
  return said.is === "absent" ? "" : said.text;
}

/** A tool may also say in words, and with success, that it finds nothing. */
function troubleOf(said: Said, tool: string): string | undefined {
  if (said.is === "absent") return undefined;
  if (said.is === "failed") return said.because;
  const words = said.text.trim().split(/\r?\n/, 1)[0]?.slice(0, 300) ?? "";
  return words === "" || /^[[{]/.test(words) ? `${tool} lists no device.` : `${tool}: ${words}`;
}

async function readMeminfo(): Promise<string | undefined> {
  try {
    return await readFile("/proc/meminfo", "utf8");
  } catch {
    return undefined;
  }
}
