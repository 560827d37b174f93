// Rules and budgets edited in the window, over the real engine and its demo: what was saved is what requests meet.
import { expect, type Page } from "playwright/test";
import { test } from "../engine.ts";

const rule = (page: Page, name: string) => page.getByRole("group", { name: `rule ${name}`, exact: true });
const dryRun = (page: Page) => page.getByRole("complementary", { name: "Dry run" });

async function edit(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.keyboard.press("Control+4");
  await page.getByRole("link", { name: "Edit routing" }).click();
  await expect(page.getByRole("heading", { name: "Edit routing" })).toBeVisible();
}

const ask = (gateway: string, model: string, text: string) =>
  fetch(`${gateway}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, max_tokens: 4, messages: [{ role: "user", content: text }] }),
  });

test("issue 6: the order of the rules decides who answers “auto”, first in the dry run and after saving at the gateway", async ({
  page,
  engine,
}) => {
  await edit(page, engine.window);
  await rule(page, "anything-else").getByLabel("Answered by").fill("quick");
  await page.getByRole("button", { name: "Add rule" }).click();
  await rule(page, "rule").getByLabel("If it").selectOption("contains a text");
  await rule(page, "rule").getByLabel("Text").fill("poem");
  await rule(page, "rule").getByLabel("Answered by").fill("gpt-4o-mini");
  await rule(page, "rule").getByLabel("Name").fill("poems");
  await dryRun(page).getByLabel("Model, profile or alias").fill("auto");
  await expect(dryRun(page).getByText("“auto” means the profile quick: the rule anything-else matched.", { exact: false })).toBeVisible();
  await dryRun(page).getByText("With a request body").click();
  await dryRun(page).getByLabel("Request body (JSON)").fill('{"messages":[{"role":"user","content":"a poem, please"}]}');
  await expect(dryRun(page).getByText("the rule poems matched.", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Routing saved")).toBeVisible();
  const answer = await ask(engine.gateway, "auto", "a poem, please");
  expect(answer.status).toBe(200);
  await answer.text();
  await page.keyboard.press("Control+3");
  await page
    .getByRole("row", { name: /Answered auto/ })
    .getByRole("button")
    .click();
  await expect(page.locator(".details")).toContainText("the rule poems matched.");
});

test("issue 6, done 1: a budget set in the window is reached: requests are refused with the reason, and the window shows what is used", async ({
  page,
  engine,
}) => {
  await edit(page, engine.window);
  await page.getByRole("button", { name: "Add budget" }).click();
  const budget = page.getByRole("group", { name: "budget budget", exact: true });
  await budget.getByLabel("Of", { exact: true }).selectOption("tokens");
  await budget.getByLabel("At most").fill("40");
  await budget.getByLabel("Each").selectOption("day");
  await expect(budget).toContainText("Once 40 tokens are used in a day, requests are refused until the day ends (UTC).");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Routing saved")).toBeVisible();
  let told = "";
  for (let asked = 0; asked < 20 && told === ""; asked += 1) {
    const answer = await ask(engine.gateway, "everyday", "Hello.");
    const text = await answer.text();
    if (answer.status === 429) told = text;
    else expect(answer.status).toBe(200);
  }
  expect(told).toContain("the budget budget");
  expect(told).toContain("insufficient_quota");
  await expect(budget).toContainText(/Used now: [1-9]\d* of 40 tokens\./);
  await page.keyboard.press("Control+3");
  await expect(page.getByRole("row", { name: /everyday/ }).first()).toContainText("Failed, 429");
  await page
    .getByRole("row", { name: /Failed, 429 everyday/ })
    .first()
    .getByRole("button")
    .first()
    .click();
  await expect(page.locator(".details")).toContainText("the budget budget");
});
