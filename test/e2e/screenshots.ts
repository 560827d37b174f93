// Pictures of every page in both themes and three widths, into the folder given: for looking at, and for the README.
// Run with: node test/e2e/screenshots.ts FOLDER
import { mkdirSync } from "node:fs";
import { chromium as browserType } from "playwright/test";
import { chromium, locate } from "../../build/system-packages.ts";
import { modelsSnapshot } from "../support/sample-models.ts";
import { sampleSnapshot } from "../support/sample-snapshot.ts";
import { unusedHouse } from "../support/sample-usage.ts";
import { chromiumArgs } from "./chromium-args.ts";
import { openSample, type Sample } from "./sample-window.ts";

const folder = process.argv[2] ?? "test-results/screenshots";
const executablePath = locate(chromium);
if (executablePath === undefined) throw new Error("Chromium is not installed; set CHROMIUM to its path.");
const noNodes = { ...sampleSnapshot, fleet: { ...sampleSnapshot.fleet, nodes: {}, loads: {} }, notices: [] };
const pages: readonly { readonly name: string; readonly hash: string; readonly sample?: Sample }[] = [
  { name: "nodes", hash: "#/nodes" },
  { name: "models", hash: "#/models", sample: { snapshot: modelsSnapshot } },
  { name: "activity", hash: "#/activity" },
  { name: "routing", hash: "#/routing" },
  { name: "usage", hash: "#/usage" },
  { name: "no-usage", hash: "#/usage", sample: { replies: unusedHouse } },
  { name: "connect", hash: "#/connect" },
  { name: "settings", hash: "#/settings" },
  { name: "no-nodes", hash: "#/nodes", sample: { snapshot: noNodes } },
  { name: "no-traffic", hash: "#/activity", sample: { activity: [] } },
];

mkdirSync(folder, { recursive: true });
const browser = await browserType.launch({ executablePath, args: [...chromiumArgs] });
for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 420, 320]) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" });
    for (const { name, hash, sample } of pages) {
      const page = await context.newPage();
      await openSample(page, hash, sample);
      await page.locator("h1, h2").first().waitFor();
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}-${width}.png`, fullPage: true });
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
