// The Routing page over the sample fleet: the answer, the policies side by side, a pasted body, and the rules as configured.
import { expect, type Page, test } from "playwright/test";
import { sampleSnapshot } from "../../support/sample-snapshot.ts";
import { openSample } from "../sample-window.ts";

const asked = (page: Page) => page.evaluate(() => globalThis.asked.filter((call) => call.method === "explain").map((call) => call.input));
const first = (page: Page) => page.getByRole("table", { name: /Candidates for Qwen3-Coder/ }).getByRole("row");

test("UX-14: the answer is one sentence, and each candidate tells what counted, its room in numbers and what would be unloaded", async ({
  page,
}) => {
  await openSample(page, "#/routing");
  await expect(page.getByText("rack would serve it: already loaded.")).toBeVisible();
  await expect(page.getByText("“coder” means the profile coder: it is the name of a profile.")).toBeVisible();
  await expect(first(page).nth(1)).toContainText("in memory (this decides)");
  await expect(first(page).nth(1)).toContainText("640 ms");
  await expect(first(page).nth(2)).toContainText("Fits after unloading: needs 20.4 GB (estimate), 16.1 GB free");
  await expect(first(page).nth(2)).toContainText("would unload nomic-embed-text:latest, qwen3:8b");
  await expect(first(page).nth(2)).toContainText("unknown");
  await expect(page.getByText("breaker open for 102 s more", { exact: false })).toBeVisible();
  await expect(page.getByText("Nobody was left, so “not seen lately” did not count this once.")).toBeVisible();
});

test("issue 4: each candidate tells how it would be spoken to, the cloud is marked, and the client's dialect is part of the question", async ({
  page,
}) => {
  await openSample(page, "#/routing");
  await expect(first(page).nth(1)).toContainText("OpenAI, passed through");
  await expect(first(page).nth(2)).toContainText("OpenAI → Ollama, translated");
  const far = page.locator('tr[data-node="claude"]');
  for (const words of ["cloud", "Ready", "OpenAI → Anthropic, translated"]) await expect(far).toContainText(words);
  await expect(page.locator('tr[data-node="studio"]').last()).toContainText("3 waiting");
  await page.getByLabel("The client speaks").selectOption("Anthropic");
  await expect.poll(async () => (await asked(page)).at(-1)).toMatchObject({ model: "coder", dialect: "anthropic" });
});

test("issue 3: the presets stand side by side with the node each would choose, and picking one shows its reasons", async ({ page }) => {
  await openSample(page, "#/routing");
  const strip = page.getByRole("group", { name: "Which node each policy would choose" });
  await expect(strip.getByRole("radio")).toHaveCount(8);
  await strip.getByRole("radio", { name: /^cheapest studio/ }).check();
  await expect(page.getByText("studio would load the model first: cheapest.")).toBeVisible();
  await expect(first(page).nth(2)).toContainText("$0.26 per M tokens (behind for this)");
  expect(await page.evaluate(() => globalThis.asked.some((call) => call.method === "setSettings"))).toBe(false);
});

test("a pasted body is judged with the question and never kept; one that is no JSON is not asked about", async ({ page }) => {
  await openSample(page, "#/routing");
  await page.getByText("With a request body").click();
  const body = page.getByLabel("Request body (JSON)");
  await body.fill('{"messages":[{"role":"user","content":"secret words"}],"profile":"quick"}');
  await expect.poll(async () => (await asked(page)).at(0)).toMatchObject({ model: "coder" });
  await expect.poll(async () => (await asked(page)).some((input) => "profile" in Object(input))).toBe(true);
  const before = (await asked(page)).length;
  await body.fill("{ secret words");
  await expect(page.getByText("This is not JSON", { exact: false })).toBeVisible();
  expect((await asked(page)).length).toBe(before);
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain("secret");
});

test("UX-14: a name nobody knows is answered with near names, not with an empty page", async ({ page }) => {
  const failure = { kind: "unknown-model", message: "No node knows a model called qwen3:9b.", near: ["qwen3:8b"] };
  await openSample(page, "#/routing", { replies: { explain: { ok: false, failure } } });
  await expect(page.getByText("No node knows a model called qwen3:9b.")).toBeVisible();
  await expect(page.getByText("Similar names: qwen3:8b")).toBeVisible();
});

test("issue 3: budgets show what is spent and what is set aside, warn at 80 %, and no key is ever shown", async ({ page }) => {
  await openSample(page, "#/routing");
  const budget = (id: string) => page.locator(`[data-budget="${id}"]`);
  await expect(budget("cloud-month")).toContainText("$3.40 of $5.00 a month");
  await expect(budget("cloud-month")).toContainText("$0.90 set aside for requests under way.");
  await expect(budget("cloud-month")).toContainText("Over 80 %");
  await expect(budget("mini-day")).toContainText("Used up");
  await expect(budget("all-month")).toContainText("Nothing used yet");
  await expect(page.getByText("laptop")).toBeVisible();
  expect(await page.locator("main").textContent()).not.toContain("LAPTOP_KEY");
});

test("UX-14: a request's details tell what its name came to mean, its chain, its caller, its cost and where the time went", async ({
  page,
}) => {
  await openSample(page, "#/activity");
  await page
    .getByRole("row", { name: /gpt-4o-mini/ })
    .getByRole("button")
    .click();
  const details = page.locator(".details");
  await expect(details).toContainText("“gpt-4o-mini” means the profile coder: it is an alias.");
  await expect(details).toContainText("any llm model, first qwen3*");
  await expect(details).toContainText("Over budget");
  for (const term of ["Sent after", "First byte after", "Answer", "In all", "Client", "Lane", "Cost"])
    await expect(details.getByText(term, { exact: true })).toBeVisible();
});

test("source-systems 5.6 to 5.8: a node's card tells failures in a row, demotion, memory pressure and draining, and ends a drain", async ({
  page,
}) => {
  await openSample(page, "#/nodes");
  const card = page.getByRole("region", { name: "Mac mini in the hall" });
  for (const word of ["Degraded", "Demoted", "Out of memory lately", "Drained"])
    await expect(card.getByText(word, { exact: true })).toBeVisible();
  await card.getByRole("button", { name: "End draining Mac mini in the hall" }).click();
  expect(await page.evaluate(() => globalThis.asked.at(-1))).toEqual({ method: "drainNode", input: { node: "mini", drained: false } });
});

test("the answer is asked again at most once a second however fast the fleet changes, and stands meanwhile", async ({ page }) => {
  await page.clock.install({ time: sampleSnapshot.now });
  await openSample(page, "#/routing");
  await expect(page.getByText("rack would serve it: already loaded.")).toBeVisible();
  // From here time passes only as the test says: on a slow machine seconds of it would pass between two lines.
  await page.clock.pauseAt(sampleSnapshot.now + 3_600_000);
  await expect(page.getByText("rack would serve it: already loaded.")).toBeVisible();
  const before = (await asked(page)).length;
  // Less than two seconds: at once, and once more.
  for (let version = 1; version <= 7; version += 1) {
    await page.evaluate((grown) => globalThis.push({ type: "snapshot", snapshot: grown }), { ...sampleSnapshot, version: 100 + version });
    await page.clock.runFor(250);
    await expect(page.getByText("rack would serve it: already loaded.")).toBeVisible();
  }
  const times = ((await asked(page)).length - before) / 8;
  expect(times).toBeGreaterThanOrEqual(1);
  expect(times).toBeLessThanOrEqual(2);
});
