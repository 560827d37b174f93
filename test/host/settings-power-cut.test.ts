// F61 in two ways: every file-system step of a save made the last one (in process, the same calls, half-written bytes included), and a
// handful of processes that are really killed.
import { spawn } from "node:child_process";
import fs, { mkdtempSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeClock } from "../support/fake-clock.ts";

/** The steps of a save that change the disk. Counted, and refused once `left` is used up: a dead process does nothing more. */
const cut = vi.hoisted(() => ({ left: Number.POSITIVE_INFINITY, dead: false }));
class PowerCut extends Error {}

function cutAt<A extends readonly unknown[], R>(step: (...args: A) => R, half?: (...args: A) => void): (...args: A) => R {
  return (...args) => {
    if (cut.dead) throw new PowerCut();
    if (cut.left-- > 0) return step(...args);
    cut.dead = true;
    half?.(...args);
    throw new PowerCut();
  };
}

const real = { ...fs };
fs.openSync = cutAt(real.openSync);
fs.renameSync = cutAt(real.renameSync);
fs.unlinkSync = cutAt(real.unlinkSync);
fs.fsyncSync = cutAt(real.fsyncSync);
fs.mkdirSync = Object.assign(cutAt(real.mkdirSync));
fs.chmodSync = cutAt(real.chmodSync);
fs.copyFileSync = cutAt(real.copyFileSync);
fs.rmSync = cutAt(real.rmSync);
fs.writeSync = Object.assign(
  cutAt(
    (file: number, data: string | NodeJS.ArrayBufferView, ...rest: readonly (number | null)[]) =>
      typeof data === "string" ? real.writeSync(file, data) : real.writeSync(file, data, rest[0]),
    (file, data) => void real.writeSync(file, typeof data === "string" ? data.slice(0, data.length / 2) : String(data).slice(0, 20)),
  ),
);
syncBuiltinESMExports();
const { openSettings } = await import("../../src-core/host/settings.ts");
const { confSettingsFile } = await import("../../src-core/host/settings-file.ts");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homeport-power-"));
});
afterEach(() => {
  alive();
  rmSync(folder, { recursive: true, force: true });
});

function alive(): void {
  cut.left = Number.POSITIVE_INFINITY;
  cut.dead = false;
}

const log = { info: () => {}, warn: () => {}, error: () => {} };
const catalogueOf = (generation: number) => Array.from({ length: 20 }, (_, index) => ({ model: `m-${generation}-${index}` }));

/** Which generation the settings hold; throws where they hold a mixture. */
function generationIn(path: string): number {
  const settings = openSettings(confSettingsFile(path), { clock: new FakeClock(), log });
  const seen = new Set(settings.current().catalogue.map((entry) => Number(entry.model.split("-")[1])));
  const [generation] = seen;
  expect([seen.size, settings.current().catalogue.length, settings.recovered]).toEqual([1, 20, undefined]);
  return generation ?? Number.NaN;
}

/** Saves `generation` in a process that dies after `steps` steps. True when it lived to the end. */
function save(generation: number, steps: number): boolean {
  const clock = new FakeClock();
  const settings = openSettings(confSettingsFile(folder), { clock, log });
  cut.left = steps;
  void settings.update((document) => ({ ...document, catalogue: catalogueOf(generation) }));
  clock.advance(50);
  const lived = !cut.dead;
  alive();
  return lived;
}

test("F61: a save cut at any of 1,000 steps leaves the old or the new settings, never a mixture, and needs no repair", {
  timeout: 60_000,
}, () => {
  save(0, Number.POSITIVE_INFINITY);
  let before = 0;
  let cuts = 0;
  for (let generation = 1, steps = 0; cuts < 1_000; generation++) {
    const lived = save(generation, steps);
    const after = generationIn(folder);
    expect([before, generation]).toContain(after);
    if (lived) expect(after).toBe(generation);
    else cuts += 1;
    before = after;
    steps = lived ? 0 : steps + 1;
  }
});

test("F61: a process killed at a random moment of a stream of saves leaves whole settings", { timeout: 60_000 }, async () => {
  const writer = fileURLToPath(new URL("../support/settings-writer.ts", import.meta.url));
  for (const lines of [1, 2, 5]) {
    const child = spawn(process.execPath, [writer, folder], { stdio: ["ignore", "pipe", "inherit"] });
    let seen = 0;
    const ended = new Promise((resolve) => child.on("exit", resolve));
    child.stdout.on("data", (chunk: Buffer) => {
      seen += chunk.toString().split("\n").length - 1;
      if (seen >= lines) child.kill("SIGKILL");
    });
    await ended;
    expect(generationIn(folder)).toBeGreaterThanOrEqual(0);
  }
});
