// Dialects, the cloud and queues over the real engine and its demo: what a person sees who lets other clients than OpenAI's ask.
import { expect, type Page } from "playwright/test";
import { type Engine, test } from "../engine.ts";

const messages = [{ role: "user", content: "Say hello." }];

function ask({ gateway }: Engine, path: string, body: object): Promise<Response> {
  return fetch(gateway + path, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify({ messages, ...body }),
  });
}

async function isUp(page: Page, node: RegExp): Promise<void> {
  await expect(page.getByRole("region", { name: node }).getByText("Up", { exact: true })).toBeVisible();
}

test("issue 4: an Anthropic client's request to a node that speaks OpenAI's dialect is told as translated, with what was left out", async ({
  page,
  engine,
}) => {
  await page.goto(engine.window);
  await isUp(page, /^Beast/);
  const answer = await ask(engine, "/v1/messages", { model: "claude-sonnet-4-5", max_tokens: 8, service_tier: "auto" });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("x-homeport-translated")).toBe("anthropic to openai");
  await page.getByRole("link", { name: "Activity" }).click();
  const row = page.getByRole("row", { name: /Answered claude-sonnet-4-5 Anthropic → OpenAI, translated.* Beast/ });
  await expect(row).toContainText("1 field left out");
  await row.getByRole("button").click();
  await expect(page.locator(".details")).toContainText("since OpenAI has no word for it: service_tier");
});

test("issue 4: an answer from the cloud carries its badge and its cost, and the dry run says beforehand that it would", async ({
  page,
  engine,
}) => {
  const model = "meta-llama/llama-3.1-8b-turbo";
  await page.goto(engine.window);
  await isUp(page, /^Skyline/);
  expect((await ask(engine, "/api/chat", { model, stream: false, options: { num_predict: 8 } })).status).toBe(200);
  await page.getByRole("link", { name: "Activity" }).click();
  const row = page.getByRole("row", { name: /Answered meta-llama.*Ollama → OpenAI, translated.* Skyline/ });
  await expect(row.getByText("cloud", { exact: true })).toBeVisible();
  await expect(row).toContainText(/\$0\.0/);
  await page.keyboard.press("Control+4");
  await page.getByLabel("Model, profile or alias").fill(model);
  await page.getByLabel("The client speaks").selectOption("Ollama");
  const candidate = page.locator('tr[data-node="skyline"]');
  await expect(candidate).toContainText("Ollama → OpenAI, translated");
  await expect(candidate.locator(".badge-cloud")).toBeVisible();
});

test("issue 3: who waits for a busy model is counted on its node and in its row while the queue stands, and is gone with it", async ({
  page,
  engine,
}) => {
  const shed = page.getByRole("region", { name: /^Shed/ });
  await page.goto(engine.window);
  await isUp(page, /^Shed/);
  // Long enough that the queue still stands when a slow machine has drawn another page.
  const waiting = Array.from({ length: 5 }, () =>
    ask(engine, "/v1/chat/completions", { model: "phi-4-mini", max_tokens: 300 }).then((answer) => answer.text()),
  );
  await expect(shed.locator('[data-model="phi-4-mini"]')).toContainText(/3 waiting, (?:about \d+ s, an estimate|how long is unknown)/);
  await page.getByRole("link", { name: "Activity" }).click();
  await expect(page.getByRole("row", { name: /Queued, place 3 3 waiting, / })).toBeVisible();
  await Promise.all(waiting);
  await page.getByRole("link", { name: "Nodes" }).click();
  await expect(shed.getByText("waiting")).toHaveCount(0);
});
