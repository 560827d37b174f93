// The count line is what CI believes: a broken run must never read as a good one.
import { expect, test } from "vitest";
import { countLine, readPlaywrightReport, readVitestReport, sum } from "../../build/tally.ts";

const file = (status: string, ...tests: readonly string[]) => ({ status, assertionResults: tests.map((one) => ({ status: one })) });
const vitest = (passed: number, failed: number, skipped: number, ...testResults: readonly unknown[]) =>
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped, numTodoTests: 0, testResults });

test("a test file that could not be imported counts as a failure though none of its tests ran", () => {
  const report = vitest(1, 0, 0, file("passed", "passed"), file("failed"));
  expect(readVitestReport(report, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test("a file with a failing test is counted once, not once for the test and once for the file", () => {
  const report = vitest(2, 1, 3, file("failed", "passed", "failed", "passed"));
  expect(readVitestReport(report, 1)).toEqual({ passed: 2, failed: 1, skipped: 3 });
});

test("a runner that ends badly after only good tests (an unhandled rejection) counts as a failure", () => {
  expect(readVitestReport(vitest(5, 0, 0, file("passed", "passed")), 1).failed).toBe(1);
});

test("a browser test that passed only on its second try counts as a failure", () => {
  const report = JSON.stringify({ stats: { expected: 3, unexpected: 0, flaky: 1, skipped: 2 }, errors: [] });
  expect(readPlaywrightReport(report, 0)).toEqual({ passed: 3, failed: 1, skipped: 2 });
});

test("the last line adds everything up in the words that scripts read", () => {
  const total = sum([
    { passed: 7, failed: 0, skipped: 0 },
    { passed: 2, failed: 1, skipped: 4 },
  ]);
  expect(countLine(total)).toBe("9 passed, 1 failed, 4 skipped");
});
