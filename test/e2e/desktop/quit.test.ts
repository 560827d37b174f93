// How the app ends: work under way is asked about once, the system's own shutdown asks nothing, and nothing is left running.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type SimulatedFleet, startFleet } from "../../../src-core/simulator/fleet.ts";
import { launchChromium, type StartedApp, startApp } from "../../support/electron/start-app.ts";

let browser: Browser;
let data: string;
let fleet: SimulatedFleet;
let app: StartedApp;
let address: string;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "homeport-desktop-"));
  fleet = await startFleet([
    { id: "slow", kind: "ollama", models: [{ name: "llama3:8b", warm: true, tokensPerSecond: 40, replyTokens: 60 }] },
  ]);
  writeFileSync(join(data, "settings.json"), JSON.stringify({ gateway: { port: 0 }, nodes: fleet.nodes.map((node) => node.config) }));
  app = await startApp({ browser, data, flags: ["--hidden"] });
  const tray = await app.until(() => app.seen.trays[0]);
  await app.until(() => tray.menu?.lines[0]?.startsWith("Healthy: 1 of 1") || undefined);
  tray.menu?.press("Copy address");
  address = app.seen.clipboard;
});
afterEach(async () => {
  app.machine.answer = 1;
  app.app.quit();
  await app.app.exited;
  await fleet.stop();
  rmSync(data, { recursive: true, force: true });
});

/** Starts a long answer; resolves with its text once it is complete or broken off. */
async function longAnswer(): Promise<{ readonly text: Promise<string> }> {
  const body = JSON.stringify({ model: "llama3:8b", messages: [{ role: "user", content: "hello" }] });
  const response = await fetch(`${address}/api/chat`, { method: "POST", body, headers: { "content-type": "application/json" } });
  return { text: response.text().catch(() => "broken off") };
}

test("P-13: quitting with a request under way asks once; finishing lets it finish, then ends", async () => {
  const answer = await longAnswer();
  app.machine.answer = 0;
  app.app.quit();
  app.app.quit();
  expect(app.seen.questions).toEqual(["One request is running."]);
  expect(await answer.text).toContain('"done":true');
  expect(await app.app.exited).toBe(0);
  await expect(fetch(address)).rejects.toThrow();
});

test("P-13: staying changes nothing; a later quit asks again", async () => {
  const answer = await longAnswer();
  app.machine.answer = 2;
  app.app.quit();
  expect((await fetch(address)).status).toBe(200);
  app.machine.answer = 1;
  app.app.quit();
  expect(app.seen.questions).toHaveLength(2);
  await answer.text;
  expect(await app.app.exited).toBe(0);
});

test("P-13: the system's shutdown asks nothing", async () => {
  const answer = await longAnswer();
  app.powerMonitor.emit("shutdown");
  app.app.quit();
  expect(await app.app.exited).toBe(0);
  expect(app.seen.questions).toEqual([]);
  await answer.text;
});

test("quitting an idle app asks nothing, frees the port and takes the tray away", async () => {
  app.app.quit();
  expect(await app.app.exited).toBe(0);
  expect(app.seen.questions).toEqual([]);
  expect(app.seen.trays[0]?.isDestroyed()).toBe(true);
  await expect(fetch(address)).rejects.toThrow();
});

/** Changes the desktop's settings as the window would. */
async function desktop(change: Record<string, unknown>): Promise<void> {
  app.app.emit("activate");
  const page = await app.page();
  await page.waitForFunction(() => "bridge" in window);
  await page.evaluate((wanted) => Reflect.get(window, "bridge")?.call("setSettings", { change: { desktop: wanted } }), change);
}

test("R-30: set to finish, quitting asks nothing, the tray tells what it waits for, and the answer comes whole", async () => {
  await desktop({ quitting: "finish" });
  const answer = await longAnswer();
  app.app.quit();
  expect(app.seen.questions).toEqual([]);
  await app.until(() => app.seen.trays[0]?.toolTip.includes("Finishing 1 request,") || undefined);
  expect(await answer.text).toContain('"done":true');
  expect(await app.app.exited).toBe(0);
});

test("set to quit now, a running request is broken off without a question", async () => {
  await desktop({ quitting: "now" });
  const answer = await longAnswer();
  app.app.quit();
  expect(await app.app.exited).toBe(0);
  expect(app.seen.questions).toEqual([]);
  expect(await answer.text).not.toContain('"done":true');
});

test("F77: a signal asks nothing and is quick, also while requests are being finished", async () => {
  await desktop({ quitting: "finish" });
  const answer = await longAnswer();
  app.app.quit();
  const startedAt = performance.now();
  process.emit("SIGTERM");
  expect(await app.app.exited).toBe(0);
  expect([app.seen.questions, performance.now() - startedAt < 5_000]).toEqual([[], true]);
  await answer.text;
});

test("F77: Windows ends the session: the window hears it, and nothing is asked", async () => {
  app.app.emit("activate");
  const window = await app.until(() => app.seen.windows[0]);
  const answer = await longAnswer();
  window.emit("query-session-end", {});
  app.app.quit();
  expect(await app.app.exited).toBe(0);
  expect(app.seen.questions).toEqual([]);
  await answer.text;
});
