// retries must not double the load of a house in trouble.
import { expect, it } from "vitest";
import { mayRetry } from "../../src-core/domain/retry-budget.ts";

it.each([
  [1, 0, true],
  [1, 2, true],
  [1, 3, false],
  [15, 2, true],
  [15, 3, false],
  [19, 3, false],
  [20, 3, true],
  [20, 4, false],
  [100, 19, true],
  [100, 20, false],
])("R-2: of %d under way, %d being retries already, one more may: %s", (inFlight, retries, may) => {
  expect(mayRetry(inFlight, retries)).toBe(may);
});
