// The window's life by a clock of its own: given up a minute after it was closed, and never while somebody may look at it.
import type { Browser } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { launchChromium } from "../../support/electron/start-app.ts";
import { FakeClock } from "../../support/fake-clock.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

let clock: FakeClock;
let shell: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  clock = new FakeClock();
  shell = await open();
});
afterEach(() => shell.window.destroy());

async function open() {
  vi.resetModules();
  const { MainWindow } = await import("../../../electron/window.ts");
  const { machine, seen } = await import("../../support/electron/machine.ts");
  machine.browser = browser;
  let remembered = { closeExplained: true };
  const window = new MainWindow({
    preload: "",
    packaged: true,
    memory: {
      current: () => remembered,
      remember(part) {
        remembered = { ...remembered, ...part };
      },
    },
    clock,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    onClose: () => "hide",
    onQuit: () => {},
    minimisesToTray: () => false,
    onFirstHide: () => {},
    onShown: () => {},
    onHidden: () => {},
    onSessionEnd: () => {},
  });
  window.open();
  return { window, seen };
}

test("UX-17: a minute after it was closed the window is given up with its whole browser; opening it again makes a new one", async () => {
  const [first] = shell.seen.windows;
  first?.close();
  clock.advance(59_999);
  expect(first?.isDestroyed()).toBe(false);
  clock.advance(1);
  expect([first?.isDestroyed(), shell.seen.windows]).toEqual([true, []]);
  shell.window.open();
  expect([shell.seen.windows.length, shell.seen.windows[0]?.isVisible(), shell.seen.windows[0] === first]).toEqual([1, true, false]);
});

test("UX-17: a window that was opened again in time stays, however often it was closed before", async () => {
  const [first] = shell.seen.windows;
  for (let times = 0; times < 3; times++) {
    first?.close();
    clock.advance(40_000);
    shell.window.open();
  }
  clock.advance(600_000);
  expect([first?.isDestroyed(), first?.isVisible(), clock.pending]).toEqual([false, true, []]);
});
