// The page of usage: figures, chart, tables, budgets and file, over the sample sums and in every state in which they may be missing.
import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "playwright/test";
import { sampleSnapshot } from "../../support/sample-snapshot.ts";
import { sampleUsage, unusedHouse } from "../../support/sample-usage.ts";
import { test as engineTest } from "../engine.ts";
import { openSample } from "../sample-window.ts";

const chart = (page: Page) => page.getByRole("img", { name: /per day, as a chart/ });
/** How many pixels of the canvas have been drawn, and a sum of their colours: enough to tell two drawings apart. */
const drawn = (page: Page) =>
  page.locator(".chart-host canvas").evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) throw new Error("no canvas");
    const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let [pixels, colours] = [0, 0];
    for (let at = 0; at < data.length; at += 4) {
      if ((data[at + 3] ?? 0) === 0) continue;
      pixels += 1;
      colours += (data[at] ?? 0) + 3 * (data[at + 1] ?? 0) + 7 * (data[at + 2] ?? 0);
    }
    return { pixels, colours };
  });

test("issue 6: a chart has a name, its summary in words, and the same days as a table", async ({ page }) => {
  await openSample(page, "#/usage");
  await expect(chart(page)).toBeVisible();
  await expect(chart(page)).toHaveAccessibleDescription(/^[\d,]+ requests in the last 7 days, \d+ failed\. Most on 15 Nov: 520\.$/);
  expect((await drawn(page)).pixels).toBeGreaterThan(1_000);
  await page.getByRole("radio", { name: "Table" }).check();
  const days = page.getByRole("table", { name: "Usage per day" });
  await expect(days.getByRole("row")).toHaveCount(8);
  await expect(days.getByRole("row").nth(1)).toContainText("21 Nov");
  await expect(days.getByRole("row").nth(1)).toContainText("212");
});

test("UX 8: by keyboard alone: another range, another measure, another grouping, the table", async ({ page }) => {
  await openSample(page, "#/usage");
  await page.getByRole("radio", { name: "7 days" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("radio", { name: "30 days" })).toBeChecked();
  await expect(chart(page)).toHaveAccessibleDescription(/in the last 30 days/);
  await page.getByRole("radio", { name: /^Requests/ }).focus();
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("heading", { name: "First token per day" })).toBeVisible();
  await expect(chart(page)).toHaveAccessibleDescription(/waits and loads included\. Slowest on 16 Nov: 2\.9 s\.$/);
  await page.getByRole("radio", { name: "Model" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("table", { name: "Usage by node" }).getByRole("row").nth(1)).toContainText("studio");
});

test("issue 6 Usage: energy has its figure, its chart and its column where nodes were given watts, and says that it is estimated", async ({
  page,
}) => {
  await openSample(page, "#/usage");
  const choice = page.getByRole("radio", { name: /^Energy/ });
  await expect(page.locator('.total[data-measure="energy"]')).toContainText(/Energy\d+ Whestimated/);
  await choice.check();
  await expect(chart(page)).toHaveAccessibleDescription(
    /^About \d+ Wh in the last 7 days, from the watts given for nodes\. Most on 15 Nov: 224 Wh\.$/,
  );
  await expect(page.getByRole("table", { name: "Usage by model" }).getByRole("columnheader", { name: "Energy" })).toBeVisible();
});

test("issue 6 Usage: energy is not spoken of where nobody gave watts", async ({ page }) => {
  const without = Object.entries(sampleUsage).map(([key, { output }]) => {
    const sums = output.sums.map((sum) => ({ ...sum, wattHours: 0 }));
    return [key, { ok: true, output: { sums } }];
  });
  await openSample(page, "#/usage", { replies: Object.fromEntries(without) });
  await expect(page.getByRole("table", { name: "Usage by model" })).toBeVisible();
  await expect(page.locator("main")).not.toContainText("Energy");
});

test("UX decision 4: what was not measured is unknown in the tables, and costs that nobody knows are told beside the sum", async ({
  page,
}) => {
  await openSample(page, "#/usage");
  const models = page.getByRole("table", { name: "Usage by model" });
  await expect(models.getByRole("row", { name: /nomic-embed-text/ })).toContainText("unknown");
  await expect(models.getByRole("row", { name: /claude-sonnet/ })).toContainText("and 3 of unknown cost");
  await expect(models.getByRole("row", { name: /^Never sent/ })).toContainText("3 failed");
});

test("the chart follows the theme: bars of the light theme must not stay on the dark one", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await openSample(page, "#/usage");
  await expect(chart(page)).toBeVisible();
  const light = await drawn(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(async () => (await drawn(page)).colours).not.toBe(light.colours);
  await page.evaluate(() => document.documentElement.setAttribute("data-theme", "light"));
  await expect.poll(async () => (await drawn(page)).colours).toBe(light.colours);
  await page.emulateMedia({ colorScheme: "light", forcedColors: "active" });
  await expect.poll(async () => (await drawn(page)).colours).not.toBe(light.colours);
});

test("the chart keeps within a window that is made narrower", async ({ page }) => {
  await openSample(page, "#/usage");
  await expect(chart(page)).toBeVisible();
  await page.setViewportSize({ width: 420, height: 800 });
  await expect.poll(() => page.locator(".chart-host canvas").evaluate((canvas) => canvas.getBoundingClientRect().right)).toBeLessThan(420);
});

test("issue 6: budgets say what is spent, the limit, and where this pace leads, as an estimate", async ({ page }) => {
  await openSample(page, "#/usage");
  const budgets = page.getByRole("region", { name: "Budgets" });
  await expect(budgets.locator(".budget").first()).toContainText(" of ");
  await expect(budgets.getByText(/At this pace .*\(estimate\)\./).first()).toBeVisible();
});

const inApp = (desktop: boolean) => ({ snapshot: { ...sampleSnapshot, app: { ...sampleSnapshot.app, desktop } } });

test("issue 6: the file holds the shown days and groups, in full", async ({ page }) => {
  await openSample(page, "#/usage", inApp(false));
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV" }).click();
  const file = await saving;
  expect(file.suggestedFilename()).toBe("homeport-usage-2026-11-21.csv");
  const lines = (await readFile(await file.path(), "utf8")).trimEnd().split("\r\n");
  expect(lines).toHaveLength(1 + 7 + 5);
  expect(lines[7]).toMatch(/^day,2026-11-21,212,/);
  expect(lines[8]).toMatch(/^model,qwen3:8b,1190,/);
});

test("S-53: the desktop window may not save files, so there the figures are copied instead of a button that does nothing", async ({
  page,
}) => {
  await openSample(page, "#/usage", inApp(true));
  await expect(page.getByRole("button", { name: "Copy as CSV" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Save as CSV" })).toHaveCount(0);
});

test("nothing was asked yet: the page says where to point an app, and draws no empty chart", async ({ page }) => {
  await openSample(page, "#/usage", { replies: unusedHouse });
  await expect(page.getByRole("heading", { name: "Nothing was asked yet" })).toBeVisible();
  await expect(chart(page)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Save as CSV" })).toHaveCount(0);
});

test("figures that cannot be read: the reason and a way on; what was read before stays and says when", async ({ page }) => {
  const failure = { kind: "internal", message: "The journal is locked by another program." };
  await openSample(page, "#/usage", { replies: { "usage client": { ok: false, failure } } });
  await expect(chart(page)).toBeVisible();
  await page.getByRole("radio", { name: "Client" }).check();
  const alert = page.locator("main").getByRole("alert");
  await expect(alert).toContainText("The journal is locked by another program. These figures are of ");
  await expect(page.getByRole("heading", { name: "By model" })).toBeVisible();
  await page.getByRole("radio", { name: "Node" }).check();
  await expect(alert).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "By node" })).toBeVisible();
});

engineTest(
  "issue 6: what was asked through the gateway stands on the page at once, with its wait for the load, from the journal",
  async ({ page, engine }) => {
    await page.goto(engine.window);
    await expect(page.getByRole("region", { name: /^Attic/ }).getByText("Up", { exact: true })).toBeVisible();
    const answer = await fetch(`${engine.gateway}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "qwen3:4b", messages: [{ role: "user", content: "Say hello." }] }),
    });
    expect(answer.status).toBe(200);
    await answer.text();
    await page.getByRole("link", { name: "Usage" }).click();
    await expect(page.locator('[data-measure="requests"].total')).toContainText("1");
    await page.getByRole("radio", { name: "Today" }).check();
    await expect(page.getByText("1 request today.")).toBeVisible();
    await page.getByRole("radio", { name: "Node" }).check();
    const row = page.getByRole("table", { name: "Usage by node" }).getByRole("row").nth(1);
    await expect(row).toContainText(/\d (?:ms|s)/);
    await page.reload();
    const requests = page.locator('.total[data-measure="requests"]');
    await expect(requests).toContainText("1");
    await engine.kill();
    await expect(page.getByText(/^Homeport is not answering\. These figures are of \d\d:\d\d:\d\d\.$/)).toBeVisible();
    await expect(requests).toContainText("1");
  },
);
