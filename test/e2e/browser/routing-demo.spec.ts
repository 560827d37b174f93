// The Routing page over the real engine and its demo: what a person sees who starts `--demo` and asks why.
import { expect } from "playwright/test";
import { test } from "../engine.ts";

test("issue 3: the demo shows every preset choosing another node, and asking changes nothing", async ({ page, engine }) => {
  await page.goto(engine.window);
  await page.keyboard.press("Control+4");
  const strip = page.getByRole("group", { name: "Which node each policy would choose" });
  const choices = { balanced: "Beast", priority: "Skyline", "local-first": "Desk", fastest: "Studio", cheapest: "Attic", biggest: "Bench" };
  for (const [preset, node] of Object.entries(choices))
    await expect(strip.getByRole("radio", { name: new RegExp(`^${preset} ${node}`) })).toBeVisible();
  await strip.getByRole("radio", { name: /^biggest/ }).check();
  await expect(page.getByText("Bench (this PC, 16 GB) would load the model first: largest model.")).toBeVisible();
  await expect(page.getByText("would unload qwen2.5-coder:14b").first()).toBeVisible();
  await page.getByRole("link", { name: "Activity" }).click();
  await expect(page.getByText("No requests yet")).toBeVisible();
});

test("UX-14: an alias asked through the gateway is told in its row as the profile it meant and the node that served it", async ({
  page,
  engine,
}) => {
  await page.goto(engine.window);
  await expect(page.getByRole("region", { name: /^Beast/ }).getByText("Up", { exact: true })).toBeVisible();
  const body = { model: "gpt-4o-mini", max_tokens: 4, messages: [{ role: "user", content: "Say hello." }] };
  const answer = await fetch(`${engine.gateway}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  await answer.text();
  await page.getByRole("link", { name: "Activity" }).click();
  await page
    .getByRole("row", { name: /Answered gpt-4o-mini OpenAI, passed through Beast/ })
    .getByRole("button")
    .click();
  await expect(page.locator(".details")).toContainText("“gpt-4o-mini” means the profile everyday: it is an alias.");
});
