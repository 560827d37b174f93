// Pictures of every page in every state, both themes and three widths, for looking at; beside them sheets that show a page's six at once.
// Run with: node test/e2e/screenshots.ts [FOLDER] [--only SCENE]
import { mkdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Browser, chromium as browserType, type Page } from "playwright/test";
import { buildIfStale } from "../../build/freshness.ts";
import { chromium, locate } from "../../build/system-packages.ts";
import { chromiumArgs } from "./chromium-args.ts";
import { openScene, scenes } from "./states.ts";

const { values, positionals } = parseArgs({ options: { only: { type: "string", default: "" } }, allowPositionals: true });
const folder = positionals[0] ?? "test-results/screenshots";
const executablePath = locate(chromium);
if (executablePath === undefined) throw new Error("Chromium is not installed; set CHROMIUM to its path.");

const themes = ["light", "dark"] as const;
const widths = [1280, 720, 420] as const;
/** A large house is a very long page; what is further down looks like what is above. */
const mostPx = 2_400;

/** Until nothing was drawn for a while: what is read only for what is in sight comes a moment later, and a new width is drawn in steps. */
function settled(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const quietMs = 300;
        let timer = setTimeout(resolve, quietMs);
        const watch = new MutationObserver(() => {
          clearTimeout(timer);
          timer = setTimeout(resolve, quietMs);
        });
        watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      }),
  );
}

/** One loading of the page serves all six: theme and width change under it, as they do under a person. */
async function photograph(page: Page, name: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await settled(page);
      // Only what is in sight is drawn, so the window is made as high as the page.
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({ width, height: Math.min(height, mostPx) });
      await settled(page);
      const file = `${name}-${colorScheme}-${width}.png`;
      await page.screenshot({ path: `${folder}/${file}` });
      files.push(file);
    }
  }
  return files;
}

async function sheet(page: Page, name: string, files: readonly string[]): Promise<void> {
  const picture = (file: string) => {
    const width = Number(/(\d+)\.png$/.exec(file)?.[1]) * 0.6;
    return `<img width=${width} src="data:image/png;base64,${readFileSync(`${folder}/${file}`).toString("base64")}">`;
  };
  const row = (theme: string) =>
    files
      .filter((file) => file.includes(`-${theme}-`))
      .map(picture)
      .join("");
  await page.setViewportSize({ width: 1_500, height: 800 });
  await page.setContent(
    `<style>*{margin:0}body{background:#888}div{display:flex;align-items:start;gap:8px;padding:4px}</style>${themes.map((theme) => `<div>${row(theme)}</div>`).join("")}`,
  );
  await page.screenshot({ path: `${folder}/sheets/${name}.png`, fullPage: true });
}

async function takeAll(browser: Browser): Promise<void> {
  mkdirSync(`${folder}/sheets`, { recursive: true });
  for (const scene of scenes.filter(({ name }) => name.startsWith(values.only))) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await openScene(page, scene);
    const files = await photograph(page, scene.name);
    await sheet(await context.newPage(), scene.name, files);
    await context.close();
  }
}

await buildIfStale("window");
const browser = await browserType.launch({ executablePath, args: [...chromiumArgs] });
try {
  await takeAll(browser);
} finally {
  await browser.close();
}
