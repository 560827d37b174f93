// The test suites of `npm test`: which runner, which report, and what each needs from the machine.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runNode } from "./child.ts";
import { resultsDir, root, tools } from "./paths.ts";
import { chromium, locate, natsServer, redisServer, type SystemPackage, versionLine } from "./system-packages.ts";
import { readPlaywrightReport, readVitestReport, type Tally } from "./tally.ts";

interface Suite {
  readonly name: string;
  readonly runner: "vitest" | "playwright";
  readonly config: string;
  readonly needs: readonly SystemPackage[];
}

const suites: readonly Suite[] = [
  { name: "units and sockets", runner: "vitest", config: "vitest.config.ts", needs: [] },
  { name: "desktop on the Electron stand-in", runner: "vitest", config: "test/e2e/desktop/vitest.config.ts", needs: [chromium] },
  { name: "browser", runner: "playwright", config: "test/e2e/playwright.config.ts", needs: [chromium] },
];

/** Longest life of one suite, in milliseconds. */
const limitMs = 900_000;

function commandOf(suite: Suite, report: string): { readonly script: string; readonly args: readonly string[] } {
  return suite.runner === "vitest"
    ? {
        script: tools.vitest,
        args: ["run", "--config", suite.config, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
      }
    : { script: tools.playwright, args: ["test", "--config", suite.config, "--reporter=list,json"] };
}

/** Runs one suite with its output shown. A runner that leaves no readable report counts as one failure. */
async function runSuite(suite: Suite): Promise<Tally> {
  const report = join(resultsDir, `${suite.name.replaceAll(" ", "-")}.json`);
  rmSync(report, { force: true });
  const { script, args } = commandOf(suite, report);
  const browser = locate(chromium);
  const env = {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    ...(process.stdout.isTTY ? {} : { NO_COLOR: "1" }),
    ...(browser === undefined ? {} : { CHROMIUM: browser }),
  };
  const ended = await runNode(script, args, { output: "inherit", env, limitMs });
  if (ended.timedOut) console.log(`✗ ${suite.name}: did not end within ${limitMs / 1000} s`);
  try {
    const text = readFileSync(report, "utf8");
    return suite.runner === "vitest" ? readVitestReport(text, ended.code) : readPlaywrightReport(text, ended.code);
  } catch {
    console.log(`✗ ${suite.name}: the runner ended with exit code ${ended.code} and left no report`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Runs every suite there is. A missing system package skips its suite with a line that names it; in CI that is a failure. */
export async function runSuites(inCi: boolean): Promise<readonly Tally[]> {
  mkdirSync(resultsDir, { recursive: true });
  console.log("\n── servers that the suites start");
  for (const server of [natsServer, redisServer]) console.log(versionLine(server));
  const tallies: Tally[] = [];
  for (const suite of suites.filter((one) => existsSync(join(root, one.config)))) {
    const missing = suite.needs.filter((one) => locate(one) === undefined).map((one) => one.name);
    if (missing.length === 0) {
      console.log(`\n── ${suite.name}`);
      tallies.push(await runSuite(suite));
    } else {
      console.log(
        `\n${inCi ? "✗" : "–"} ${suite.name}: ${inCi ? "cannot run" : "skipped"}, because ${missing.join(" and ")} is not installed`,
      );
      tallies.push({ passed: 0, failed: inCi ? 1 : 0, skipped: inCi ? 0 : 1 });
    }
  }
  return tallies;
}
