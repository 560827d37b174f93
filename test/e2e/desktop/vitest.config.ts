// The desktop suite: electron/main and preload, unchanged, on the stand-in for Electron with a real Chromium page.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../../..", import.meta.url));

export default defineConfig({
  root,
  resolve: { alias: { electron: `${root}test/support/electron/electron.ts` } },
  test: {
    include: ["test/e2e/desktop/**/*.test.ts"],
    environment: "node",
    globalSetup: ["test/e2e/desktop/build.ts"],
    // Inlined, so that its import of "electron" meets the stand-in too.
    server: { deps: { inline: ["electron-store"] } },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    maxWorkers: 1,
  },
});
