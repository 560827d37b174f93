// The models page in a real browser: what the house has, who has what, and fetching from there (demands 23).
import { expect, test } from "playwright/test";
import { modelsSnapshot } from "../../support/sample-models.ts";
import { openSample } from "../sample-window.ts";

const ok = (output: object) => ({ ok: true, output });
const forbidden = {
  ok: false,
  failure: { kind: "forbidden", message: "Fetching models to nodes is switched off.", field: "modelFiles.pull" },
};

test("demands 23: one row per model over all its homes; opened, each home with its version", async ({ page }) => {
  await openSample(page, "#/nodes", { snapshot: modelsSnapshot });
  await page.keyboard.press("Control+2");
  await expect(page.getByRole("heading", { level: 1, name: "Models" })).toBeVisible();
  await expect(page.getByText("2 models on 4 nodes, 1 in memory")).toBeVisible();
  await page.getByRole("button", { name: "llama3.2:3b", exact: true }).click();
  await expect(page.locator(".library-homes li")).toHaveCount(3);
  await expect(page.locator(".library-homes")).toContainText("another version than most");
});

test("demands 23: fetches show per node how far they are; one that failed says why and can be dismissed", async ({ page }) => {
  await openSample(page, "#/models", { snapshot: modelsSnapshot });
  const bar = page.getByRole("progressbar", { name: "Fetching llama3.2:3b to studio" });
  await expect(bar).toHaveAttribute("aria-valuetext", "60 % 1.2 GB of 2.0 GB, 40 MB/s, about 20 s left");
  await expect(page.getByRole("alert").filter({ hasText: "The disk of desk is too full" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Dismiss: gemma3:27b was not fetched to desk" })).toBeVisible();
});

test("S-08, demands 23: a click on an empty place fetches there, after a question where that is switched off", async ({ page }) => {
  await openSample(page, "#/models", { snapshot: modelsSnapshot, replies: { pullModel: forbidden, setSettings: ok({}) } });
  await page.getByRole("radio", { name: "Have on" }).check();
  await expect(page.getByRole("row", { name: /llama3\.2:3b/ })).toContainText("other version");
  await page.getByRole("button", { name: "Fetch gemma3:4b to studio" }).click();
  await expect(page.getByRole("dialog", { name: "Let this window fetch models?" })).toBeVisible();
  // By habit Enter does no harm: "Cancel" has the focus.
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("demands 23: the same model to many nodes at once, by keyboard alone", async ({ page }) => {
  await openSample(page, "#/models", { snapshot: modelsSnapshot, replies: { pullModel: ok({ refused: [] }) } });
  await page.getByRole("button", { name: "Fetch a model…" }).press("Enter");
  await page.keyboard.type("http://evil/x");
  await expect(page.getByText("That is no model's name", { exact: false })).toBeVisible();
  await page.getByRole("textbox", { name: "Name in the library" }).fill("qwen3:4b");
  await expect(page.getByRole("button", { name: "Fetch to 0 nodes" })).toBeDisabled();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Fetch to 4 nodes" }).press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Fetch a model…" })).toBeFocused();
});

test("the search finds models by name and by node, and says where nothing matches", async ({ page }) => {
  await openSample(page, "#/models", { snapshot: modelsSnapshot });
  await page.keyboard.press("/");
  await page.keyboard.type("gemma");
  await expect(page.locator("tbody[data-model]")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await page.keyboard.type("nothing like it");
  await expect(page.getByRole("heading", { name: "No model or node matches “nothing like it”" })).toBeVisible();
});
