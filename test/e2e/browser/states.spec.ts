// Every page in each of its states: nobody is kept out in light, dark or forced colours, nothing moves for who asked for less of it, and
// nothing is pushed out or cut off at 320 px or with text of twice the size.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "playwright/test";
import { sampleSnapshot } from "../../support/sample-snapshot.ts";
import { openSample, type Sample } from "../sample-window.ts";
import { openScene, scenes, states } from "../states.ts";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** What another set of colours can change. */
const ofColours = ["color-contrast", "link-in-text-block"];

/** The violations, each with the elements it is about. */
async function found(builder: AxeBuilder): Promise<readonly string[]> {
  const { violations } = await builder.analyze();
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 5)
        .map((node) => node.html)
        .join(" ")}`,
  );
}

/** Of 150 nodes axe looks at the first: it would take half a minute for the others, which the same code makes. */
function few({ snapshot = sampleSnapshot, ...rest }: Sample): Sample {
  const nodes = Object.fromEntries(Object.entries(snapshot.fleet.nodes).slice(0, 8));
  return { ...rest, snapshot: { ...snapshot, fleet: { ...snapshot.fleet, nodes } } };
}

/** What reaches beyond the right edge, or holds more than it shows and cannot be scrolled. */
const pushedOut = (page: Page) =>
  page.evaluate(() => {
    const wide = document.documentElement.scrollWidth > innerWidth;
    // To ask after what is out of sight would draw it, one element after the other.
    const all = [...document.querySelectorAll<HTMLElement>("body *")].filter((one) => one.checkVisibility({ contentVisibilityAuto: true }));
    const beyond = wide ? all.filter((element) => element.getBoundingClientRect().right > innerWidth + 1) : [];
    const cut = all.filter((element) => {
      const { overflowX, clipPath } = getComputedStyle(element);
      return overflowX === "hidden" && clipPath === "none" && element.scrollWidth > element.clientWidth + 1;
    });
    return [...beyond, ...cut].slice(0, 8).map((element) => `${element.tagName}.${element.className}: ${element.textContent.slice(0, 40)}`);
  });

/** As a person sets it in the browser or the system: twice the usual 16 px, which the sheets' own widths follow too. */
async function largeText(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Page.setFontSizes", { fontSizes: { standard: 32, fixed: 26 } });
  await expect.poll(() => page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe("28px");
}

// Axe reads every element several times; on a machine that does other work too that takes its time.
test.describe.configure({ timeout: 90_000 });

for (const scene of scenes) {
  test(`WCAG 2.2 AA: ${scene.name}: in every theme, at 320 px, with large text`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await openScene(page, { ...scene, sample: few(scene.sample) });
    expect(await found(new AxeBuilder({ page }).withTags(tags))).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await found(new AxeBuilder({ page }).withRules(ofColours)), "dark").toEqual([]);
    await page.emulateMedia({ forcedColors: "active" });
    expect(await found(new AxeBuilder({ page }).withRules(ofColours)), "forced colours").toEqual([]);
    await page.emulateMedia({ forcedColors: "none" });
    expect(await page.evaluate(() => document.getAnimations().length), "movements").toBe(0);
    const { snapshot } = scene.sample;
    if (snapshot !== undefined) await page.evaluate((all) => globalThis.push(all), { type: "snapshot", snapshot });
    await page.setViewportSize({ width: 320, height: 800 });
    // A chart is drawn anew a moment after its place has changed.
    await expect.poll(() => pushedOut(page), "320 px").toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
    await largeText(page);
    await expect.poll(() => pushedOut(page), "text of 200 %").toEqual([]);
  });
}

test("ux.md 5: pages say what they wait for, what could not be read and what to do, and where a first node is added", async ({ page }) => {
  await openSample(page, "#/routing", states.loading);
  await expect(page.getByText("Reading the settings…")).toBeVisible();
  for (const [hash, words] of [
    ["#/routing", "The rules could not be read."],
    ["#/usage", "The figures could not be read."],
    ["#/settings", "Settings were not read"],
  ] as const) {
    const other = await page.context().newPage();
    await openSample(other, hash, states.failing);
    await expect(other.getByText(words)).toBeVisible();
    await expect(other.getByRole("button", { name: "Try again" })).toBeVisible();
    await other.close();
  }
  const empty = await page.context().newPage();
  await openSample(empty, "#/models", states.empty);
  await empty.getByRole("link", { name: "Add a node" }).click();
  await expect(empty.getByRole("button", { name: "Scan this computer" })).toBeVisible();
});

test("issue 6: in forced colours the page one is on, the chosen policy and a load's progress are still told apart", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  await openSample(page, "#/routing");
  const line = (name: string) => page.getByRole("link", { name, exact: true }).evaluate((tab) => getComputedStyle(tab).borderBottomColor);
  expect(await line("Routing")).not.toBe(await line("Nodes"));
  const chosen = page.locator(".policy", { has: page.getByRole("radio", { checked: true }) });
  await expect(chosen).toHaveCSS("outline-style", "solid");
  await page.getByRole("link", { name: "Nodes", exact: true }).click();
  await expect(page.getByRole("progressbar").first()).toHaveCSS("forced-color-adjust", "none");
});

test("WCAG 1.4.10: a window made narrower keeps every node within its edges, however far down the page was read", async ({ page }) => {
  await openSample(page, "#/nodes", states.large);
  await page.locator(".panel").last().scrollIntoViewIfNeeded();
  await expect(page.locator(".panel").last()).toBeVisible();
  await page.setViewportSize({ width: 720, height: 800 });
  await page.evaluate(() => scrollTo(0, 0));
  await expect(page.locator(".panel").first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(720);
  const right = await page
    .locator(".panel")
    .first()
    .evaluate((panel) => panel.getBoundingClientRect().right);
  expect(right).toBeLessThanOrEqual(720);
});
