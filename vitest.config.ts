// The suites `npm test` runs in Node. Browser, desktop, real-server and benchmark suites have runners of their own.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
    exclude: ["test/e2e/browser/**", "test/e2e/desktop/**", "test/device/**", "test/bench/**", "test/fixtures/**"],
    environment: "node",
    testTimeout: 30_000,
    hookTimeout: 10_000,
    teardownTimeout: 5_000,
    passWithNoTests: true,
    maxWorkers: 2,
  },
});
