// Parts of the desktop shell that need no Electron: where the window opens, what its address serves, what the tray draws.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { restoredBounds } from "../../electron/bounds.ts";
import { isOurs, serveFolder } from "../../electron/scheme.ts";
import { trayBitmap, trayColours } from "../../electron/tray-image.ts";
import type { TrayState } from "../../electron/tray-menu.ts";

describe("P-14: remembered bounds", () => {
  const laptop = { x: 0, y: 0, width: 1440, height: 860 };
  const beside = { x: 1440, y: 0, width: 2560, height: 1400 };

  test("are restored on the display they were on, also one to the left with negative coordinates", () => {
    const saved = { x: 1600, y: 100, width: 1200, height: 900 };
    expect(restoredBounds(saved, [laptop, beside])).toEqual(saved);
    const left = { x: -1200, y: 50, width: 1000, height: 700 };
    expect(restoredBounds(left, [laptop, { x: -1920, y: 0, width: 1920, height: 1080 }])).toEqual(left);
  });

  test("on a display that was removed: the window is centred by the system, no larger than the display that is left", () => {
    expect(restoredBounds({ x: 1600, y: 100, width: 2000, height: 1300 }, [laptop])).toEqual({ width: 1440, height: 860 });
  });

  test("a window whose title bar cannot be grabbed is as good as lost", () => {
    expect(restoredBounds({ x: 100, y: -40, width: 800, height: 600 }, [laptop])).toEqual({ width: 800, height: 600 });
    expect(restoredBounds({ x: 1400, y: 100, width: 800, height: 600 }, [laptop])).toEqual({ width: 800, height: 600 });
  });

  test("a tiny or first window gets a usable size", () => {
    expect(restoredBounds({ x: 10, y: 10, width: 100, height: 100 }, [laptop])).toEqual({ x: 10, y: 10, width: 420, height: 480 });
    expect(restoredBounds(undefined, [laptop])).toEqual({ width: 1080, height: 760 });
    expect(restoredBounds(undefined, [])).toEqual({ width: 1080, height: 760 });
  });
});

describe("S-51: app://homeport/", () => {
  let folder: string;
  let get: (url: string, method?: string) => Promise<Response>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "homeport-scheme-"));
    const window = join(folder, "renderer");
    mkdirSync(join(window, "assets"), { recursive: true });
    writeFileSync(join(folder, "secret.json"), "secret");
    writeFileSync(join(window, "index.html"), "<p>window</p>");
    writeFileSync(join(window, "assets", "index-D_3x.js"), "1");
    writeFileSync(join(window, ".hidden.json"), "secret");
    symlinkSync(join(folder, "secret.json"), join(window, "link.json"));
    const serve = serveFolder(window);
    get = (url, method = "GET") => serve({ url, method });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("serves the window and its parts with their types, under the strict policy", async () => {
    const page = await get("app://homeport/#/nodes");
    expect([page.status, await page.text()]).toEqual([200, "<p>window</p>"]);
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/);
    const part = await get("app://homeport/assets/index-D_3x.js?v=1");
    expect([part.status, part.headers.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"]);
  });

  test.each([
    "app://homeport/../secret.json",
    "app://homeport/%2e%2e/secret.json",
    "app://homeport/..%2fsecret.json",
    "app://homeport/assets/..%5c..%5csecret.json",
    "app://homeport/assets//../../secret.json",
    "app://homeport/%00",
    "app://homeport/link.json",
    "app://homeport/.hidden.json",
    "app://homeport/assets",
    "app://homeport/missing.js",
    "app://elsewhere/index.html",
    "app://user@homeport/index.html",
    "file:///etc/passwd",
  ])("%s is not found", async (url) => {
    const answer = await get(url);
    expect([answer.status, await answer.text()]).toEqual([404, "Not found"]);
  });

  test("takes no other method", async () => {
    expect((await get("app://homeport/", "POST")).status).toBe(404);
  });

  test("S-55: only our own address counts as ours", () => {
    for (const url of ["app://homeport/", "app://homeport/index.html#/nodes/a"]) expect([url, isOurs(url)]).toEqual([url, true]);
    for (const url of [
      "app://homeport.evil/",
      "app://evil/homeport",
      "https://homeport/",
      "about:blank",
      "data:text/html,x",
      "app:homeport",
      "",
    ])
      expect([url, isOurs(url)]).toEqual([url, false]);
  });
});

describe("UX-16: tray pictures", () => {
  const states: readonly TrayState[] = ["healthy", "degraded", "down", "paused"];

  test("each state differs in shape, so that colour is not needed to tell them apart", () => {
    const shapes = states.map((state) => trayBitmap(state, 22, true).pixels.toString("base64"));
    expect(new Set(shapes).size).toBe(states.length);
  });

  test("a template is black with alpha only, and no picture is empty or oversized", () => {
    for (const state of states) {
      const { size, pixels } = trayBitmap(state, 18, true);
      expect(pixels.length).toBe(size * size * 4);
      expect(pixels.some((value, index) => index % 4 === 3 && value === 255)).toBe(true);
      expect(pixels.every((value, index) => index % 4 === 3 || value === 0)).toBe(true);
    }
  });

  test("UX-16: every state's colour stands out by 3 to 1 from a white and from a black panel, so one picture serves both", () => {
    const linear = (part: number) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    for (const [state, [red, green, blue]] of Object.entries(trayColours)) {
      const light = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
      expect([state, 1.05 / (light + 0.05) >= 3, (light + 0.05) / 0.05 >= 3]).toEqual([state, true, true]);
    }
  });
});
