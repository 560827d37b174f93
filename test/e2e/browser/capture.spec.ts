// Capture in the window: off until a person switches it on, said on every page while it lasts, read in a request's details, and gone with one click.
import { expect, type Page } from "playwright/test";
import { capturingSnapshot, sampleCaptured } from "../../support/sample-capture.ts";
import { sampleSnapshot } from "../../support/sample-snapshot.ts";
import { test } from "../engine.ts";
import { openSample } from "../sample-window.ts";

const sent = (page: Page, method: string) =>
  page.evaluate((name) => globalThis.asked.filter((one) => one.method === name).map((one) => one.input), method);
const section = (page: Page) => page.getByRole("region", { name: "Capture requests" });
const standing = (page: Page) => page.getByRole("status", { name: "Standing messages" });
const row = '[data-request="r6"] .expand';
const replies = { captured: { ok: true, output: sampleCaptured } };

test("S-82: it is off, says what it would keep, and is switched on for one app", async ({ page }) => {
  await openSample(page, "#/settings/privacy");
  await expect(section(page)).toContainText("off until you switch it on, and ends by itself after 15 minutes");
  await expect(section(page)).toContainText("never on disk, in the log or in an export");
  await expect(standing(page)).not.toContainText("captured");
  await section(page).getByLabel("Of which app").selectOption("laptop");
  await section(page).getByLabel("Of which app").focus();
  await page.keyboard.press("Tab");
  await expect(section(page).getByRole("button", { name: "Capture for 15 minutes" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect.poll(() => sent(page, "startCapture")).toEqual([{ client: "laptop" }]);
});

test("S-82: while it is on every page says so, for how long, and ends it; more time is asked for by hand", async ({ page }) => {
  await openSample(page, "#/nodes", { snapshot: capturingSnapshot });
  for (const name of ["Nodes", "Models", "Activity", "Routing", "Usage", "Connect", "Settings"]) {
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
    await expect(standing(page)).toContainText(
      /Kept in memory for another 12:[0-3]\d: what the app with the key laptop sends and gets. 1 request so far/,
    );
  }
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Privacy" }).click();
  await section(page).getByRole("button", { name: "Restart the 15 minutes" }).click();
  await expect.poll(() => sent(page, "startCapture")).toEqual([{ client: "laptop" }]);
  await standing(page).getByRole("button", { name: "Stop and forget" }).click();
  await expect.poll(() => sent(page, "stopCapture")).toEqual([{}]);
  await expect(page.getByText("Captured requests are forgotten")).toBeVisible();
});

test("S-82: a captured request is read in its details, copied whole as curl, and forgotten alone", async ({ page }) => {
  await page.addInitScript(() => {
    const copied: string[] = [];
    Object.assign(globalThis, { copied });
    Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text: string) => void copied.push(text) } });
  });
  await openSample(page, "#/activity", { snapshot: capturingSnapshot, replies });
  await page.locator(row).click();
  const captured = page.getByRole("region", { name: "Captured", exact: true });
  await expect(captured.getByRole("region", { name: "Request as captured" })).toContainText('"content": "Which of my three lamps');
  await expect(captured.getByText("status 200, text/event-stream, 1 MB, of which the first", { exact: false })).toBeVisible();
  await captured.getByRole("button", { name: "Copy as curl, whole" }).click();
  expect(await page.evaluate(() => Object(globalThis).copied)).toEqual([expect.stringContaining("Which of my three lamps")]);
  await captured.getByRole("button", { name: "Forget this request" }).click();
  expect(await sent(page, "forgetCaptured")).toEqual([{ request: "r6" }]);
});

test("S-82: a request that was not captured has no such section, and says how to see more", async ({ page }) => {
  await openSample(page, "#/activity", { replies });
  await page.locator(row).click();
  await expect(page.getByText("What it said is not kept", { exact: false })).toBeVisible();
  await expect(page.getByRole("region", { name: "Captured", exact: true })).toHaveCount(0);
  expect(await sent(page, "captured")).toEqual([]);
  await page.getByRole("link", { name: "capture its requests" }).click();
  await expect(section(page)).toBeVisible();
});

test("S-82: what was forgotten meanwhile is told in words, and nothing of it stays in the window", async ({ page }) => {
  const failure = { kind: "not-found", message: "This request was not captured, or is forgotten already." };
  await openSample(page, "#/activity", { snapshot: capturingSnapshot, replies: { captured: { ok: false, failure } } });
  await page.locator(row).click();
  await expect(page.getByRole("alert").filter({ hasText: "forgotten already" })).toBeVisible();
  await page.evaluate((snapshot) => globalThis.push({ type: "snapshot", snapshot }), { ...sampleSnapshot, version: 13 });
  await expect(page.getByRole("region", { name: "Captured", exact: true })).toHaveCount(0);
});

test("S-82: in earnest: switched on, one request is read as it was, and after the stop it is gone", async ({ page, engine }) => {
  await page.goto(engine.window);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Settings" }).click();
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Privacy" }).click();
  await section(page).getByRole("button", { name: "Capture for 15 minutes" }).click();
  await expect(standing(page)).toContainText("what apps send and get");
  const messages = [{ role: "user", content: "Do you see this, sk-abcdef123456?" }];
  const answer = await fetch(`${engine.gateway}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "qwen3:4b", messages }),
  });
  expect(answer.status).toBe(200);
  await section(page).getByRole("link", { name: "Activity" }).click();
  await page.locator(".expand").first().click();
  await expect(page.getByRole("region", { name: "Request as captured" })).toContainText("Do you see this, [redacted]?");
  await expect(page.getByRole("region", { name: "Answer as captured" })).toContainText('"object": "chat.completion"');
  await standing(page).getByRole("button", { name: "Stop and forget" }).click();
  await expect(page.getByRole("region", { name: "Captured", exact: true })).toHaveCount(0);
  await expect(standing(page)).not.toContainText("captured");
});
