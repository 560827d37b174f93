// Connect in the built window: by keyboard, with a question before anything is loaded, and with lines that are run as they were copied.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, type Page, test as sampleTest } from "playwright/test";
import { sampleSnapshot } from "../../support/sample-snapshot.ts";
import { test } from "../engine.ts";
import { openSample } from "../sample-window.ts";

const run = promisify(execFile);
const app = (page: Page, name: string) => page.locator("details.app").filter({ has: page.getByRole("heading", { name, exact: true }) });
const snippet = (page: Page, label: string) => page.getByRole("region", { name: label, exact: true }).locator("pre");
const cold = { state: "asks", because: "cold", model: "gemma3:27b", says: "gemma3:27b is not in memory. The test would load it." };
const tested = (page: Page) =>
  page.evaluate(() => globalThis.asked.filter(({ method }) => method === "testConnection").map(({ input }) => input));

test("ux 7: the line for curl, read off the page of a running gateway, is answered as it stands, and Test says by whom", async ({
  page,
  engine,
}) => {
  await page.goto(engine.window);
  await page.getByRole("link", { name: "Connect", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Connect" })).toBeVisible();
  await page.locator("summary", { hasText: "curl" }).click();
  const line = (await snippet(page, "curl: macOS, Linux").textContent()) ?? "";
  expect(line).toContain(`curl ${engine.gateway}/v1/chat/completions`);
  const { stdout } = await run("sh", ["-euc", line]);
  expect(JSON.parse(stdout)).toMatchObject({ object: "chat.completion" });
  await app(page, "curl").getByRole("button", { name: "Test as curl" }).click();
  await expect(app(page, "curl").getByText("It works")).toBeVisible();
  await expect(app(page, "curl").locator(".try-says")).toContainText(/first byte after \d.*It was in memory already/);
});

sampleTest("ux 7: by keyboard alone: search an app, open it, test it, agree to the load", async ({ page }) => {
  await openSample(page, "#/connect", { replies: { testConnection: { ok: true, output: cold } } });
  await page.getByRole("heading", { level: 1, name: "Connect" }).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("claude");
  await expect(page.locator("details.app")).toHaveCount(1);
  await expect(snippet(page, "Claude Code: macOS, Linux")).toContainText("ANTHROPIC_BASE_URL=http://127.0.0.1:4663");
  await app(page, "Claude Code").getByRole("button", { name: "Test as Claude Code" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Not in memory")).toBeVisible();
  await page.getByRole("button", { name: "Load it and test" }).focus();
  await page.keyboard.press("Enter");
  await expect
    .poll(() => tested(page))
    .toEqual([
      { dialect: "anthropic", model: expect.any(String) },
      { dialect: "anthropic", model: "gemma3:27b", confirmed: true },
    ]);
});

sampleTest("UX-31: the snippets follow the gateway's port as it moves, and the model that is chosen", async ({ page }) => {
  await openSample(page, "#/connect");
  await page.locator("summary", { hasText: "curl" }).click();
  await expect(snippet(page, "curl: macOS, Linux")).toContainText("http://127.0.0.1:4663/v1");
  await page.getByLabel("Model in the examples and tests").selectOption("gemma3:27b");
  await expect(snippet(page, "curl: macOS, Linux")).toContainText("gemma3:27b");
  const gateway = { ...sampleSnapshot.gateway, url: "http://127.0.0.1:4999", port: 4999 };
  await page.evaluate((snapshot) => globalThis.push({ type: "snapshot", snapshot }), { ...sampleSnapshot, version: 1e6, gateway });
  await expect(snippet(page, "curl: macOS, Linux")).toContainText("http://127.0.0.1:4999/v1");
});

sampleTest("ux 7: Cursor has no snippet and no test, and a search that finds nothing is no dead end", async ({ page }) => {
  await openSample(page, "#/connect");
  await page.getByLabel("Find an app").fill("cursor");
  await expect(app(page, "Cursor")).toContainText("Cursor's own servers make the call");
  await expect(app(page, "Cursor").getByRole("button")).toHaveCount(0);
  await page.getByLabel("Find an app").fill("no such thing");
  await page.getByRole("button", { name: "Show any other app" }).click();
  await expect(app(page, "Any other app").locator("pre").first()).toBeVisible();
});

sampleTest("a house without nodes has its address already, and says where models come from", async ({ page }) => {
  const nobody = { ...sampleSnapshot, fleet: { ...sampleSnapshot.fleet, nodes: {}, loads: {} } };
  await openSample(page, "#/connect", { snapshot: nobody });
  await expect(page.getByRole("main")).toContainText("http://127.0.0.1:4663/v1");
  await expect(page.getByRole("link", { name: "add a node" })).toBeVisible();
});
