// Draws every size of the app's icon from build/icons/*.svg with the system's Chromium: run by hand after a drawing changed. What it writes is
// committed, so that packaging needs no browser.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { chromium as playwright } from "playwright";
import { allSizes, icnsOf, icoOf, linuxSizes, smallUpTo } from "./icon-files.ts";
import { root } from "./paths.ts";
import { chromium, locate } from "./system-packages.ts";

const icons = `${root}build/icons`;

async function draw(): Promise<ReadonlyMap<number, Buffer>> {
  const executablePath = locate(chromium);
  if (executablePath === undefined) throw new Error("Icons are drawn with Chromium, which is not installed here.");
  const browser = await playwright.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  try {
    const page = await browser.newPage();
    const drawn = new Map<number, Buffer>();
    for (const size of allSizes) {
      const svg = readFileSync(`${icons}/${size <= smallUpTo ? "small" : "icon"}.svg`, "utf8");
      await page.setViewportSize({ width: size, height: size });
      await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
      drawn.set(size, await page.screenshot({ omitBackground: true }));
    }
    return drawn;
  } finally {
    await browser.close();
  }
}

const drawn = await draw();
const png = (size: number): Buffer => {
  const found = drawn.get(size);
  if (found === undefined) throw new Error(`No icon of ${size} pixels was drawn.`);
  return found;
};
mkdirSync(`${icons}/sizes`, { recursive: true });
for (const size of linuxSizes) writeFileSync(`${icons}/sizes/${size}x${size}.png`, png(size));
writeFileSync(`${icons}/icon.ico`, icoOf(png));
writeFileSync(`${icons}/icon.icns`, icnsOf(png));
