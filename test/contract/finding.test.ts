// What a search may be asked for, and what is done unasked: nothing beyond this computer.
import { expect, test } from "vitest";
import { defaultConfig } from "../../src-core/contract/config.ts";
import { FindWish } from "../../src-core/contract/finding.ts";

test("S-44: nobody is told of this gateway unless a person allows it", () => {
  expect(defaultConfig.discovery).toEqual({ enabled: true, advertise: false });
});

test.each([
  [{ sources: [] }],
  [{ sources: ["internet"] }],
  [{ sources: ["subnet"], subnet: "x".repeat(65) }],
  [{ sources: ["subnet"], key: "sk-secret" }],
])("a wish for %j is refused", (wish) => {
  expect(FindWish.safeParse(wish).success).toBe(false);
});
