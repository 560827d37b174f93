// The lists of the routing as forms, over the sample fleet: rules whose order counts, budgets with what is used, names, client keys, the catalogue.
import { expect, type Page, test } from "playwright/test";
import { Config } from "../../../src-core/contract/config.ts";
import { sampleSettings, sampleSnapshot } from "../../support/sample-snapshot.ts";
import { openSample } from "../sample-window.ts";

declare global {
  /** Entries that were drawn anew. */
  var drawn: Set<string>;
}

const edit = (page: Page) => openSample(page, "#/routing/edit");
const rule = (page: Page, name: string) => page.getByRole("group", { name: `rule ${name}`, exact: true });
const order = (page: Page) =>
  page.getByRole("group", { name: /^rule / }).evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
const saved = (page: Page) =>
  page.evaluate(() => globalThis.asked.filter((call) => call.method === "setSettings").map((call) => Object(call.input).change));

test("issue 6 Routing: rules change places by button and by Alt with an arrow; the focus goes with them, and the place is told", async ({
  page,
}) => {
  await edit(page);
  expect(await order(page)).toEqual(["rule pictures", "rule long"]);
  await page.getByRole("button", { name: "Move long up" }).press("Enter");
  expect(await order(page)).toEqual(["rule long", "rule pictures"]);
  await expect(page.getByRole("button", { name: "Move long up" })).toBeFocused();
  await expect(page.getByText("long is now 1 of 2.")).toBeAttached();
  await page.keyboard.press("Enter");
  expect(await order(page)).toEqual(["rule long", "rule pictures"]);
  await rule(page, "long").getByLabel("Name").focus();
  await page.keyboard.press("Alt+ArrowDown");
  expect(await order(page)).toEqual(["rule pictures", "rule long"]);
  await expect(rule(page, "long").getByLabel("Name")).toBeFocused();
});

test("issue 6 Routing: each rule says what it does there; one that nothing reaches is told; a pattern that could stall is refused as one types", async ({
  page,
}) => {
  await edit(page);
  await expect(rule(page, "pictures")).toContainText("If it has an image, quick answers.");
  await expect(rule(page, "long")).toContainText("Otherwise, if it is about 24,000 tokens or longer, coder answers.");
  await rule(page, "pictures").getByLabel("If it").selectOption("is anything");
  await expect(rule(page, "long")).toContainText("Nothing comes this far: “pictures” above takes it.");
  await rule(page, "long").getByLabel("If it").selectOption("matches a pattern");
  await expect(rule(page, "long").getByLabel("Pattern")).toHaveAccessibleDescription("Write something here.");
  await rule(page, "long").getByLabel("Pattern").fill("(a+)+$");
  await expect(rule(page, "long").getByLabel("Pattern")).toHaveAccessibleDescription(/quick on every text/);
  await rule(page, "long").getByLabel("Pattern").fill("refactor|review");
  await expect(rule(page, "long").getByLabel("Pattern")).toHaveAttribute("aria-invalid", "false");
});

test("issue 6 Routing: a rule is added above the one that takes all, removed and brought back, by keyboard alone", async ({ page }) => {
  await edit(page);
  await rule(page, "long").getByLabel("If it").selectOption("is anything");
  await page.getByRole("button", { name: "Add rule" }).press("Enter");
  expect(await order(page)).toEqual(["rule pictures", "rule rule", "rule long"]);
  await expect(rule(page, "rule").getByLabel("Name")).toBeFocused();
  await page.getByRole("button", { name: "Remove rule rule" }).press("Enter");
  await expect(page.getByText("Removed rule rule. Undo brings it back.")).toBeAttached();
  expect(await order(page)).toEqual(["rule pictures", "rule long"]);
  await expect(rule(page, "long").getByLabel("Name")).toBeFocused();
  await page.keyboard.press("Control+z");
  expect(await order(page)).toEqual(["rule pictures", "rule rule", "rule long"]);
});

test("issue 6 Routing: the built-in rules are read in words, and copied to begin with", async ({ page }) => {
  await edit(page);
  await page.getByRole("button", { name: "Use the built-in rules again" }).click();
  await expect(page.getByText("If it has an image, the profile multi answers, else any vision model.")).toBeVisible();
  await page.getByRole("button", { name: "Write rules of your own" }).click();
  expect(await order(page)).toEqual(["rule multi", "rule coding", "rule writing"]);
});

test("issue 6 Routing: a budget tells what is used and what happens at its limit; a figure keeps as it is typed; the whole is saved", async ({
  page,
}) => {
  await edit(page);
  const budget = page.getByRole("group", { name: "budget cloud-month" });
  await expect(budget).toContainText("Used now: $3.40 of $5.00.");
  await expect(budget).toContainText("Once $5.00 is spent in a month, what would cost more is passed over until the month ends (UTC).");
  await budget.getByLabel("At most").fill("12,5");
  await expect(budget.getByLabel("At most")).toHaveValue("12,5");
  await expect(budget).toContainText("Used now: $3.40 of $12.50.");
  await budget.getByLabel("At most").fill("");
  await expect(budget.getByLabel("At most")).toHaveAccessibleDescription(/Expected a number/);
  await budget.getByLabel("At most").fill("12.50");
  await budget.getByText("Counts").click();
  await budget.getByLabel("Client").selectOption("laptop");
  await expect(budget).toContainText("the cloud, client laptop");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect
    .poll(async () => (await saved(page)).at(-1)?.budgets?.[0])
    .toEqual({ id: "cloud-month", scope: { place: "cloud", client: "laptop" }, usd: 12.5, per: "month" });
});

test("issue 6 Routing: an alias whose name is taken is told and never swallows the other", async ({ page }) => {
  await edit(page);
  await page.getByRole("button", { name: "Add alias" }).click();
  const fresh = page.getByRole("group", { name: "alias alias", exact: true });
  await fresh.getByLabel("Name").fill("GPT-4o-mini");
  await expect(fresh.getByLabel("Name")).toHaveAccessibleDescription(/“GPT-4o-mini” is there already; this is still called “alias”/);
  await expect(page.getByRole("group", { name: /^alias / })).toHaveCount(2);
  await fresh.getByLabel("Name").fill("gpt-4.1");
  await expect(page.getByRole("group", { name: "alias gpt-4.1", exact: true }).getByLabel("Name")).toBeFocused();
});

test("issue 6 Routing: client keys name where a key is found and what it opens, and never the key", async ({ page }) => {
  await edit(page);
  const client = page.getByRole("group", { name: "client laptop" });
  await expect(client).toContainText("qwen3* · batch lane · 30 a minute · stays in the house");
  await client.getByLabel("May ask for").fill("qwen3*, phi-4");
  await client.getByText("Key and limits").click();
  await client.getByLabel("Requests at once").fill("2");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect
    .poll(async () => (await saved(page)).at(-1)?.clients?.[0])
    .toEqual({
      name: "laptop",
      key: { env: "LAPTOP_KEY" },
      models: ["qwen3*", "phi-4"],
      lane: "batch",
      concurrency: 2,
      requestsPerMinute: 30,
    });
});

test("issue 6 Routing: what is known of a model is written down: its memory in GB, its nodes, its price", async ({ page }) => {
  await edit(page);
  await page.getByRole("button", { name: "Add model" }).click();
  const entry = page.getByRole("group", { name: /^model / }).last();
  await entry.getByLabel("Model", { exact: true }).fill("big-one:70b");
  const named = page.getByRole("group", { name: "model big-one:70b", exact: true });
  await named.getByLabel("Memory in GB").fill("41.5");
  await named.getByRole("checkbox", { name: "rack" }).check({ force: true });
  await named.getByText("More").click();
  await named.getByLabel("US dollars per million tokens out").fill("0");
  await expect(named).toContainText("Needs 41.5 GB. Only on rack.");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect
    .poll(async () => (await saved(page)).at(-1)?.catalogue)
    .toEqual([{ model: "big-one:70b", bytes: 41_500_000_000, pinnedOn: ["rack"], cost: { output: 0 } }]);
});

test("UX: at 320 px the lists fit, and nothing is cut off", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 720 });
  await edit(page);
  await expect(rule(page, "pictures")).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

for (const [width, height] of [
  [1280, 720],
  [320, 720],
] as const) {
  test(`WCAG 2.4.11: whoever goes through the forms by Tab sees what has the focus, never hidden by the bars, ${width} px wide`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height });
    await edit(page);
    await rule(page, "pictures").getByLabel("Name").focus();
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press("Tab");
      const hidden = await page.evaluate(() => {
        const focused = document.activeElement;
        const { left, top, width, height } = focused?.getBoundingClientRect() ?? new DOMRect();
        const seen = document.elementFromPoint(left + width / 2, top + height / 2);
        return focused !== null && !focused.contains(seen) && seen?.closest("label")?.contains(focused) !== true ? focused.outerHTML : "";
      });
      expect(hidden).toBe("");
    }
  });
}

const named = (stem: string) => Array.from({ length: 12 }, (_, index) => `${stem}-${index}`);
/** Twelve of each kind of entry: enough to see that eleven are left alone. */
const many: Config = Config.parse({
  ...sampleSettings.config,
  profiles: { ...sampleSettings.config.profiles, ...Object.fromEntries(named("profile").map((name) => [name, { chain: ["quick"] }])) },
  rules: named("rule").map((id, index) => ({ id, when: { tokensAtLeast: 1_000 + index }, use: "quick" })),
  aliases: Object.fromEntries(named("alias").map((name) => [name, "quick"])),
  agents: Object.fromEntries(named("agent").map((name) => [name, { profile: "quick" }])),
  policies: Object.fromEntries(named("policy").map((name) => [name, ["warm", "fits", "name"]])),
  budgets: named("budget").map((id) => ({ id, usd: 5, per: "month" })),
  clients: named("client").map((name) => ({ name, key: { env: "KEY" } })),
  catalogue: named("model").map((model) => ({ model })),
});

/** Counts from here on which entries are drawn anew: with each drawing React writes the name of every input in it, whether it changed or not. */
const countDrawn = (page: Page) =>
  page.evaluate(() => {
    globalThis.drawn = new Set();
    Object.defineProperty(HTMLInputElement.prototype, "name", {
      configurable: true,
      set(this: HTMLInputElement, value: string) {
        if (this.closest(".sections") !== null) globalThis.drawn.add(this.closest(".entry-frame")?.getAttribute("aria-label") ?? "none");
        this.setAttribute("name", value);
      },
    });
  });
const drawnAnew = (page: Page) => page.evaluate(() => [...globalThis.drawn]);

test("issue 6: typing a figure in the draft draws the one entry it stands in and no other, with a mistake or without", async ({ page }) => {
  await openSample(page, "#/routing/edit", { replies: { getSettings: { ok: true, output: { ...sampleSettings, config: many } } } });
  const budget = page.getByRole("group", { name: "budget budget-7", exact: true });
  await budget.getByLabel("At most").press("End");
  await countDrawn(page);
  await page.keyboard.type("25.5");
  await expect(budget).toContainText("$525.50");
  expect(await drawnAnew(page)).toEqual(["budget budget-7"]);
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await expect(page.locator(".edit-state")).toContainText("1 thing to mend.");
  await page.evaluate((snapshot) => globalThis.push({ type: "snapshot", snapshot: structuredClone(snapshot) }), sampleSnapshot);
  expect(await drawnAnew(page)).toEqual(["budget budget-7"]);
  await rule(page, "rule-3").getByLabel("Tokens or more").fill("9000");
  await expect(rule(page, "rule-3")).toContainText("9,000 tokens");
  expect(await drawnAnew(page)).toEqual(["budget budget-7", "rule rule-3"]);
});
