// The computer as the doctor sees it: every fact there is has its finding, and no tool or file that is missing ends in anything but "not looked at".
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type MachineFacts, machineFindings } from "../../src-core/doctor/machine.ts";
import { machineFacts, startsIn } from "../../src-core/doctor/machine-facts.ts";

const well: MachineFacts = {
  platform: "linux",
  now: Date.UTC(2026, 10, 21, 12),
  data: { folder: "/data", free: 80e9, total: 100e9, writable: true },
  exposed: [],
  tray: "there",
  starts: [],
};
const entry = { file: "/home/a/.config/autostart/homeport.desktop", runs: "/opt/homeport --hidden", missing: false };

const table: readonly (readonly [string, Partial<MachineFacts>, string, string])[] = [
  ["a clock that was never set", { now: 0 }, "clock", "error"],
  ["a clock that is well", {}, "clock", "ok"],
  ["a disk that is nearly full", { data: { folder: "/data", free: 500e6, total: 100e9, writable: true } }, "disk", "warning"],
  ["a disk that is full", { data: { folder: "/data", free: 1e6, total: 100e9, writable: true } }, "disk", "error"],
  ["a folder nobody may write to", { data: { folder: "/data", free: 80e9, total: 100e9, writable: false } }, "disk", "error"],
  ["files that others can read", { exposed: ["/data/keys"] }, "files", "warning"],
  ["P-03: a desktop without a tray", { tray: "none" }, "tray", "note"],
  ["no desktop at all", { tray: "no-session" }, "tray", "skipped"],
  [
    "P-05: two entries that start it",
    { starts: [entry, { ...entry, file: "/home/a/.config/autostart/b.desktop" }] },
    "autostart",
    "warning",
  ],
  ["one entry that starts it", { starts: [entry] }, "autostart", "ok"],
  ["an entry of a program that is gone", { starts: [{ ...entry, missing: true }] }, `autostart:${entry.file}`, "warning"],
  ["login items that only the system sees", { platform: "darwin", starts: undefined }, "autostart", "skipped"],
];

test.each(table)("issue 6, doctor: %s", (_, facts, id, level) => {
  const finding = machineFindings({ ...well, ...facts }).find((one) => one.id === id);
  expect(finding?.level).toBe(level);
  if (level === "warning" || level === "error") expect(finding?.fix?.says).toMatch(/\.$|chmod/);
});

test("P-05: entries that start Homeport at login are found, others and switched-off ones are not", async () => {
  const folder = await mkdtemp(join(tmpdir(), "homeport-starts-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "autostart"));
  const write = (name: string, lines: readonly string[]) =>
    writeFile(join(folder, "autostart", name), `[Desktop Entry]\n${lines.join("\n")}\n`);
  await write("homeport.desktop", ["Name=Homeport", 'Exec="/nowhere/homeport" --hidden']);
  await write("homeport-old.desktop", ["Exec=/nowhere/homeport", "Hidden=true"]);
  await write("music.desktop", ["Exec=/usr/bin/music"]);
  expect(startsIn(folder)).toEqual([
    { file: join(folder, "autostart", "homeport.desktop"), runs: '"/nowhere/homeport" --hidden', missing: true },
  ]);
  expect(startsIn(join(folder, "none"))).toEqual([]);
});

test.runIf(process.platform !== "win32")(
  "S-75: files with keys that others can read are found; a folder that is not there yet is no fault",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "homeport-files-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    for (const [name, mode] of [
      ["config.json", 0o600],
      ["secrets.json", 0o644],
      ["history.sqlite", 0o644],
    ] as const) {
      await writeFile(join(folder, name), "{}");
      await chmod(join(folder, name), mode);
    }
    expect((await machineFacts(folder, 0, {}, folder)).exposed).toEqual([join(folder, "secrets.json")]);
    const missing = await machineFacts(join(folder, "not", "there"), 0, {}, folder);
    expect([missing.exposed, missing.data?.writable]).toEqual([[], true]);
  },
);
