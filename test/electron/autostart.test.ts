// Start at login: one entry, with the hidden flag, following the setting and respecting what a person did by other means.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Settings } from "electron";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type AutostartParts, autostartEntry, autostartPath, followLogin, startCommand } from "../../electron/autostart.ts";
import { english } from "../../electron/language/en.ts";

let home: string;
let items: Settings[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "homeport-login-"));
  items = [];
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const parts = (more: Partial<AutostartParts> = {}): AutostartParts => ({
  app: {
    isPackaged: true,
    getAppPath: () => "/repo",
    getPath: () => home,
    setLoginItemSettings: (settings) => void items.push(settings),
  },
  platform: "linux",
  env: {},
  execPath: "/opt/Homeport/homeport",
  log: silent,
  words: english.login,
  ...more,
});
const entry = () => readFileSync(autostartPath(home), "utf8");

test("UX-19, P-05: switching it on twice leaves one entry, which starts hidden; off leaves none", () => {
  expect(followLogin(true, "changed", parts())).toBeUndefined();
  expect(followLogin(true, "changed", parts())).toBeUndefined();
  expect(readdirSync(dirname(autostartPath(home)))).toEqual(["homeport.desktop"]);
  expect(entry()).toMatch(/^\[Desktop Entry\]\nType=Application\n/);
  expect(entry()).toContain("\nExec=/opt/Homeport/homeport --hidden\n");
  followLogin(false, "changed", parts());
  followLogin(false, "changed", parts());
  expect(existsSync(autostartPath(home))).toBe(false);
});

test("an AppImage that was moved is found again: at the next start the entry names the file it was started from", () => {
  followLogin(true, "start", parts({ env: { APPIMAGE: "/home/a/Old.AppImage" } }));
  followLogin(true, "start", parts({ env: { APPIMAGE: "/home/a/My Apps/Homeport 100%.AppImage" } }));
  expect(entry()).toContain('\nExec="/home/a/My Apps/Homeport 100%%.AppImage" --hidden\n');
});

test("what a person switched off with the desktop's own means stays off at a start, until the setting is switched again", () => {
  for (const mark of ["Hidden=true", "X-GNOME-Autostart-enabled=false"]) {
    mkdirSync(dirname(autostartPath(home)), { recursive: true });
    writeFileSync(autostartPath(home), `[Desktop Entry]\n${mark}\n`);
    followLogin(true, "start", parts());
    expect(entry()).toContain(mark);
    followLogin(true, "changed", parts());
    expect(entry()).not.toContain(mark);
  }
});

test("an entry that somebody else made is not taken away at a start, because the setting was never on", () => {
  mkdirSync(dirname(autostartPath(home)), { recursive: true });
  writeFileSync(autostartPath(home), "[Desktop Entry]\n");
  followLogin(false, "start", parts());
  expect(existsSync(autostartPath(home))).toBe(true);
});

test("a path that means something to a shell or breaks lines stays one argument on one line", () => {
  const text = autostartEntry({ program: '/opt/a"b`$c\\d\nExec=evil', args: ["--hidden"] }, english.login);
  expect(text.split("\n").filter((line) => line.startsWith("Exec="))).toEqual([
    'Exec="/opt/a\\\\"b\\\\`\\\\$c\\\\\\\\d\\nExec=evil" --hidden',
  ]);
});

test("P-09: macOS and Windows get a login item with our own hidden flag, and no file", () => {
  for (const platform of ["darwin", "win32"] as const) followLogin(true, "changed", parts({ platform }));
  followLogin(false, "changed", parts({ platform: "win32" }));
  expect(items).toEqual([
    { openAtLogin: true, path: "/opt/Homeport/homeport", args: ["--hidden"] },
    { openAtLogin: true, path: "/opt/Homeport/homeport", args: ["--hidden"] },
    { openAtLogin: false, path: "/opt/Homeport/homeport", args: ["--hidden"] },
  ]);
  expect(existsSync(autostartPath(home))).toBe(false);
});

test("unpackaged, the entry starts Electron with our folder", () => {
  expect(startCommand({ isPackaged: false, getAppPath: () => "/repo" }, {}, "/electron")).toEqual({
    program: "/electron",
    args: ["/repo", "--hidden"],
  });
});

test("a folder that cannot be written is told in words, and the app goes on", () => {
  writeFileSync(join(home, "autostart"), "a file where the folder should be");
  expect(followLogin(true, "changed", parts())).toMatch(/^Homeport will not start when you log in: /);
});
