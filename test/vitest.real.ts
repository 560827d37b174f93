// `npm run test:real`: the adapter suite against real servers, one at a time. Says by name what it had to skip.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/device/**/*.test.ts"],
    environment: "node",
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    maxWorkers: 1,
    reporters: ["verbose"],
  },
});
