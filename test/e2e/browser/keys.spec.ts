// The window by keyboard alone: the palette, the list of keys, the pages' keys, and layers that close one at a time.
import { expect, type Page, test } from "playwright/test";
import { openSample } from "../sample-window.ts";

/** What a page reads by itself is nobody's command. */
const asked = (page: Page) =>
  page.evaluate(() => globalThis.asked.filter(({ method }) => !["getSettings", "explain", "nodeLog"].includes(method)));
const palette = (page: Page) => page.getByRole("dialog", { name: "Commands" });

test("ux.md 8: every page has its key, in the order of the tabs", async ({ page }) => {
  await openSample(page, "#/nodes");
  const tabs = await page.getByRole("navigation", { name: "Pages" }).getByRole("link").allInnerTexts();
  for (const [index, label] of [...tabs.entries()].reverse()) {
    await page.keyboard.press(`Control+${index + 1}`);
    await expect(page.getByRole("heading", { level: 1, name: label.split("\n")[0] ?? "", exact: true })).toBeVisible();
  }
});

test("issue 6: Ctrl+K opens the palette, typing finds, arrows choose, Enter does, and what was done stands first next time", async ({
  page,
}) => {
  await openSample(page, "#/nodes");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("load phi");
  await expect(palette(page).getByRole("option").first()).toContainText("Load phi4:14b on studio");
  await page.keyboard.press("Enter");
  await expect(palette(page)).toHaveCount(0);
  expect(await asked(page)).toEqual([{ method: "load", input: { node: "studio", model: "phi4:14b" } }]);
  await page.keyboard.press("Control+k");
  await expect(palette(page).getByRole("option").first()).toContainText("Load phi4:14b on studio");
  await page.keyboard.press("ArrowDown");
  await expect(palette(page).getByRole("option", { selected: true })).toContainText("Open Nodes");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(palette(page).getByRole("option").last()).toHaveAttribute("aria-selected", "true");
});

test("UX-09: unloading a model in use from the palette asks first, with Cancel under Enter", async ({ page }) => {
  await openSample(page, "#/routing");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("unload qwen3");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Unload qwen3:8b?" })).toContainText("2 requests are using it");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect((await asked(page)).some(({ method }) => method === "unload")).toBe(false);
});

test("UX-07: a load from the palette that does not fit offers to load anyway", async ({ page }) => {
  const refused = { ok: false, failure: { kind: "does-not-fit", message: "llama3.3:70b needs 43.0 GB and studio has 16.1 GB free." } };
  await openSample(page, "#/nodes", { replies: { load: refused } });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("load 70b");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Load anyway" }).click();
  expect(await asked(page)).toEqual([
    { method: "load", input: { node: "studio", model: "llama3.3:70b" } },
    { method: "load", input: { node: "studio", model: "llama3.3:70b", force: true } },
  ]);
});

test("issue 6: a node is reached from any page, and the keyboard stands on it", async ({ page }) => {
  await openSample(page, "#/activity");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("go attic");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "attic" })).toBeFocused();
  expect(new URL(page.url()).hash).toBe("#/nodes/attic");
});

test("issue 6: the log of a node and the routing editor are reached from any page; Esc leads back", async ({ page }) => {
  await openSample(page, "#/usage");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("log attic");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "What happened on attic" })).toContainText("How quickly it answers");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("edit routing");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Edit routing" })).toBeVisible();
});

test("issue 6: ? lists the keys, but not while somebody types; Esc closes the top layer only", async ({ page }) => {
  await openSample(page, "#/activity");
  await page.keyboard.press("/");
  await page.keyboard.type("a?");
  await expect(page.getByRole("searchbox")).toHaveValue("a?");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await expect(palette(page)).toBeVisible();
  // No second layer over the first.
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("searchbox")).toBeFocused();
  await expect(page.getByRole("searchbox")).toHaveValue("a?");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("searchbox")).toHaveValue("");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("Find a command, a node or a model");
});

test("nothing that is called so is said, and Enter does nothing then", async ({ page }) => {
  await openSample(page, "#/nodes");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("zzzz");
  await expect(page.getByText("Nothing here is called “zzzz”.")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(palette(page)).toBeVisible();
  expect(await asked(page)).toEqual([]);
});

test("ux.md 8: a choice among a few is one stop of Tab; Home and End choose its first and its last", async ({ page }) => {
  await openSample(page, "#/usage");
  const range = page.getByRole("group", { name: "Range" });
  await range.getByRole("radio", { name: "7 days" }).focus();
  await page.keyboard.press("End");
  await expect(range.getByRole("radio").last()).toBeChecked();
  await expect(range.getByRole("radio").last()).toBeFocused();
  await page.keyboard.press("Home");
  await expect(range.getByRole("radio").first()).toBeChecked();
  await page.keyboard.press("Tab");
  await expect(range.locator(":focus")).toHaveCount(0);
});

test("ux.md 8: in forced colours only the page one is on is underlined", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await openSample(page, "#/usage");
  const line = (name: string) =>
    page.getByRole("link", { name, exact: true }).evaluate((tab) => {
      const { borderBottomColor } = getComputedStyle(tab);
      return borderBottomColor === getComputedStyle(document.documentElement).backgroundColor ? "none" : "line";
    });
  expect(await line("Models")).toBe("none");
  expect(await line("Usage")).toBe("line");
});
