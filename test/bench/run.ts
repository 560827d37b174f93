// `npm run bench [-- --quick] [--only bare,nginx]`: Homeport beside a bare proxy and nginx in one run, interleaved; the ratios are what counts.
// One core for the proxy, the rest for load and nodes. Prints a table, writes test-results/bench.json, ends with 1 when a limit is broken.
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Name, present } from "./contenders.ts";
import { canPin, pinSelf } from "./figures.ts";
import { idleRows, type Row, routingRows } from "./homeport-alone.ts";
import { crowdRows, type Plan, sideBySideRows } from "./side-by-side.ts";
import { startUpstream } from "./upstream.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false }, only: { type: "string" } } });
const asked = values.only?.split(",");
const names = present().filter((name) => asked === undefined || asked.includes(name));

const cores = availableParallelism();
const pinned = canPin() && cores > 1;
const plan: Plan = {
  names,
  proxyCore: pinned ? String(cores - 1) : undefined,
  repetitions: values.quick ? 1 : 5,
  shortCallsMs: values.quick ? 1000 : 2000,
  streamEvents: values.quick ? 75 : 125,
};
if (pinned) pinSelf(cores === 2 ? "0" : `0-${cores - 2}`);
else console.log("Without Linux and two cores nothing is kept on its own core: the figures of this run are only a hint.\n");

function cell(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function print(rows: readonly Row[]): void {
  const table = [["", "Homeport", "bare", "nginx", "limit", ""], ...rows.map(line)];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  for (const row of table)
    console.log(
      row
        .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    );
}

function line(row: Row): string[] {
  const figure = (name: Name) => cell(row.figures[name]);
  return [
    row.measure,
    figure("homeport"),
    figure("bare"),
    figure("nginx"),
    row.limit,
    row.holds === undefined ? "" : row.holds ? "ok" : "BROKEN",
  ];
}

/** Processes that wanted a core in the minute before this run; only a quiet machine's figures decide anything. */
const [busyBefore = 0] = loadavg();
const quiet = busyBefore < 0.5;
if (!quiet) console.log(`This machine was busy before the run (load ${busyBefore.toFixed(1)}): its figures prove neither ok nor BROKEN.\n`);

const startedAt = performance.now();
const upstream = await startUpstream(10);
const rows: Row[] = [];
const add = (more: readonly Row[]) => rows.push(...more);
try {
  add(await sideBySideRows(plan, upstream));
  add(await crowdRows(plan, upstream));
  if (names.includes("homeport")) {
    add(await idleRows(plan, upstream, values.quick ? 5_000 : 12_000));
    add(routingRows());
  }
} finally {
  upstream.stop();
}
print(rows);
const seconds = Math.round((performance.now() - startedAt) / 1000);
console.log(
  `\n${seconds} s, ${plan.repetitions} interleaved repetitions, medians; ${pinned ? "proxy on one core, load and nodes on the rest" : "not pinned"}.`,
);
const results = fileURLToPath(new URL("../../test-results/", import.meta.url));
mkdirSync(results, { recursive: true });
writeFileSync(
  `${results}bench.json`,
  `${JSON.stringify({ node: process.version, cores, pinned, quiet, busyBefore, seconds, rows }, null, 2)}\n`,
);
process.exitCode = rows.some((row) => row.holds === false) ? 1 : 0;
