// The static checks of `npm test` and `npm run check`: each counts as one test.
import { runNode } from "./child.ts";
import { root, tools } from "./paths.ts";

interface Check {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
}

const checks: readonly Check[] = [
  { name: "types: pure folders (no Node, no DOM)", script: tools.tsc, args: ["-p", "tsconfig.pure.json"] },
  { name: "types: engine, desktop, scripts, tests", script: tools.tsc, args: ["-p", "tsconfig.node.json"] },
  { name: "types: window", script: tools.tsc, args: ["-p", "tsconfig.web.json"] },
  {
    name: "Biome: lint and format",
    script: tools.biome,
    args: ["check", "--colors=off", "--max-diagnostics=30", "--error-on-warnings", "."],
  },
  { name: "import arrows", script: `${root}build/check-arrows.ts`, args: [] },
  { name: "nothing unused (knip)", script: tools.knip, args: ["--no-progress", "--no-config-hints"] },
  { name: "configuration schema up to date", script: `${root}build/config-schema.ts`, args: ["--check"] },
];

/** Longest life of one check, in milliseconds. */
const limitMs = 300_000;

async function runCheck(check: Check): Promise<boolean> {
  const ended = await runNode(check.script, check.args, { output: "collect", limitMs });
  const good = ended.code === 0;
  console.log(`${good ? "✓" : "✗"} ${check.name}`);
  if (!good) console.log(ended.timedOut ? `  did not end within ${limitMs / 1000} s` : ended.text.trimEnd().replace(/^/gm, "  "));
  return good;
}

/** Runs all static checks, two at a time, and tells each result as it comes. */
export async function runChecks(): Promise<{ readonly passed: number; readonly failed: number; readonly skipped: number }> {
  const waiting = [...checks];
  let passed = 0;
  const worker = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) if (await runCheck(check)) passed += 1;
  };
  await Promise.all([worker(), worker()]);
  return { passed, failed: checks.length - passed, skipped: 0 };
}

if (import.meta.main) process.exitCode = (await runChecks()).failed === 0 ? 0 : 1;
