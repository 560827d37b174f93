// `node test/bench/window.ts [--nodes 150] [--pictures FOLDER] [--renderer FOLDER]`: the window over a large simulated house in a real browser.
// Each page is scrolled from end to end while the nodes are polled: how long frames take, and how long the page's own thread is busy at a stretch.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium as browserType, type Page } from "playwright/test";
import { z } from "zod";
import { chromium, locate } from "../../build/system-packages.ts";
import { chromiumArgs } from "../e2e/chromium-args.ts";

const { values } = parseArgs({ options: { nodes: { type: "string", default: "150" }, pictures: { type: "string" } } });
const executablePath = locate(chromium);
if (executablePath === undefined) throw new Error("Chromium is not installed; set CHROMIUM to its path.");

const Ready = z.object({ control: z.string(), token: z.string() });
/** A frame of a display with 60 in a second. */
const frameMs = 1000 / 60;
const pages = [
  { name: "Nodes", hash: "#/nodes" },
  { name: "Models", hash: "#/models" },
  { name: "Models, have on", hash: "#/models", choose: "Have on" },
] as const;

async function demo(data: string): Promise<{ child: ChildProcess; ready: z.infer<typeof Ready> }> {
  const cli = fileURLToPath(new URL("../../src-core/cli.ts", import.meta.url));
  const args = [
    "serve",
    "--demo",
    "--demo-nodes",
    values.nodes,
    "--data",
    data,
    "--port",
    "0",
    "--control-port",
    "0",
    "--no-discover",
    "--json",
  ];
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, ready: Ready.parse(JSON.parse(String(line))) };
}

interface Figures {
  readonly frames: readonly number[];
  readonly longest: number;
  readonly busyShare: number;
}

/** Scrolls for five seconds, and looks at every frame. */
function scroll(page: Page): Promise<Figures> {
  return page.evaluate(async () => {
    const scrolled = document.querySelector<HTMLElement>(".matrix-frame") ?? document.documentElement;
    const tasks: number[] = [];
    const watcher = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
    watcher.observe({ type: "longtask", buffered: false });
    const frames: number[] = [];
    const begun = performance.now();
    let last = begun;
    await new Promise<void>((resolve) => {
      const step = (at: number) => {
        frames.push(at - last);
        last = at;
        scrolled.scrollBy(0, 40);
        if (scrolled.scrollTop + scrolled.clientHeight >= scrolled.scrollHeight - 50) scrolled.scrollTo(0, 0);
        if (at - begun > 5_000) resolve();
        else requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    });
    watcher.disconnect();
    return {
      frames: frames.slice(2),
      longest: Math.max(0, ...tasks),
      busyShare: tasks.reduce((sum, ms) => sum + ms, 0) / (performance.now() - begun),
    };
  });
}

const at = (sorted: readonly number[], part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

async function measure(page: Page, address: string): Promise<void> {
  for (const one of pages) {
    await page.goto(`${address}${one.hash}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    if ("choose" in one) await page.getByRole("radio", { name: one.choose }).check();
    await page.waitForTimeout(3_000);
    const { frames, longest, busyShare } = await scroll(page);
    const sorted = frames.toSorted((a, b) => a - b);
    const late = frames.filter((ms) => ms > frameMs * 1.5).length / frames.length;
    console.log(
      `${one.name.padEnd(16)} frames: median ${at(sorted, 0.5).toFixed(1)} ms, p95 ${at(sorted, 0.95).toFixed(1)} ms, ` +
        `${(late * 100).toFixed(1)} % late; longest task ${longest.toFixed(0)} ms, ${(busyShare * 100).toFixed(1)} % in long tasks`,
    );
  }
}

async function take(folder: string, address: string, browser: Awaited<ReturnType<typeof browserType.launch>>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1280, 420]) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" });
      const page = await context.newPage();
      await page.goto(`${address}#token=${ready.token}`);
      for (const one of pages) {
        await page.goto(`${address}${one.hash}`);
        await page.getByRole("heading", { level: 1 }).waitFor();
        if ("choose" in one) await page.getByRole("radio", { name: one.choose }).check();
        await page.waitForTimeout(1_000);
        await page.screenshot({ path: join(folder, `${one.name.replaceAll(/\W+/g, "-").toLowerCase()}-${colorScheme}-${width}.png`) });
      }
      await context.close();
    }
  }
}

const data = mkdtempSync(join(tmpdir(), "homeport-bench-"));
const { child, ready } = await demo(data);
const browser = await browserType.launch({ executablePath, args: [...chromiumArgs] });
try {
  const address = `${ready.control}/`;
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${address}#token=${ready.token}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await measure(page, address);
  if (values.pictures !== undefined) await take(values.pictures, address, browser);
} finally {
  await browser.close();
  child.kill();
  rmSync(data, { recursive: true, force: true });
}
