// The models page in a real browser: what the house has, who has what, and fetching from there (demands 23).
import { expect, type Page, test } from "playwright/test";
import { largeSnapshot, modelsSnapshot, sampleChoices, stayingSnapshot } from "../../support/sample-models.ts";
import { openSample } from "../sample-window.ts";

const ok = (output: object) => ({ ok: true, output });
const forbidden = {
  ok: false,
  failure: { kind: "forbidden", message: "Fetching models to nodes is switched off.", field: "modelFiles.pull" },
};

test("demands 23: one row per model over all its homes; opened, each home with its version", async ({ page }) => {
  await openSample(page, "#/nodes", { snapshot: modelsSnapshot });
  await page.keyboard.press("Control+2");
  await expect(page.getByRole("heading", { level: 1, name: "Models" })).toBeVisible();
  await expect(page.getByText("2 models on 4 nodes, 1 in memory")).toBeVisible();
  await page.getByRole("button", { name: "llama3.2:3b", exact: true }).click();
  await expect(page.locator(".library-homes li")).toHaveCount(3);
  await expect(page.locator(".library-homes")).toContainText("another version than most");
});

test("demands 23: fetches show per node how far they are; one that failed says why and can be dismissed", async ({ page }) => {
  await openSample(page, "#/models", { snapshot: modelsSnapshot });
  const bar = page.getByRole("progressbar", { name: "Fetching llama3.2:3b to studio" });
  await expect(bar).toHaveAttribute("aria-valuetext", "60 % 1.2 GB of 2.0 GB, 40 MB/s, about 20 s left");
  await expect(page.getByRole("alert").filter({ hasText: "The disk of desk is too full" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Dismiss: gemma3:27b was not fetched to desk" })).toBeVisible();
});

test("S-08, demands 23: a click on an empty place fetches there, after a question where that is switched off", async ({ page }) => {
  await openSample(page, "#/models", { snapshot: modelsSnapshot, replies: { pullModel: forbidden, setSettings: ok({}) } });
  await page.getByRole("radio", { name: "Have on" }).check();
  await expect(page.getByRole("row", { name: /llama3\.2:3b/ })).toContainText("other version");
  await page.getByRole("button", { name: "Fetch gemma3:4b to studio" }).click();
  await expect(page.getByRole("dialog", { name: "Let this window fetch models?" })).toBeVisible();
  // By habit Enter does no harm: "Cancel" has the focus.
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("150 nodes, 50 models: scrolling who has what draws nothing downwards, and sideways only the columns that come, in rows near the sight", async ({
  page,
}) => {
  await openSample(page, "#/models", { snapshot: largeSnapshot });
  await page.getByRole("radio", { name: "Have on" }).check();
  const frame = page.getByRole("region", { name: "Which node has which model" });
  const places = page.locator(".matrix .place");
  const drawn = await places.count();
  expect(drawn).toBeLessThan(1_500);
  const touched = await frame.evaluate(async (element) => {
    const changes: MutationRecord[] = [];
    const watcher = new MutationObserver((more) => changes.push(...more));
    watcher.observe(element, { childList: true, attributes: true, characterData: true, subtree: true });
    const turn = async (left: number, top: number) => {
      element.scrollTo(left, top);
      for (let frames = 0; frames < 4; frames++) await new Promise(requestAnimationFrame);
      changes.push(...watcher.takeRecords());
      return new Set(changes.splice(0).map(({ target }) => Object(target).closest("[data-row]")?.dataset.row ?? "")).size;
    };
    return { down: await turn(0, 600), sideways: await turn(12_000, 0), onward: await turn(12_000, 1_200) };
  });
  expect(touched.down).toBe(0);
  expect(touched.sideways).toBeLessThan(45);
  expect(touched.onward).toBeGreaterThan(0);
  // Whatever is in sight is what stands there.
  const place = page.getByRole("row", { name: /^model-45/ }).getByRole("cell", { name: "node-105 has it, 2.0 GB" });
  await expect(place).toBeInViewport();
  await expect(place).toHaveAttribute("aria-colindex", "106");
  expect(await places.count()).toBe(drawn);
});

test("demands 23: the same model to many nodes at once, by keyboard alone", async ({ page }) => {
  await openSample(page, "#/models", { snapshot: modelsSnapshot, replies: { pullModel: ok({ refused: [] }) } });
  await page.getByRole("button", { name: "Fetch a model…" }).press("Enter");
  await page.keyboard.type("http://evil/x");
  await expect(page.getByText("That is no model's name", { exact: false })).toBeVisible();
  await page.getByRole("textbox", { name: "Name in the library" }).fill("qwen3:4b");
  await expect(page.getByRole("button", { name: "Fetch to 0 nodes" })).toBeDisabled();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Fetch to 4 nodes" }).press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Fetch a model…" })).toBeFocused();
});

test("the search finds models by name and by node, and says where nothing matches", async ({ page }) => {
  await openSample(page, "#/models", { snapshot: modelsSnapshot });
  await page.keyboard.press("/");
  await page.keyboard.type("gemma");
  await expect(page.locator("tbody[data-model]")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await page.keyboard.type("nothing like it");
  await expect(page.getByRole("heading", { name: "No model or node matches “nothing like it”" })).toBeVisible();
});

const loading = { snapshot: stayingSnapshot, replies: { loadChoices: sampleChoices, load: ok({ ms: 1 }), setModelOptions: ok({}) } };
const asked = (page: Page, method: string) =>
  page.evaluate((wanted) => globalThis.asked.filter((one) => one.method === wanted).map(({ input }) => input), method);

test("UX-06, UX-25: the load dialog tells each node's verdict, who would leave and how long it takes; the best is chosen", async ({
  page,
}) => {
  await openSample(page, "#/models", loading);
  await page.getByRole("button", { name: "Load llama3.2:3b…" }).click();
  const dialog = page.getByRole("dialog", { name: "Load llama3.2:3b" });
  const attic = dialog.getByRole("radio", { name: /attic/ });
  await expect(attic).toBeChecked();
  await expect(dialog.getByRole("radio", { name: /attic.*best.*usually 38 s.*Fits.*needs 2\.9 GB, 12\.0 GB free/ })).toBeVisible();
  await expect(dialog.getByRole("radio", { name: /desk.*about 21 s \(estimate\).*once its 2 requests ended/ })).toBeVisible();
  await expect(dialog.getByRole("radio", { name: /shed.*time not known yet.*Does not fit/ })).toBeVisible();
  await expect(dialog.getByRole("radio", { name: /studio.*does not answer/ })).toBeDisabled();
  await dialog.getByRole("button", { name: "Load", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  expect(await asked(page, "load")).toEqual([{ node: "attic", model: "llama3.2:3b" }]);
  expect(await asked(page, "setModelOptions")).toEqual([]);
});

test("UX-07: what does not fit is loaded anyway, by keyboard alone", async ({ page }) => {
  await openSample(page, "#/models", loading);
  await page.getByRole("button", { name: "Load llama3.2:3b…" }).press("Enter");
  await page.getByRole("radio", { name: /attic/ }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("radio", { name: /shed/ })).toBeChecked();
  await page.getByRole("button", { name: "Load anyway" }).press("Enter");
  expect(await asked(page, "load")).toEqual([{ node: "shed", model: "llama3.2:3b", force: true }]);
});

test("UX-03: context and idle time are saved for every load before this one begins; the verdicts follow the context", async ({ page }) => {
  await openSample(page, "#/models", loading);
  await page.getByRole("button", { name: "Load llama3.2:3b…" }).click();
  await expect(page.getByLabel("Unload when idle for")).toHaveValue("30");
  await page.getByLabel("Context").selectOption("32k tokens");
  await page.getByLabel("Unload when idle for").selectOption("never");
  await page.getByRole("button", { name: "Load", exact: true }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(await asked(page, "setModelOptions")).toEqual([
    { model: "llama3.2:3b", change: { contextTokens: 32_768, unloadAfterMinutes: "never" } },
  ]);
  expect(await asked(page, "loadChoices")).toContainEqual({ model: "llama3.2:3b", contextTokens: 32_768 });
});

test("UX-06: where the verdicts cannot be had the dialog says so and loads nothing", async ({ page }) => {
  const failure = { ok: false, failure: { kind: "internal", message: "Homeport could not look where it fits." } };
  await openSample(page, "#/models", { ...loading, replies: { loadChoices: failure } });
  await page.getByRole("button", { name: "Load llama3.2:3b…" }).click();
  await expect(page.getByText("Homeport could not look where it fits.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Load", exact: true })).toBeDisabled();
});

test("UX-05: every loaded model says why it stays, and one switch keeps it", async ({ page }) => {
  await openSample(page, "#/models", { snapshot: stayingSnapshot, replies: { keepLoaded: ok({}) } });
  await page.getByRole("button", { name: "gemma3:4b", exact: true }).click();
  await expect(page.getByText("unloads in 43 min")).toBeVisible();
  await expect(page.getByText("kept loaded by you")).toBeVisible();
  await expect(page.getByRole("button", { name: "Keep gemma3:4b loaded on desk" })).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "Keep gemma3:4b loaded on attic" }).click();
  expect(await asked(page, "keepLoaded")).toEqual([{ node: "attic", model: "gemma3:4b", keep: true }]);
});

test("UX-10: pinned models stand first; the list is grouped and sorted, and remembers how", async ({ page }) => {
  await openSample(page, "#/models", { snapshot: stayingSnapshot, replies: { setModelOptions: ok({}) } });
  await expect(page.locator("tbody[data-model]").first()).toHaveAttribute("data-model", "llama3.2:3b");
  await page.getByRole("button", { name: "Pin gemma3:4b" }).click();
  expect(await asked(page, "setModelOptions")).toEqual([{ model: "gemma3:4b", change: { pinned: true } }]);
  await page.getByLabel("Grouping").selectOption("by node");
  await expect(page.getByRole("rowheader", { name: "attic 2 models" })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Grouping")).toHaveValue("node");
});

test("UX-09: on a node's card a load begins at once, and asks first where it would unload what somebody uses", async ({ page }) => {
  await openSample(page, "#/nodes", loading);
  const load = async (node: string) => {
    await page.locator(`[data-node="${node}"]`).getByRole("button", { name: "Load a model" }).click();
    await page.getByRole("option", { name: /llama3\.2:3b/ }).click();
  };
  await load("attic");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await load("desk");
  await expect(page.getByRole("radio", { name: /desk/ })).toBeChecked();
  expect(await asked(page, "load")).toEqual([{ node: "attic", model: "llama3.2:3b" }]);
});
