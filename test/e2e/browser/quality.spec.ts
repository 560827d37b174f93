// What the window may cost (issue 6): its size, its first picture, and that a push draws only what changed, with 5,000 rows and with 150 nodes.
// Work is counted rather than timed, since machines that run tests are busy ones.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "playwright/test";
import { noon } from "../../support/builders.ts";
import { openSample } from "../sample-window.ts";
import { states } from "../states.ts";

declare global {
  /** How often a field that only a drawn line reads was read. */
  var reads: number;
}

const built = fileURLToPath(new URL("../../../dist/renderer", import.meta.url));
const mostBytes = 350 * 1024;

test.describe.configure({ timeout: 90_000 });

test("issue 6: the whole window is under 350 KB of gzip", () => {
  const files = readdirSync(built, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const bytes = files.reduce((sum, { parentPath, name }) => sum + gzipSync(readFileSync(`${parentPath}/${name}`)).length, 0);
  expect(files.length).toBeGreaterThan(2);
  console.log(`the window: ${Math.round(bytes / 1024)} KiB gzipped`);
  expect(bytes).toBeLessThan(mostBytes);
});

test("issue 6: the first picture comes within a second", async ({ page }) => {
  await openSample(page, "#/nodes");
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await page.reload();
    await page.locator(".panel").first().waitFor();
    times.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.POSITIVE_INFINITY));
  }
  console.log(`first picture after ${times.map(Math.round).join(", ")} ms`);
  // The best of three: another program's burst is no slow window.
  expect(Math.min(...times)).toBeLessThan(1_000);
});

test("issue 6: of 5,000 rows a push draws only the one that changed", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openSample(page, "#/activity", { activity: [] });
  await page.getByRole("heading", { name: "No requests yet" }).waitFor();
  await page.evaluate((rows) => {
    globalThis.reads = 0;
    const watched = rows.map((row) => {
      const { decidedBy } = row;
      const get = () => {
        globalThis.reads += 1;
        return decidedBy;
      };
      return Object.defineProperty({ ...row }, "decidedBy", { get, enumerable: true });
    });
    globalThis.push({ type: "activity", rows: watched });
  }, states.large.activity ?? []);
  await expect(page.locator("tr.request").nth(5)).toBeVisible();
  const drawn = await page.evaluate(() => globalThis.reads);
  expect(drawn).toBeGreaterThan(5);
  expect(drawn).toBeLessThan(400);
  await page.evaluate(() => {
    globalThis.reads = 0;
  });
  const running = states.large.activity?.find(({ id }) => id === "r9");
  await page.evaluate((row) => globalThis.push({ type: "activity", rows: [row] }), { ...running, tokensPerSecond: 77.7 });
  await expect(page.locator('[data-request="r9"]')).toContainText("77.7");
  expect(await page.evaluate(() => globalThis.reads)).toBe(0);
  expect(await page.locator("tr.request").count()).toBeLessThan(100);
});

test("issue 6: of 150 nodes a push draws only the one that changed", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openSample(page, "#/nodes", states.empty);
  await page.getByRole("heading", { name: "No nodes yet" }).waitFor();
  await page.evaluate((snapshot) => {
    globalThis.reads = 0;
    const watched = Object.entries(Object(snapshot).fleet.nodes).map(([id, node]) => {
      const { memory } = Object(node);
      const get = () => {
        globalThis.reads += 1;
        return memory;
      };
      return [id, Object.defineProperty({ ...Object(node) }, "memory", { get, enumerable: true })];
    });
    const push = (nodes: unknown, more: object) =>
      globalThis.push({ type: "snapshot", snapshot: { ...snapshot, ...more, fleet: { ...Object(snapshot).fleet, nodes } } });
    const nodes = Object.fromEntries(watched);
    push(nodes, {});
    Object.assign(globalThis, {
      pushOne: (now: number) => {
        const first = { ...nodes["node-001"], latencyMs: 432 };
        // From here on nothing is read of a node that is not drawn anew; ages and countdowns tick without it.
        globalThis.reads = 0;
        push({ ...nodes, "node-001": first }, { now, version: 13 });
      },
    });
  }, states.large.snapshot);
  await expect(page.locator(".panel")).toHaveCount(150);
  await page.evaluate((now) => Object(globalThis).pushOne(now), noon + 250);
  await expect(page.locator('[data-node="node-001"]')).toContainText("432 ms");
  expect(await page.evaluate(() => globalThis.reads)).toBe(0);
});
