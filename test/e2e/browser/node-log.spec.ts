// What happened on a node and how quickly it answers, as the window tells it: over the sample, standing still, and over a real engine.
import { expect, type Page } from "playwright/test";
import { nodeLogReply, sampleEntries, sampleProbes } from "../../support/sample-node-log.ts";
import { test } from "../engine.ts";
import { openSample, type Sample } from "../sample-window.ts";
import { states } from "../states.ts";

const replies = nodeLogReply();
const asksFor = (page: Page) => page.evaluate(() => globalThis.asked.filter((call) => call.method === "nodeLog").map((call) => call.input));

async function openStory(page: Page, sample: Sample = { replies }): Promise<ReturnType<Page["getByRole"]>> {
  await openSample(page, "#/nodes", sample);
  await page.getByRole("button", { name: "What happened on studio" }).click();
  return page.getByRole("dialog", { name: "What happened on studio" });
}

test("issue 6: each node draws how quickly it answers, and its name says it", async ({ page }) => {
  await openSample(page, "#/nodes", { replies });
  const studio = page.getByRole("region", { name: "studio" });
  await studio.scrollIntoViewIfNeeded();
  await expect(studio.getByRole("img", { name: "in the last" })).toHaveAccessibleName(
    /^Answers in \d+ ms, 9 ms to 40 ms in the last 5 min, 2 misses$/,
  );
});

test("issue 6: of 150 nodes only those in sight are asked how quickly they answer, and none that was scrolled past", async ({ page }) => {
  await openSample(page, "#/nodes", { ...states.large, replies: { ...states.large.replies, ...replies } });
  await expect(page.locator(".sparkline").first()).toBeVisible();
  const early = await asksFor(page);
  expect(early.length).toBeLessThan(20);
  await page.getByRole("region", { name: "node-150" }).scrollIntoViewIfNeeded();
  await expect.poll(async () => JSON.stringify(await asksFor(page))).toContain("node-150");
  expect((await asksFor(page)).length).toBeLessThan(40);
});

test("issue 6: what happened is listed newest first, with the reason, the day where it is not today, and how often", async ({ page }) => {
  const dialog = await openStory(page);
  const entries = dialog.getByRole("listitem");
  await expect(entries).toHaveCount(sampleEntries.length);
  await expect(entries.first()).toContainText("mistral-small:24b was unloaded to make room for gemma3:27b.");
  await expect(entries.nth(6)).toContainText("studio ran out of memory while loading llama3.3:70b.");
  await expect(entries.nth(8)).toContainText("7 times, last at this time.");
  await expect(entries.first().locator("time")).toHaveText(/^\d\d:\d\d:\d\d$/);
  await expect(entries.last().locator("time")).toHaveText(/Nov/);
});

test("issue 6: one topic is asked for and older entries on demand", async ({ page }) => {
  const dialog = await openStory(page);
  await dialog.getByRole("button", { name: "Show older" }).click();
  await expect.poll(() => asksFor(page)).toContainEqual({ node: "studio", limit: 80 });
  await dialog.getByLabel("Show", { exact: true }).selectOption("Models and memory");
  await expect.poll(() => asksFor(page)).toContainEqual({ node: "studio", limit: 40, about: "models" });
});

test("issue 6: where nothing happened yet it says so, and why a topic shows nothing", async ({ page }) => {
  const empty = await openStory(page, { replies: nodeLogReply({ entries: [], probes: [] }) });
  await expect(empty.getByText("Nothing yet. What happens from now on is told here.")).toBeVisible();
  await expect(empty.getByText("It was not looked at since Homeport started.")).toBeVisible();
  await empty.getByLabel("Show", { exact: true }).selectOption("Settings");
  await expect(empty.getByText("Nothing of this kind.")).toBeVisible();
});

test("issue 6: each check is in a table too, newest first, misses in words", async ({ page }) => {
  const dialog = await openStory(page);
  await dialog.getByText("Show each check").click();
  const rows = dialog.getByRole("table", { name: "The last checks, newest first" }).getByRole("row");
  await expect(rows).toHaveCount(sampleProbes.length + 1);
  await expect(rows.nth(1)).toContainText("12 ms");
  await expect(dialog.getByText("no answer")).toHaveCount(2);
});

test("issue 6: what cannot be read says why and is tried again on demand", async ({ page }) => {
  const failure = { kind: "not-found", message: "There is no node studio any more." };
  const dialog = await openStory(page, { replies: { nodeLog: { ok: false, failure } } });
  await expect(dialog.getByRole("alert")).toContainText("What happened could not be read. There is no node studio any more.");
  const before = (await asksFor(page)).length;
  await dialog.getByRole("button", { name: "Try again" }).click();
  await expect.poll(async () => (await asksFor(page)).length).toBeGreaterThan(before);
});

test("By keyboard alone: open what happened, close it, and stand where one stood", async ({ page }) => {
  await openSample(page, "#/nodes", { replies });
  const opener = page.getByRole("button", { name: "What happened on studio" });
  await opener.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(opener).toBeFocused();
});

test("issue 6: what happens meanwhile appears by itself, and stays with its time when the engine goes", async ({
  page,
  context,
  engine,
}) => {
  await page.goto(engine.window);
  await page.getByRole("button", { name: "What happened on Attic (mini PC)" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("Homeport started.")).toBeVisible();
  await expect(dialog.getByText("It answers.")).toBeVisible();
  const other = await context.newPage();
  await other.goto(engine.window);
  await other.getByRole("button", { name: "More for Attic (mini PC)" }).click();
  await other.getByRole("menuitem", { name: "Stop sending for a while" }).click();
  await expect(dialog.getByText("Somebody stopped sending requests there.")).toBeVisible();
  await other.close();
  await engine.kill();
  await expect(dialog.getByText(/^Homeport is not answering\. This is what was known at \d\d:\d\d:\d\d\.$/)).toBeVisible();
  await expect(dialog.getByText("Somebody stopped sending requests there.")).toBeVisible();
});
