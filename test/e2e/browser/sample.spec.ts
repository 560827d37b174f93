// What the window says about each state of a node, a load and a request, over a fleet that holds them all.
import { expect, type Page, test } from "playwright/test";
import { closedBreaker } from "../../../src-core/domain/breaker.ts";
import { noon } from "../../support/builders.ts";
import { sampleSnapshot, stuckLoad } from "../../support/sample-snapshot.ts";
import { openSample } from "../sample-window.ts";

const node = (page: Page, name: string) => page.getByRole("region", { name });

test("UX-26: an estimated bar is labelled as one, a reported bar as the node's; both speak their value", async ({ page }) => {
  await openSample(page, "#/nodes");
  const estimated = page.getByRole("progressbar", { name: "Loading gemma3:27b on studio" });
  await expect(estimated).toHaveAttribute("aria-valuetext", /about \d+ s left, estimate/);
  const reported = page.getByRole("progressbar", { name: "Loading gpt-oss-20b-mxfp4 on rack" });
  await expect(reported).toHaveAttribute("aria-valuetext", "62 %, text model, reported by node");
});

test("UX-04: a load says how many requests wait for it", async ({ page }) => {
  await openSample(page, "#/nodes");
  await expect(node(page, "studio").getByText("4 requests waiting")).toBeVisible();
});

test("UX-29: whoever cancels a load is told before and after that those who wait for it end with it", async ({ page }) => {
  await openSample(page, "#/nodes");
  const cancel = node(page, "studio").getByRole("button", { name: /^Cancel loading .* and 4 waiting requests$/ });
  await expect(cancel).toHaveAttribute("title", "Ends 4 waiting requests too");
  await cancel.click();
  await expect(page.getByText("is not loaded; 4 waiting requests ended with it")).toBeVisible();
  expect(await page.evaluate(() => asked.filter(({ method }) => method === "cancelLoad").length)).toBe(1);
});

const calls = (page: Page, wanted: string) =>
  page.evaluate((name) => asked.filter(({ method }) => method === name).map(({ input }) => input), wanted);

/** Attic, which has the model too, is well. */
function withLoad(more: Partial<typeof stuckLoad>) {
  const { fleet } = sampleSnapshot;
  const { attic } = fleet.nodes;
  if (attic === undefined) throw new Error("the sample has no attic");
  const well = { ...attic, breaker: closedBreaker, health: { state: "up", since: noon } } as const;
  const loads = { l3: { ...stuckLoad, ...more } };
  return { snapshot: { ...sampleSnapshot, fleet: { ...fleet, loads, nodes: { ...fleet.nodes, attic: well } } } };
}

test("UX-28: a load that is stuck is called so, and may be tried again there or elsewhere; who waits goes along", async ({ page }) => {
  await openSample(page, "#/nodes", withLoad({}));
  const studio = node(page, "studio");
  await expect(studio.getByText("no progress for 90 s")).toBeVisible();
  await studio.getByRole("button", { name: "Try again: phi4:14b on studio" }).click();
  expect(await calls(page, "retryLoad")).toEqual([{ node: "studio", model: "phi4:14b" }]);
  await studio.getByRole("button", { name: "Try elsewhere: phi4:14b, with 2 waiting requests" }).click();
  await expect(page.getByText("2 waiting requests try another node")).toBeVisible();
  expect(await calls(page, "cancelLoad")).toEqual([{ node: "studio", model: "phi4:14b", elsewhere: true }]);
});

test("UX-28: where nobody waits, another node is chosen by hand", async ({ page }) => {
  await openSample(page, "#/nodes", withLoad({ waiters: 0 }));
  await node(page, "studio").getByRole("button", { name: "Load elsewhere… phi4:14b" }).click();
  await expect(page.getByRole("dialog")).toContainText("phi4:14b");
  expect(await calls(page, "cancelLoad")).toEqual([]);
});

test("UX-28: a load that goes on offers nothing but to cancel it", async ({ page }) => {
  await openSample(page, "#/nodes");
  await expect(page.getByRole("progressbar", { name: "Loading gemma3:27b on studio" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Try again/ })).toHaveCount(0);
});

test("issue 3: who waits for a model is counted on its node with an estimate; unknown where it is unknown; nothing where nobody waits", async ({
  page,
}) => {
  await openSample(page, "#/nodes");
  await expect(node(page, "studio").locator('[data-model="qwen3:8b"]')).toContainText("3 waiting, about 12 s, an estimate");
  await expect(node(page, "studio").getByText("phi4:14b: 1 waiting, how long is unknown")).toBeVisible();
  for (const name of ["attic", "rack", "Claude"]) await expect(node(page, name).getByText("waiting")).toHaveCount(0);
  await expect(page.getByText("4 requests queued")).toBeVisible();
});

test("issue 3: a request that waits tells how many do and its own expected wait, in its row and its details", async ({ page }) => {
  await openSample(page, "#/activity");
  const row = page.locator('[data-request="r7"]');
  await expect(row).toContainText("Queued, place 2");
  await expect(row).toContainText("3 waiting, about 8 s, an estimate");
  await row.getByRole("button", { name: "qwen3:8b", exact: true }).click();
  const details = page.locator(".details");
  await expect(details.locator("dl > div", { hasText: "Waiting for this model" })).toContainText("3");
  await expect(details.locator("dl > div", { hasText: "Expected to wait" })).toContainText("about 8 s, an estimate");
});

test("issue 4: a row tells the dialects, what was lost, tokens, cost and the cloud; its details name the fields and what the cache saved", async ({
  page,
}) => {
  await openSample(page, "#/activity");
  const far = page.locator('[data-request="r6a"]');
  for (const words of ["OpenAI → Anthropic, translated", "2 fields left out", "cloud", "18,412 in, 1,187 out", "$0.03"])
    await expect(far).toContainText(words);
  await expect(page.locator('[data-request="r6"]')).toContainText("OpenAI, passed through");
  await expect(page.locator('[data-request="r6"]')).not.toContainText("cloud");
  await expect(page.locator('[data-request="r4"]')).not.toContainText("passed");
  await far.getByRole("button").click();
  const details = page.locator(".details");
  await expect(details).toContainText("18,412, 16,384 from the cache, 1,024 written to it");
  await expect(details).toContainText("since Anthropic has no word for them");
  for (const field of ["seed", "logit_bias"]) await expect(details.getByText(field, { exact: true })).toBeVisible();
});

test("issue 4: what was mended, left out or is doubtful in an answer stands in its details as sentences", async ({ page }) => {
  await openSample(page, "#/activity");
  await page.locator('[data-request="r1"]').getByRole("button").click();
  const details = page.locator(".details");
  await expect(details).toContainText("A tool call that the model wrote as text was given as a real one.");
  await expect(details).toContainText("The 6 oldest messages were left out");
  await expect(details).toContainText("The node read 2048 of about 9300 tokens");
  await expect(page.locator("body")).not.toContainText(/stop-markers|tool-calls|NaN|undefined/);
});

test("UX-05: a loaded model says why it stays: in use, pinned, or until when", async ({ page }) => {
  await openSample(page, "#/nodes");
  await expect(node(page, "studio").getByText("2 requests now")).toBeVisible();
  await expect(node(page, "studio").getByText("stays loaded")).toBeVisible();
  await expect(node(page, "rack").getByText("idle 12 min")).toBeVisible();
  await expect(node(page, "rack").getByText(/unloads in/)).toHaveCount(0);
});

test("UX decision 4: no bar and no percentage where the total is unknown, and never NaN", async ({ page }) => {
  await openSample(page, "#/nodes");
  await expect(node(page, "studio").getByText("6.7 GB of 24.0 GB")).toBeVisible();
  await expect(node(page, "studio").getByText("Total from your settings")).toBeVisible();
  await expect(node(page, "Mac mini in the hall").locator(".memory-bar")).toHaveCount(0);
  await expect(node(page, "Mac mini in the hall").getByText("1.2 GB in use")).toBeVisible();
  await expect(page.locator("body")).not.toContainText(/NaN|undefined|null/);
});

test("Breaker: an open breaker counts down in words, and Try now asks the engine", async ({ page }) => {
  await openSample(page, "#/nodes");
  const attic = node(page, "attic");
  await expect(attic.getByText("Not sending")).toBeVisible();
  await expect(attic.getByText(/Next try in 1:4\d|Next try in 1:3\d/)).toBeVisible();
  await expect(attic.getByText("last seen 2 min ago")).toBeVisible();
  await attic.getByRole("button", { name: "Try now: attic" }).click();
  expect(await page.evaluate(() => globalThis.asked.findLast(({ method }) => method !== "nodeLog"))).toEqual({
    method: "tryNow",
    input: { node: "attic" },
  });
});

test("A model set aside says why and for how long", async ({ page }) => {
  await openSample(page, "#/nodes");
  await expect(node(page, "rack").getByText(/rack ran out of memory while loading/)).toBeVisible();
  await expect(node(page, "rack").getByText(/Tried again in 1:4/)).toBeVisible();
});

test("UX-09: unloading a model in use asks first; Esc changes nothing and gives focus back", async ({ page }) => {
  await openSample(page, "#/nodes");
  const unload = page.getByRole("button", { name: "Unload qwen3:8b from studio" });
  await unload.click();
  await expect(page.getByRole("dialog", { name: "Unload qwen3:8b?" })).toContainText("2 requests are using it");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(unload).toBeFocused();
  expect(await page.evaluate(() => globalThis.asked.some((call) => call.method === "unload"))).toBe(false);
});

test("UX-07: a model that does not fit can be loaded anyway, by one more click", async ({ page }) => {
  const refused = { ok: false, failure: { kind: "does-not-fit", message: "llama3.3:70b needs 43.0 GB and studio has 16.1 GB free." } };
  await openSample(page, "#/nodes", { replies: { load: refused } });
  await node(page, "studio").getByRole("button", { name: "Load a model…" }).click();
  await page.getByRole("combobox", { name: "Find a model" }).fill("70b");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert").getByText("llama3.3:70b needs 43.0 GB and studio has 16.1 GB free.")).toBeVisible();
  await page.getByRole("button", { name: "Load anyway" }).click();
  const calls = await page.evaluate(() => globalThis.asked.filter((call) => call.method === "load").map((call) => call.input));
  expect(calls).toEqual([
    { node: "studio", model: "llama3.3:70b" },
    { node: "studio", model: "llama3.3:70b", force: true },
  ]);
});

test("UX-14: a request's details name each attempt, each node passed over, and the cold load", async ({ page }) => {
  await openSample(page, "#/activity");
  await page
    .getByRole("row", { name: /llama3.2:3b OpenAI, passed through studio healthier, 2 attempts/ })
    .getByRole("button")
    .click();
  await expect(page.getByText("attic refused the connection.", { exact: false })).toBeVisible();
  await expect(page.getByText("It does not list llama3.2:3b.")).toBeVisible();
  await expect(page.getByText("Loading the model")).toBeVisible();
});

test("UX-10: running requests stand first with their phase, and can be cancelled", async ({ page }) => {
  await openSample(page, "#/activity");
  const rows = page.locator("tr.request");
  await expect(rows.nth(0)).toContainText("Queued, place 2");
  await expect(rows.nth(1)).toContainText("Generating");
  await expect(rows.nth(1)).toContainText("~51.3 tok/s");
  await rows
    .nth(1)
    .getByRole("button", { name: /Cancel/ })
    .click();
  expect(await page.evaluate(() => globalThis.asked.at(-1))).toEqual({ method: "cancelRequest", input: { request: "r9" } });
});

test("UX-21: what was worth a notification is kept in the inbox until read", async ({ page }) => {
  await openSample(page, "#/nodes");
  await page.getByRole("button", { name: "Inbox, 2 unread" }).click();
  await expect(page.getByRole("dialog").getByText("attic gets no requests for now")).toBeVisible();
  await page.getByRole("button", { name: "Mark all as read" }).click();
  expect(await page.evaluate(() => globalThis.asked.findLast(({ method }) => method !== "nodeLog")?.method)).toBe("dismissNotices");
});

test("Keys: Ctrl+1 to 7 change the page, / reaches the search, Esc empties it", async ({ page }) => {
  await openSample(page, "#/nodes");
  await page.keyboard.press("Control+3");
  await expect(page.getByRole("heading", { level: 1, name: "Activity" })).toBeVisible();
  await page.keyboard.press("/");
  const search = page.getByRole("searchbox");
  await expect(search).toBeFocused();
  await page.keyboard.type("attic");
  await expect(page.locator("tr.request")).toHaveCount(2);
  await page.keyboard.press("Escape");
  await expect(search).toHaveValue("");
  await page.keyboard.press("Control+4");
  await expect(page.getByRole("heading", { level: 1, name: "Routing" })).toBeVisible();
  await page.keyboard.press("Control+5");
  await expect(page.getByRole("heading", { level: 1, name: "Usage" })).toBeVisible();
  await page.keyboard.press("Control+7");
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
});

test("A setting the engine refuses shows its reason beside the field", async ({ page }) => {
  const failure = {
    kind: "invalid-request",
    message: "gateway.port: expected a number of at most 65535, got 70000.",
    field: "gateway.port",
  };
  await openSample(page, "#/settings/network", { replies: { setSettings: { ok: false, failure } } });
  const port = page.getByLabel("Port");
  await port.fill("70000");
  await page.getByRole("button", { name: "Save port" }).click();
  await expect(port).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText(failure.message)).toBeVisible();
});

test("UX decision 4: a total without a figure of use draws no bar, since an empty bar would claim that all is free", async ({ page }) => {
  const rack = sampleSnapshot.fleet.nodes["rack"];
  if (rack === undefined) throw new Error("the sample has no rack");
  const models = Object.fromEntries(
    Object.entries(rack.models).map(([key, model]) => [
      key,
      { ...model, residency: { state: "warm", since: sampleSnapshot.now } as const },
    ]),
  );
  const fleet = { ...sampleSnapshot.fleet, loads: {}, nodes: { rack: { ...rack, models } } };
  await openSample(page, "#/nodes", { snapshot: { ...sampleSnapshot, fleet } });
  await expect(node(page, "rack").getByText("48.0 GB in all")).toBeVisible();
  await expect(node(page, "rack").locator(".memory-bar")).toHaveCount(0);
});
