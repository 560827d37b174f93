// nvidia-smi's CSV. Rows may be few (a lost device), their columns "[N/A]", "[Not Supported]", "ERR!", and warnings may stand before them.
import type { Device, DeviceProcess } from "../../contract/devices.ts";
import { amountIn, degreesIn, known, percentIn } from "./figures.ts";

export const nvidiaTool = "nvidia-smi";
const plain = "--format=csv,noheader,nounits";
export const nvidiaGpuArgs = ["--query-gpu=index,name,memory.total,memory.used,utilization.gpu,temperature.gpu", plain] as const;
export const nvidiaAppArgs = ["--query-compute-apps=pid,used_memory", plain] as const;
/** What does not change while the machine runs. Drivers before 510 do not know `compute_cap` and refuse the whole question. */
export const nvidiaFactArgs = ["--query-gpu=index,compute_cap,driver_version", plain] as const;

const mebibyte = 1024 * 1024;

/** In the tool's order. A row without an index and a name is a warning, not a device. */
export function parseNvidiaGpus(csv: string): Device[] {
  return rowsOf(csv).flatMap((cells) => {
    const index = indexIn(cells[0]);
    if (index === undefined || cells.length < 2) return [];
    // A name may hold a comma, and columns may be missing at the end: what are not figures at the end belongs to it.
    const { name, figures } = nameAndFigures(cells.slice(1));
    if (name === "") return [];
    const [total, used, utilisation, temperature] = figures;
    const totalBytes = bytesIn(total);
    const told = known({
      totalBytes: totalBytes === 0 ? undefined : totalBytes,
      usedBytes: bytesIn(used),
      utilisationPercent: percentIn(utilisation),
      temperatureC: degreesIn(temperature),
    });
    return [{ index, name, memory: "device" as const, ...told }];
  });
}

/** Windows does not tell what a process holds: those have no figure. */
export function parseNvidiaProcesses(csv: string): DeviceProcess[] {
  return rowsOf(csv).flatMap((cells) => {
    const pid = indexIn(cells[0]);
    return pid === undefined || pid === 0 || cells.length < 2 ? [] : [{ pid, ...known({ usedBytes: bytesIn(cells[1]) }) }];
  });
}

export interface NvidiaFacts {
  /** By index. */
  readonly architectures: ReadonlyMap<number, string>;
  readonly driver: string | undefined;
}

export function parseNvidiaFacts(csv: string): NvidiaFacts {
  const architectures = new Map<number, string>();
  let driver: string | undefined;
  for (const [at, capability = "", version = ""] of rowsOf(csv)) {
    const index = indexIn(at);
    if (index === undefined) continue;
    if (/^\d+\.\d+$/.test(capability)) architectures.set(index, capability);
    if (/^\d+(\.\d+)+$/.test(version)) driver = version;
  }
  return { architectures, driver };
}

function rowsOf(csv: string): string[][] {
  return csv
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line) => line.split(",").map((cell) => cell.trim()));
}

const figureColumns = 4;

function nameAndFigures(cells: readonly string[]): { readonly name: string; readonly figures: readonly string[] } {
  const nameCells = Math.max(1, cells.length - figureColumns);
  return { name: cells.slice(0, nameCells).join(", "), figures: cells.slice(nameCells) };
}

function indexIn(cell: string | undefined): number | undefined {
  return cell !== undefined && /^\d{1,10}$/.test(cell) ? Number(cell) : undefined;
}

/** Mebibytes, whether the tool left the unit out as asked or not. */
function bytesIn(cell: string | undefined): number | undefined {
  const mebibytes = amountIn(cell);
  return mebibytes === undefined ? undefined : Math.round(mebibytes * mebibyte);
}
