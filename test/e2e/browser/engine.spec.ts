// The window in earnest: a real engine with simulated nodes behind it, over HTTP. The main job, and what happens when the line breaks.
import { expect, type Page } from "playwright/test";
import { startEngine, test } from "../engine.ts";

const cold = "qwen3:4b";
const attic = (page: Page) => page.getByRole("region", { name: "Attic (mini PC)" });

test("The main job: a request for a cold model loads it with visible progress, is listed with its node, and one click frees it", async ({
  page,
  engine,
}) => {
  await page.goto(engine.window);
  await expect(attic(page).getByText("Up", { exact: true })).toBeVisible();
  const answer = fetch(`${engine.gateway}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: cold, messages: [{ role: "user", content: "Say hello." }] }),
  });
  await expect(attic(page).getByRole("progressbar", { name: new RegExp(cold) })).toBeVisible();
  await expect(attic(page).getByText("1 request waiting")).toBeVisible();
  expect((await answer).status).toBe(200);
  const unload = page.getByRole("button", { name: `Unload ${cold} from Attic (mini PC)` });
  await expect(unload).toBeVisible();
  await page.getByRole("link", { name: "Activity" }).click();
  await expect(page.getByRole("row", { name: new RegExp(`Answered ${cold} OpenAI, passed through Attic`) })).toBeVisible();
  await page.getByRole("link", { name: "Nodes" }).click();
  await unload.click();
  await expect(unload).toHaveCount(0);
  await expect(attic(page).getByText("5 models, none in memory.")).toBeVisible();
});

test("By keyboard alone: load a model from the list, cancel it, and stay oriented", async ({ page, engine }) => {
  await page.goto(engine.window);
  const opener = page.getByRole("region", { name: /^Studio/ }).getByRole("button", { name: "Load a model…" });
  await opener.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("70b");
  await page.keyboard.press("Enter");
  await expect(opener).toBeFocused();
  const bar = page.getByRole("progressbar", { name: /llama3.3:70b/ });
  await expect(bar).toBeVisible();
  await page.getByRole("button", { name: /Cancel loading llama3.3:70b/ }).focus();
  await page.keyboard.press("Enter");
  await expect(bar).toHaveCount(0);
});

test("S-07: the key leaves the address bar at once and lives for this tab only", async ({ page, engine }) => {
  await page.goto(engine.window);
  await expect(page.getByRole("heading", { level: 1, name: "Nodes" })).toBeVisible();
  expect(page.url()).toBe(`${engine.control}/#/nodes`);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Nodes" })).toBeVisible();
  const stranger = await page.context().newPage();
  await stranger.goto(engine.control);
  await expect(stranger.getByText("This window needs a new key")).toBeVisible();
});

test("UX-12: when the engine dies the last state stays with its age; a new one with a new key is asked for in words", async ({
  page,
  data,
}) => {
  const first = await startEngine(data, ["--demo", "--port", "0", "--control-port", "0"]);
  await page.goto(first.window);
  await expect(attic(page)).toBeVisible();
  await first.kill();
  await expect(page.getByText("Homeport is not answering.")).toBeVisible();
  await expect(attic(page)).toBeVisible();
  await expect(page.locator("body")).not.toContainText(/fetch failed|Failed to fetch|NetworkError/);
  const second = await startEngine(data, ["--demo", "--port", "0", "--control-port", new URL(first.control).port]);
  await expect(page.getByText("This window needs a new key.")).toBeVisible({ timeout: 20_000 });
  await page.goto(second.window);
  await expect(page.getByText("This window needs a new key.")).toHaveCount(0);
  await expect(attic(page)).toBeVisible();
  await second.kill();
});

test("UX-33: somebody without nodes adds one by its address, is told what it is, and can remove it again", async ({
  page,
  data,
  engine,
}) => {
  const empty = await startEngine(`${data}/empty`, ["--port", "0", "--control-port", "0"]);
  const fleet = await (await fetch(`${engine.gateway}/api/version`)).json();
  expect(fleet).toHaveProperty("version");
  await page.goto(empty.window);
  await expect(page.getByRole("heading", { name: "No nodes yet" })).toBeVisible();
  await page.getByRole("button", { name: "Add by address" }).click();
  // The other gateway speaks Ollama's language itself, so it is a server to be found.
  await page.getByLabel("Address").fill(engine.gateway.replace("http://", ""));
  await page.keyboard.press("Enter");
  await page.getByLabel("Name", { exact: true }).fill("Neighbour");
  await page.keyboard.press("Enter");
  const panel = page.getByRole("region", { name: "Neighbour" });
  await expect(panel).toBeVisible();
  await panel.getByRole("button", { name: "More for Neighbour" }).click();
  await page.getByRole("menuitem", { name: "Remove…" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(page.getByRole("heading", { name: "No nodes yet" })).toBeVisible();
  await empty.kill();
});

test("Routing is paused and resumed from the header, and says so meanwhile", async ({ page, engine }) => {
  await page.goto(engine.window);
  await page.getByRole("button", { name: "Pause routing" }).click();
  await page.getByRole("menuitem", { name: "Pause for 15 minutes" }).click();
  await expect(page.getByText("Routing is paused.")).toBeVisible();
  await page.getByRole("button", { name: "Resume now" }).click();
  await expect(page.getByText("Routing is paused.")).toHaveCount(0);
});

test("Breaker: a node stopped by hand shows its breaker, and Try now lets requests back", async ({ page, engine }) => {
  await page.goto(engine.window);
  await page.getByRole("button", { name: "More for Attic (mini PC)" }).click();
  await page.getByRole("menuitem", { name: "Stop sending for a while" }).click();
  await expect(attic(page).getByText("Not sending")).toBeVisible();
  await attic(page)
    .getByRole("button", { name: /^Try now/ })
    .click();
  await expect(attic(page).getByText("Not sending")).toHaveCount(0);
});

test("Settings: a bad port is refused beside its field and the last good one stays; a theme holds over a reload", async ({
  page,
  engine,
}) => {
  await page.goto(engine.window);
  await page.keyboard.press("Control+7");
  await page.getByRole("link", { name: "Network" }).click();
  const port = page.getByLabel("Port");
  await port.fill("70000");
  await page.getByRole("button", { name: "Save port" }).click();
  await expect(port).toHaveAttribute("aria-invalid", "true");
  await page.getByRole("link", { name: "General" }).click();
  await page.getByRole("radio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByText("Theme saved")).toBeVisible();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});
