// Where things stand in the repository, for the scripts in build/.
import { fileURLToPath } from "node:url";

/** The repository, with a trailing slash. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** Reports of checks, tests and benchmarks; ignored by git. */
export const resultsDir = `${root}test-results`;

/** An installed package's command-line script, to be run by the pinned Node (`process.execPath`): the same on every platform. */
export const tools = {
  tsc: `${root}node_modules/typescript/bin/tsc`,
  biome: `${root}node_modules/@biomejs/biome/bin/biome`,
  knip: `${root}node_modules/knip/bin/knip.js`,
  vitest: `${root}node_modules/vitest/vitest.mjs`,
  playwright: `${root}node_modules/playwright/cli.js`,
} as const;
