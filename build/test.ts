// `npm test`: static checks, builds, every suite; ends with the plain count line and a non-zero exit code on any failure.
import { runChecks } from "./checks.ts";
import { buildIfStale, type PartName } from "./freshness.ts";
import { runSuites } from "./suites.ts";
import { countLine, sum, type Tally } from "./tally.ts";
import { workerFile } from "./worker-files.ts";

async function builds(name: PartName | "worker"): Promise<Tally> {
  try {
    if (name === "worker") await workerFile();
    else await buildIfStale(name);
    console.log(`✓ ${name} builds`);
    return { passed: 1, failed: 0, skipped: 0 };
  } catch (error) {
    console.log(`✗ ${name} does not build: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

console.log("── static checks");
const checked = await runChecks();
console.log("\n── builds");
const built = [await builds("window"), await builds("desktop"), await builds("worker")];
const tested = await runSuites(Boolean(process.env["CI"]));
const total = sum([checked, ...built, ...tested]);
console.log(`\n${countLine(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;
