// The computer sleeps and wakes: the system's word reaches the engine, which looks after its nodes at once instead of at the next round.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startFleet } from "../../../src-core/simulator/fleet.ts";
import { launchChromium, type StartOptions, startApp } from "../../support/electron/start-app.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** A started app without its window, over one node that is asked only as often as `polling` says. */
async function startHidden(polling: Readonly<Record<string, number>>, before?: StartOptions["before"]) {
  const data = mkdtempSync(join(tmpdir(), "homeport-desktop-"));
  const fleet = await startFleet([{ id: "studio", kind: "ollama", models: [{ name: "llama3:8b", warm: true }] }]);
  const nodes = fleet.nodes.map((node) => node.config);
  writeFileSync(join(data, "settings.json"), JSON.stringify({ gateway: { port: 0 }, nodes, polling }));
  const app = await startApp({ browser, data, flags: ["--hidden"], ...(before === undefined ? {} : { before }) });
  onTestFinished(async () => {
    await app.quit();
    await fleet.stop();
    rmSync(data, { recursive: true, force: true });
  });
  const tray = await app.until(() => app.seen.trays[0]);
  await app.until(() => tray.menu?.lines[0]?.startsWith("Healthy: 1 of 1 node, 1 model") || undefined);
  return { app, tray, asked: () => fleet.nodes[0]?.simulated.record.requests.length ?? 0 };
}

test("F52: on resume every node is asked at once, and nobody is told of what ends by itself", async () => {
  const { app, asked } = await startHidden({ activeSeconds: 3_600, idleSeconds: 3_600 });
  const before = asked();
  app.powerMonitor.emit("resume");
  await app.until(() => asked() > before || undefined);
  expect(app.seen.notifications).toEqual([]);
});

test("UX-17: on battery traffic alone sets nobody on the short interval; back on the mains nodes are asked at once", async () => {
  let battery = true;
  let looks = 0;
  const { app, tray, asked } = await startHidden({ activeSeconds: 1, idleSeconds: 3_600 }, (machine) => {
    Object.defineProperty(machine, "onBattery", {
      get() {
        looks += 1;
        return battery;
      },
    });
  });
  tray.menu?.press("Copy address");
  const body = JSON.stringify({ model: "llama3:8b", stream: false, messages: [{ role: "user", content: "hi" }] });
  expect((await fetch(`${app.seen.clipboard}/api/chat`, { method: "POST", body })).status).toBe(200);
  expect(looks).toBeGreaterThan(0);
  const before = asked();
  battery = false;
  app.powerMonitor.emit("on-ac");
  await app.until(() => asked() > before || undefined);
  expect(app.seen.notifications).toEqual([]);
});
