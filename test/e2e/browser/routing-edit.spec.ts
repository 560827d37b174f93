// Routing edited in the window over the real engine and its demo: the dry run before saving, undo, refusals, the document, and the keyboard alone.
import { expect, type Page } from "playwright/test";
import { test } from "../engine.ts";

const chain = (page: Page) => page.getByRole("group", { name: "profile everyday" });
const dryRun = (page: Page) => page.getByRole("complementary", { name: "Dry run" });
const state = (page: Page) => page.locator(".edit-state");

async function edit(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.keyboard.press("Control+4");
  await page.getByRole("link", { name: "Edit routing" }).click();
  await expect(page.getByRole("heading", { name: "Edit routing" })).toBeVisible();
}

/** The routing part as the engine holds it. */
/** The document's text, read. */
async function editAsYaml(page: Page, address: string) {
  await edit(page, address);
  await page.getByRole("radio", { name: "YAML" }).check();
  const text = page.getByLabel("Routing as YAML");
  await expect(text).toHaveValue(/profiles:/);
  return text;
}

async function saved(page: Page): Promise<string> {
  await page.getByRole("link", { name: "Done" }).click();
  await expect(page.getByRole("heading", { name: "As configured" })).toBeVisible();
  return (await page.locator(".configured").textContent()) ?? "";
}

test("issue 6: a chain is edited, the dry run answers for the draft before it is saved, undo takes it back, save puts it in force", async ({
  page,
  engine,
}) => {
  await edit(page, engine.window);
  await chain(page).locator("summary").first().click();
  await dryRun(page).getByLabel("Model, profile or alias").fill("everyday");
  await expect(dryRun(page).getByText("As configured now.", { exact: false })).toBeVisible();
  await expect(dryRun(page).locator(".routed-says")).toBeVisible();
  await chain(page).getByRole("radio", { name: "These models" }).check();
  const first = chain(page).getByLabel("First", { exact: true });
  await first.fill("nobody-has:8b");
  await expect(chain(page).getByText("No node has this model now; it is tried once one has.")).toBeVisible();
  await expect(dryRun(page).getByText("As if this draft were saved.", { exact: false })).toBeVisible();
  await expect(dryRun(page).getByRole("heading", { name: /nobody-has:8b/ })).toBeVisible();
  await expect(state(page)).toContainText("Not saved: profiles.");
  await page.keyboard.press("Control+z");
  await expect(first).not.toHaveValue("nobody-has:8b");
  await expect(dryRun(page).getByRole("heading", { name: /nobody-has:8b/ })).toHaveCount(0);
  await page.keyboard.press("Control+Shift+z");
  await expect(first).toHaveValue("nobody-has:8b");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Routing saved")).toBeVisible();
  await expect(state(page)).toHaveText("All saved.");
  expect(await saved(page)).toContain("nobody-has:8b");
});

test("issue 6: what cannot be is told as one types and cannot be saved; the dry run keeps to the last draft in order", async ({
  page,
  engine,
}) => {
  await edit(page, engine.window);
  await chain(page).locator("summary").first().click();
  await chain(page).getByText("Needs and limits", { exact: true }).click();
  await chain(page).getByLabel("Each answer within (seconds)").fill("0.01");
  await expect(chain(page).getByText("At least 0.1.")).toBeVisible();
  await expect(state(page)).toContainText("1 thing to mend.");
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeDisabled();
  await expect(dryRun(page).getByText("With the draft as it was before the mistakes.")).toBeVisible();
  await chain(page).getByLabel("Name", { exact: true }).fill("auto");
  await expect(chain(page).getByText("“auto” asks for the rules", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(state(page)).toHaveText("All saved.");
});

test("issue 6: a new name of a profile is taken by everybody who leans on it", async ({ page, engine }) => {
  await edit(page, engine.window);
  await chain(page).locator("summary").first().click();
  await chain(page).getByLabel("Name", { exact: true }).fill("daily");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("group", { name: "profile daily" })).toBeVisible();
  await expect(page.getByRole("group", { name: "alias gpt-4o-mini" }).getByLabel("Means")).toHaveValue("daily");
  await expect(state(page)).not.toContainText("to mend");
});

test("issue 6: the same document as YAML and JSON: typed there it stands in the forms, a mistake is told with its line and changes nothing", async ({
  page,
  engine,
}) => {
  const text = await editAsYaml(page, engine.window);
  const before = await text.inputValue();
  await text.fill(`${before.replace(/\nprofiles:|^profiles:/, (start) => `${start}\n  typed:\n    requires: llm\n    fallback: nowhere`)}`);
  const issues = page.getByRole("alert").filter({ hasText: "This text is not taken yet" });
  await expect(issues).toContainText("profiles.typed.fallback");
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeDisabled();
  await issues.getByRole("button", { name: "Line 4" }).click();
  await expect(text).toBeFocused();
  expect(await text.evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd))).toContain("nowhere");
  await text.fill((await text.inputValue()).replace("    fallback: nowhere\n", ""));
  await expect(issues).toHaveCount(0);
  await expect(state(page)).toContainText("Not saved: profiles.");
  await page.getByRole("radio", { name: "JSON" }).check();
  await expect(page.getByLabel("Routing as JSON")).toHaveValue(/"typed": \{\s+"requires": "llm"\s+\}/);
  await page.getByRole("radio", { name: "Forms" }).check();
  await expect(page.getByRole("group", { name: "profile typed" })).toBeVisible();
});

test("issue 6: what was saved elsewhere meanwhile is not overwritten: the save is refused, theirs comes in, and the next one keeps both", async ({
  page,
  context,
  engine,
}) => {
  await edit(page, engine.window);
  const other = await context.newPage();
  await edit(other, engine.window);
  await other.getByRole("button", { name: "Add profile" }).click();
  await expect(other.getByRole("group", { name: "profile profile" })).toBeVisible();
  await page.bringToFront();
  await page.getByRole("button", { name: "Add policy" }).click();
  await page.getByRole("button", { name: "Add profile" }).click();
  await page.getByRole("group", { name: "profile profile" }).getByLabel("Name", { exact: true }).fill("mine");
  await page.keyboard.press("Enter");
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await expect(other.getByText("Routing saved")).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("“profiles” was changed elsewhere", { exact: false })).toBeVisible();
  await expect(page.getByRole("group", { name: "profile profile" })).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Routing saved")).toBeVisible();
  expect(await saved(page)).toContain("mine");
});

test("issue 6: leaving the page, or the window, keeps the draft, and the page says that it is there", async ({ page, engine }) => {
  await edit(page, engine.window);
  await page.getByRole("button", { name: "Add policy" }).click();
  await page.keyboard.press("Control+1");
  await page.keyboard.press("Control+4");
  await expect(page.getByText("There are changes that are not saved.")).toBeVisible();
  await page.reload();
  await page.getByRole("link", { name: /Go on editing|Edit routing/ }).click();
  await expect(state(page)).toContainText("Not saved: policies.");
});

test("issue 6: a text with a mistake waits while another page is open, and is thrown away only when a person says so", async ({
  page,
  engine,
}) => {
  const text = await editAsYaml(page, engine.window);
  await text.fill("profiles: [");
  await expect(page.getByText("This text is not taken yet", { exact: false })).toBeVisible();
  await page.keyboard.press("Control+1");
  await page.keyboard.press("Control+4");
  await page.getByRole("link", { name: "Edit routing" }).click();
  await expect(text).toHaveValue("profiles: [");
  await text.fill("profiles: {");
  await expect(text).toHaveValue("profiles: {");
  await page.getByRole("button", { name: "Throw the text away" }).click();
  await expect(page.getByText("This text is not taken yet", { exact: false })).toHaveCount(0);
  await expect(state(page)).toHaveText("All saved.");
});

test("issue 6: routing is edited by the keyboard alone: the order of a chain, undo, save", async ({ page, engine }) => {
  await edit(page, engine.window);
  const summary = chain(page).locator("summary").first();
  await summary.focus();
  await page.keyboard.press("Enter");
  await chain(page).getByRole("radio", { name: "Any of a kind" }).focus();
  await page.keyboard.press("ArrowLeft");
  await chain(page).getByRole("button", { name: "Add link" }).focus();
  await page.keyboard.press("Enter");
  const last = chain(page)
    .getByRole("group", { name: /^link / })
    .last()
    .getByRole("combobox");
  await expect(last).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("moved-up");
  await page.keyboard.press("Alt+ArrowUp");
  await expect(chain(page).getByRole("group", { name: "link moved-up" }).getByRole("combobox")).toBeFocused();
  await expect(
    chain(page)
      .getByRole("group", { name: /^link / })
      .last(),
  ).not.toHaveAccessibleName("link moved-up");
  await page.keyboard.press("Control+z");
  await expect(
    chain(page)
      .getByRole("group", { name: /^link / })
      .last(),
  ).toHaveAccessibleName("link moved-up");
  await page.keyboard.press("Control+s");
  await expect(page.getByText("Routing saved")).toBeVisible();
});
