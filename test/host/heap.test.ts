// How the gateway's memory grows under load. The bug: a moment of load makes the young generation, and with it the process, large for good.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const heap = fileURLToPath(new URL("../../src-core/host/heap.ts", import.meta.url));

/** How large the young generation of a process mostly was that kept much of what it made for a while; in MB. */
function usualYoung(first: string): number {
  const program = `
    const { capYoungGeneration, youngBytes } = await import(${JSON.stringify(heap)});
    ${first}
    const sizes = [];
    let kept = [];
    for (let turn = 0; turn < 150; turn += 1) {
      for (let made = 0; made < 20_000; made += 1) kept.push({ made, more: [made] });
      if (kept.length > 150_000) kept = kept.slice(75_000);
      await new Promise((resolve) => setImmediate(resolve));
      sizes.push(youngBytes());
    }
    console.log(sizes.sort((a, b) => a - b)[sizes.length / 2] / 1024 / 1024);`;
  return Number(execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" }));
}

test("a load that fills the young generation again and again leaves it at 8 MB; left alone it grows to many times that", () => {
  expect(usualYoung("capYoungGeneration();")).toBeLessThanOrEqual(16);
  expect(usualYoung("")).toBeGreaterThan(16);
});
