// The browser suite: the built window in the system's Chromium, over the sample fleet and over a real engine with simulated nodes.
import { defineConfig } from "playwright/test";
import { chromium, locate } from "../../build/system-packages.ts";
import { chromiumArgs } from "./chromium-args.ts";

const executablePath = locate(chromium);
if (executablePath === undefined) console.error("browser: skipped, because Chromium is not installed (CHROMIUM may name its path)");

export default defineConfig({
  testDir: "browser",
  outputDir: "../../test-results/browser",
  globalSetup: "./global-setup.ts",
  // Without Chromium every test is left out, as the line above says.
  ...(executablePath === undefined ? { grep: /(?!)/ } : {}),
  workers: 1,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: {
    launchOptions: { args: [...chromiumArgs], ...(executablePath === undefined ? {} : { executablePath }) },
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
  },
});
