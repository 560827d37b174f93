// Every page and layer in both themes: no WCAG 2.2 AA violation, no sideways scrolling at 320 px, nothing that the strict policy refuses.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "playwright/test";
import type { SearchView } from "../../../src-core/contract/finding.ts";
import { capturingSnapshot, sampleCaptured } from "../../support/sample-capture.ts";
import { sampleDiagnosis } from "../../support/sample-diagnosis.ts";
import { modelsSnapshot, sampleChoices, stayingSnapshot } from "../../support/sample-models.ts";
import { nodeLogReply } from "../../support/sample-node-log.ts";
import { emptySearch, runningSearch, sampleSubnets } from "../../support/sample-search.ts";
import { sampleSnapshot } from "../../support/sample-snapshot.ts";
import { unusedHouse } from "../../support/sample-usage.ts";
import { openSample, type Sample } from "../sample-window.ts";

const noNodes: Sample = { snapshot: { ...sampleSnapshot, fleet: { ...sampleSnapshot.fleet, nodes: {}, loads: {} }, notices: [] } };
const paused: Sample = {
  snapshot: {
    ...sampleSnapshot,
    app: { ...sampleSnapshot.app, demo: true },
    fleet: { ...sampleSnapshot.fleet, paused: { until: sampleSnapshot.now + 900_000 } },
    banners: [
      { id: "b", level: "error", title: "Settings were not saved.", body: "The disk is full. Free some space; Homeport tries again." },
    ],
  },
};
const found = { ok: true, output: { url: "http://studio.lan:11434", kind: "ollama", label: "Ollama", version: "0.12.3", models: 12 } };
const refused = { ok: false, failure: { kind: "does-not-fit", message: "llama3.3:70b needs 43.0 GB and studio has 16.1 GB free." } };

const finding = (search?: SearchView) => async (page: Page) => {
  const replies = { ownSubnets: { ok: true, output: { subnets: sampleSubnets } } };
  await openSample(page, "#/nodes", { snapshot: { ...sampleSnapshot, ...(search === undefined ? {} : { search }) }, replies });
  await page.getByRole("button", { name: "Add node" }).click();
  await page.getByRole("button", { name: "Find on my network" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
};
const open = (hash: string, sample?: Sample) => (page: Page) => openSample(page, hash, sample);
const scenes: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  nodes: open("#/nodes"),
  activity: open("#/activity"),
  settings: open("#/settings"),
  "settings of the network": open("#/settings/network"),
  "settings of nodes": open("#/settings/nodes"),
  "settings of routing": async (page) => {
    await openSample(page, "#/settings/routing");
    await page.getByLabel("Failures").fill("0");
    await expect(page.getByText("At least 1.")).toBeVisible();
  },
  "settings of privacy": open("#/settings/privacy"),
  "settings of notifications": open("#/settings/notifications"),
  "keys in use": async (page) => {
    await openSample(page, "#/settings/keys");
    await expect(page.getByText("LAPTOP_KEY").first()).toBeVisible();
  },
  "settings in force": async (page) => {
    await openSample(page, "#/settings/advanced");
    await expect(page.getByRole("table")).toBeVisible();
  },
  "settings to import": async (page) => {
    await openSample(page, "#/settings/advanced");
    await page.getByRole("button", { name: "Import…" }).click();
    await page.getByLabel("Or as text").fill("gateway: {}");
    await expect(page.getByText("3 changes")).toBeVisible();
  },
  "a node edited": async (page) => {
    await openSample(page, "#/nodes");
    await page.getByRole("button", { name: "More for studio" }).click();
    await page.getByRole("menuitem", { name: "Edit node…" }).click();
    await page.getByText("Quiet hours", { exact: true }).click();
    await page.getByRole("button", { name: "Add hours" }).click();
    await page.getByText("Waking", { exact: true }).click();
    await page.getByLabel("Hardware address").fill("3c:52");
    await expect(page.getByText("six pairs", { exact: false })).toBeVisible();
  },
  routing: async (page) => {
    await openSample(page, "#/routing");
    await expect(page.getByRole("table").first()).toBeVisible();
  },
  "routing edited": async (page) => {
    await openSample(page, "#/routing/edit");
    for (const name of ["coder", "quick"])
      await page
        .getByRole("group", { name: `profile ${name}` })
        .locator("summary")
        .first()
        .click();
    await page.getByText("Needs and limits", { exact: true }).first().click();
    await page.getByLabel("Each answer within (seconds)").first().fill("0");
    await page.getByRole("group", { name: "policy quiet" }).locator("summary").click();
    await expect(page.getByText("1 thing to mend.")).toBeVisible();
  },
  "routing edited as text": async (page) => {
    const issues = [
      { field: "profiles.coder.fallback", line: 2, says: 'expected the name of a profile (did you mean "quick"?), got "quik"' },
    ];
    const written = { ok: true, output: { text: "profiles:\n  coder: { chain: [qwen3:8b], fallback: quik }\n" } };
    await openSample(page, "#/routing/edit", { replies: { writeRouting: written, readRouting: { ok: true, output: { issues } } } });
    await page.getByRole("radio", { name: "YAML" }).check();
    await page.getByLabel("Routing as YAML").pressSequentially("#");
    await expect(page.getByRole("button", { name: "Line 2" })).toBeVisible();
  },
  "routing with a body that is no JSON": async (page) => {
    await openSample(page, "#/routing");
    await page.getByText("With a request body").click();
    await page.getByLabel("Request body (JSON)").fill("{ not json");
    await expect(page.getByText("This is not JSON", { exact: false })).toBeVisible();
  },
  "lists of the routing edited": async (page) => {
    test.slow();
    // The whole page in view: a field that has scrolled half under the bar is not what this is about.
    await page.setViewportSize({ width: 1280, height: 3600 });
    await openSample(page, "#/routing/edit");
    await page.getByRole("button", { name: "Add model" }).click();
    for (const fold of ["Counts", "Key and limits", "More"]) await page.getByText(fold, { exact: true }).first().click();
    await page.getByRole("group", { name: "rule long" }).getByLabel("If it").selectOption("contains a text");
    await expect(page.getByText("Write something here.")).toBeVisible();
  },
  models: open("#/models", { snapshot: modelsSnapshot }),
  "where to load a model": async (page) => {
    await openSample(page, "#/models", { snapshot: stayingSnapshot, replies: { loadChoices: sampleChoices } });
    await page.getByRole("button", { name: "Load llama3.2:3b…" }).click();
    await expect(page.getByRole("radio", { name: /shed/ })).toBeVisible();
  },
  "models grouped, and why they stay": async (page) => {
    await openSample(page, "#/models", { snapshot: stayingSnapshot });
    await page.getByLabel("Grouping").selectOption("by what it can do");
    await page.getByRole("button", { name: "gemma3:4b", exact: true }).first().click();
    await expect(page.getByText("kept loaded by you")).toBeVisible();
  },
  "who has which model": async (page) => {
    await openSample(page, "#/models", { snapshot: modelsSnapshot });
    await page.getByRole("radio", { name: "Have on" }).check();
    await expect(page.getByRole("table")).toBeVisible();
  },
  "fetching a model": async (page) => {
    await openSample(page, "#/models", { snapshot: modelsSnapshot });
    await page.getByRole("button", { name: "Fetch a model…" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
  },
  usage: async (page) => {
    await openSample(page, "#/usage");
    await expect(page.getByRole("img", { name: "Requests per day, as a chart" })).toBeVisible();
  },
  "usage as tables": async (page) => {
    await openSample(page, "#/usage");
    await page.getByRole("radio", { name: "30 days" }).check();
    await page.getByRole("radio", { name: "Table" }).check();
    await expect(page.getByRole("table", { name: "Usage per day" })).toBeVisible();
  },
  "no usage": open("#/usage", { replies: unusedHouse }),
  "usage that cannot be read": open("#/usage", { replies: { "usage day": refused } }),
  "connect, after a test": async (page) => {
    const headers = { "x-homeport-node": "studio", "content-type": "text/event-stream" };
    const output = { state: "answered", model: "qwen3:8b", node: "studio", firstByteMs: 131, totalMs: 162, headers };
    await openSample(page, "#/connect", { replies: { testConnection: { ok: true, output } } });
    await page.getByRole("button", { name: /^Test/ }).click();
    await page.getByText("What the answer told about itself").click();
  },
  "connect without nodes": open("#/connect", noNodes),
  "no nodes": open("#/nodes", noNodes),
  "finding servers": finding(),
  "a search under way": finding(runningSearch),
  "an empty search": finding(emptySearch),
  "no traffic": open("#/activity", { activity: [] }),
  "standing messages": open("#/nodes", paused),
  "request details": async (page) => {
    await openSample(page, "#/activity");
    await page.getByRole("button", { name: "llama3.2:3b" }).first().click();
    await expect(page.getByRole("heading", { name: "Attempts" })).toBeVisible();
  },
  "a captured request": async (page) => {
    await openSample(page, "#/activity", { snapshot: capturingSnapshot, replies: { captured: { ok: true, output: sampleCaptured } } });
    await page.locator('[data-request="r6"] .expand').click();
    await expect(page.getByRole("region", { name: "Answer as captured" })).toBeVisible();
  },
  "settings while requests are captured": open("#/settings/privacy", { snapshot: capturingSnapshot }),
  palette: async (page) => {
    await openSample(page, "#/activity");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("load");
    await expect(page.getByRole("dialog").getByRole("option").first()).toBeVisible();
  },
  "palette without a match": async (page) => {
    await openSample(page, "#/nodes");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("zzzz");
    await expect(page.getByText("Nothing here is called", { exact: false })).toBeVisible();
  },
  "all keys": async (page) => {
    await openSample(page, "#/nodes");
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  },
  "filtered requests": async (page) => {
    await openSample(page, "#/activity");
    await page.getByLabel("Node", { exact: true }).selectOption("attic");
    await expect(page.locator("tr.request")).toHaveCount(2);
  },
  "details of a translated request": async (page) => {
    await openSample(page, "#/activity");
    for (const request of ["r1", "r6a", "r7"]) await page.locator(`[data-request="${request}"] .expand`).click();
    await expect(page.getByRole("heading", { name: "What was changed" }).first()).toBeVisible();
  },
  "load list": async (page) => {
    await openSample(page, "#/nodes");
    await page.getByRole("region", { name: "studio" }).getByRole("button", { name: "Load a model…" }).click();
    await expect(page.getByRole("option").first()).toBeVisible();
  },
  "load refused": async (page) => {
    await openSample(page, "#/nodes", { replies: { load: refused } });
    await page.getByRole("region", { name: "studio" }).getByRole("button", { name: "Load a model…" }).click();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: "Load anyway" })).toBeVisible();
  },
  "node menu": async (page) => {
    // The whole page in view: a button that has scrolled half under the header is not what this is about.
    await page.setViewportSize({ width: 1280, height: 1800 });
    await openSample(page, "#/nodes");
    await page.getByRole("button", { name: "More for rack" }).click();
    await expect(page.getByRole("menuitem").first()).toBeFocused();
  },
  "add a node": async (page) => {
    await openSample(page, "#/nodes", { replies: { probeNode: found } });
    await page.getByRole("button", { name: "Add node" }).click();
    await page.getByLabel("Address").fill("studio.lan:11434");
    await page.keyboard.press("Enter");
    await expect(page.getByText("Found Ollama 0.12.3 with 12 models")).toBeVisible();
  },
  "what the doctor found": async (page) => {
    await openSample(page, "#/settings/advanced", { replies: { doctor: { ok: true, output: sampleDiagnosis } } });
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByText("Show what is in order").click();
    await expect(page.locator(".finding:visible")).toHaveCount(6);
  },
  "what happened on a node": async (page) => {
    await openSample(page, "#/nodes");
    await page.getByRole("button", { name: "What happened on studio" }).click();
    await page.getByText("Show each check").click();
    await expect(page.getByRole("table", { name: "The last checks, newest first" })).toBeVisible();
  },
  "nothing happened on a node": async (page) => {
    await openSample(page, "#/nodes", { replies: nodeLogReply({ entries: [], probes: [] }) });
    await page.getByRole("button", { name: "What happened on studio" }).click();
    await expect(page.getByText("Nothing yet.", { exact: false })).toBeVisible();
  },
  "what happened cannot be read": async (page) => {
    await openSample(page, "#/nodes", { replies: { nodeLog: refused } });
    await page.getByRole("button", { name: "What happened on studio" }).click();
    await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
  },
  inbox: async (page) => {
    await openSample(page, "#/nodes");
    await page.getByRole("button", { name: "Inbox, 2 unread" }).click();
    await expect(page.getByRole("dialog", { name: "Inbox" })).toBeVisible();
  },
};

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

for (const [name, show] of Object.entries(scenes)) {
  test(`WCAG 2.2 AA: "${name}" keeps nobody out, light or dark, and needs no sideways scrolling at 320 px`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await show(page);
    await page.locator("h1, h2").first().waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
      expect(violations.map(({ id, nodes }) => `${colorScheme}, ${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
    }
    await page.setViewportSize({ width: 320, height: 700 });
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > 321)
        .map((element) => `${element.tagName} ${element.className}`),
    );
    const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(scrollWidth, `too wide: ${wide.join(", ")}`).toBeLessThanOrEqual(320);
  });
}

test("S-52: the window runs under its strict policy without a single refusal", async ({ page }) => {
  const refusals: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") refusals.push(message.text());
  });
  page.on("pageerror", (error) => refusals.push(String(error)));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => console.error(`refused ${event.blockedURI} by ${event.violatedDirective}`));
  });
  await openSample(page, "#/nodes");
  for (const name of ["Activity", "Routing", "Usage", "Connect", "Settings", "Nodes"]) {
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  }
  expect(refusals).toEqual([]);
});
