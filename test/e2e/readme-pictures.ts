// Makes the README's pictures: the built window in light and dark over the sample house, and the tray's menu. Run by hand after the looks changed
// (`npm run pictures`); what it writes to build/images is committed.
import { mkdirSync, writeFileSync } from "node:fs";
import { type Browser, chromium as browserType } from "playwright/test";
import { buildIfStale } from "../../build/freshness.ts";
import { root } from "../../build/paths.ts";
import { smallPng } from "../../build/small-png.ts";
import { chromium, locate } from "../../build/system-packages.ts";
import { sampleSnapshot } from "../support/sample-snapshot.ts";
import { chromiumArgs } from "./chromium-args.ts";
import { openSample } from "./sample-window.ts";
import { states } from "./states.ts";
import { trayPicture } from "./tray-picture.ts";

const folder = `${root}build/images`;
const executablePath = locate(chromium);
if (executablePath === undefined) throw new Error("Chromium is not installed; set CHROMIUM to its path.");

/** Two loads on their way, one node that gets nothing for now, and all else well. */
const { fleet } = states.loading.snapshot ?? sampleSnapshot;
const { attic } = sampleSnapshot.fleet.nodes;
const snapshot = { ...sampleSnapshot, fleet: { ...fleet, nodes: { ...fleet.nodes, ...(attic === undefined ? {} : { attic }) } } };

const shots = [
  { name: "nodes-light", hash: "#/nodes", colorScheme: "light", height: 900 },
  { name: "nodes-dark", hash: "#/nodes", colorScheme: "dark", height: 900 },
  { name: "activity-light", hash: "#/activity", colorScheme: "light", height: 620 },
  { name: "usage-dark", hash: "#/usage", colorScheme: "dark", height: 760 },
] as const;

function keep(name: string, picture: Buffer): void {
  const small = smallPng(picture);
  writeFileSync(`${folder}/${name}.png`, small);
  console.log(`${name}.png: ${Math.round(small.length / 1024)} KiB`);
}

async function take(browser: Browser): Promise<void> {
  for (const { name, hash, colorScheme, height } of shots) {
    const viewport = { width: 1180, height };
    const page = await browser.newPage({ colorScheme, viewport, reducedMotion: "reduce", deviceScaleFactor: 1.5 });
    await openSample(page, hash, { snapshot });
    await page.locator("main section, main table").first().waitFor();
    // How quick each node was is asked for when it comes into sight.
    if (hash === "#/nodes") await page.locator("[data-node=rack] .sparkline").waitFor();
    keep(name, await page.screenshot());
    await page.close();
  }
  const page = await browser.newPage({ deviceScaleFactor: 2 });
  keep("tray", await trayPicture(page, snapshot));
}

mkdirSync(folder, { recursive: true });
await buildIfStale("window");
const browser = await browserType.launch({ executablePath, args: [...chromiumArgs] });
try {
  await take(browser);
} finally {
  await browser.close();
}
