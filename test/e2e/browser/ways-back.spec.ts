// The first minutes of somebody new, and what a person sees after something broke: over a real engine, as they would do it.
// The bugs: a first start that finds nothing though a server runs, settings that are lost in silence, a page that comes back without what it showed.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "playwright/test";
import { startSimulatedNode } from "../../../src-core/simulator/node.ts";
import { startEngine, test } from "../engine.ts";
import { relayTo } from "../relay.ts";

const anyPorts = ["--port", "0", "--control-port", "0"];
/** Where Ollama listens (apis.md 11). */
const ollamaPort = 11_434;

test("issue 6, first run: what runs on this computer is there without a click, and the first answer comes after three", async ({
  page,
  data,
}) => {
  const node = await startSimulatedNode({ kind: "ollama", models: [{ name: "tiny:1b", warm: true }] });
  const relay = await relayTo(Number(new URL(node.url).port), "127.0.0.1", ollamaPort).catch(() => undefined);
  test.skip(relay === undefined, "a server of this computer's owner listens where Ollama does");
  const engine = await startEngine(data, anyPorts, true);
  try {
    await page.goto(engine.window);
    await expect(page.getByRole("region", { name: /^Ollama .*on this machine$/ })).toContainText("Up");
    await page.getByRole("link", { name: "Connect", exact: true }).click();
    await page.locator("summary", { hasText: "curl" }).click();
    await page.getByRole("button", { name: "Test as curl" }).click();
    await expect(page.getByText("It works", { exact: true })).toBeVisible();
    await expect(page.locator(".try-says").first()).toContainText("tiny:1b");
  } finally {
    await engine.kill();
    relay?.close();
    await node.stop();
  }
});

test("issue 6, F59: damaged settings come back from their backup, and the window says what happened", async ({ page, data }) => {
  const node = await startSimulatedNode({ kind: "ollama", models: [{ name: "tiny:1b", warm: true }] });
  const first = await startEngine(data, anyPorts);
  await page.goto(first.window);
  await page.getByRole("button", { name: "Add by address" }).click();
  await page.getByLabel("Address").fill(node.url.replace("http://", ""));
  await page.keyboard.press("Enter");
  await page.getByLabel("Name", { exact: true }).fill("Attic");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Attic" })).toContainText("Up");
  // A backup is what stood there before the latest change.
  const [, token] = first.window.split("token=");
  const changed = await fetch(`${first.control}/control/call`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ method: "setSettings", input: { change: { requests: { deadlineSeconds: 200 } } } }),
  });
  expect(await changed.json()).toMatchObject({ ok: true });
  await first.kill();
  const file = join(data, "settings.json");
  writeFileSync(file, readFileSync(file, "utf8").slice(0, 200));
  const second = await startEngine(data, anyPorts);
  try {
    await page.goto(second.window);
    await expect(page.getByRole("region", { name: "Attic" })).toContainText("Up");
    await page.getByRole("button", { name: /^Inbox/ }).click();
    await expect(page.getByRole("dialog", { name: "Inbox" }).getByText(/backup of .* was restored/)).toBeVisible();
  } finally {
    await second.kill();
    await node.stop();
  }
});

test("F72, F73: a page that crashed in the middle of an answer shows all of it again, and the answer never noticed", async ({
  page,
  engine,
  context,
}) => {
  await page.goto(engine.window);
  await page.getByRole("link", { name: "Activity" }).click();
  const asked = fetch(`${engine.gateway}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "qwen3:4b", stream: true, messages: [{ role: "user", content: "Say much." }] }),
  }).then((answer) => answer.text());
  const row = (of: typeof page) => of.getByRole("row").filter({ hasText: "qwen3:4b" }).first();
  await expect(row(page)).toBeVisible();
  const crashed = page.waitForEvent("crash");
  page.goto("chrome://crash").catch(() => undefined);
  await crashed;
  const again = await context.newPage();
  await again.goto(engine.window);
  await again.getByRole("link", { name: "Activity" }).click();
  await expect(row(again)).toBeVisible();
  expect(await asked).toContain("data: [DONE]");
  await expect(row(again)).toContainText("Answered");
});
