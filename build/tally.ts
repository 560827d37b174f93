// Counts of passed, failed and skipped, read from the reports of the runners. Rule: a run that broke is never counted as nothing.
import { z } from "zod";

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The sum of all parts. */
export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce((left, right) => ({
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  }));
}

/** The plain line that scripts read: `N passed, N failed, N skipped`. */
export function countLine(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`;
}

const VitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

const PlaywrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  errors: z.array(z.unknown()).default([]),
});

/** A file that failed before its first test (a broken import, say) counts as one failure; so does a runner that ended badly with none. */
function honest(tally: Tally, exitCode: number): Tally {
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/** Reads vitest's JSON report. Throws where it is not one. */
export function readVitestReport(text: string, exitCode: number): Tally {
  const report = VitestReport.parse(JSON.parse(text));
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  const tally = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  return honest(tally, exitCode);
}

/** Reads Playwright's JSON report; a test that passed only on a second try is a failure. Throws where it is not a report. */
export function readPlaywrightReport(text: string, exitCode: number): Tally {
  const { stats, errors } = PlaywrightReport.parse(JSON.parse(text));
  return honest({ passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped }, exitCode);
}
