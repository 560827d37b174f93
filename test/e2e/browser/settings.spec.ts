// The settings page and the dialog that edits a node, over the sample fleet: what they say, what they send, and that nothing wrong is sent.
import { expect, type Page, test } from "playwright/test";
import { sampleIssues } from "../../support/sample-settings.ts";
import { sampleSnapshot } from "../../support/sample-snapshot.ts";
import { openSample } from "../sample-window.ts";

const sent = (page: Page, method: string) =>
  page.evaluate((name) => globalThis.asked.filter((one) => one.method === name).map((one) => one.input), method);

async function editStudio(page: Page): Promise<void> {
  await openSample(page, "#/nodes");
  await page.getByRole("button", { name: "More for studio" }).click();
  await page.getByRole("menuitem", { name: "Edit node…" }).click();
  await expect(page.getByLabel("Address", { exact: true })).toBeVisible();
}

test("ux.md 5: every group of the settings is reached by its name, and its address is kept", async ({ page }) => {
  await openSample(page, "#/settings");
  const nav = page.getByRole("navigation", { name: "Settings" });
  for (const name of ["General", "Network", "Nodes", "Routing", "Privacy", "Notifications", "Keys", "Advanced"]) {
    await nav.getByRole("link", { name }).click();
    await expect(nav.getByRole("link", { name })).toHaveAttribute("aria-current", "page");
    await expect(page.locator(".section h2").first()).toBeVisible();
  }
  await page.reload();
  await expect(nav.getByRole("link", { name: "Advanced" })).toHaveAttribute("aria-current", "page");
});

test("UX decision 7: each kind of news has its switch, and turning one off sends only that", async ({ page }) => {
  await openSample(page, "#/settings/notifications");
  await page.getByRole("switch", { name: "A budget is nearly or wholly used up" }).click();
  await expect.poll(() => sent(page, "setSettings")).toMatchObject([{ change: { notifications: { budgets: false, breaker: true } } }]);
});

test("A figure out of its bounds is told as one types, and cannot be saved", async ({ page }) => {
  await openSample(page, "#/settings/routing");
  const failures = page.getByLabel("Failures");
  await failures.fill("0");
  await expect(failures).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText("At least 1.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save breaker" })).toBeDisabled();
  await failures.fill("5");
  await page.getByRole("button", { name: "Save breaker" }).click();
  await expect.poll(() => sent(page, "setSettings")).toMatchObject([{ change: { breaker: { failures: 5, windowSeconds: 60 } } }]);
});

test("UX-08: what is in force says who said so, and can be looked through", async ({ page }) => {
  await openSample(page, "#/settings/advanced");
  const table = page.getByRole("region", { name: "Settings in force" });
  await expect(table.getByRole("row", { name: /nodes\[studio\]\.kind.*set here/ })).toBeVisible();
  await expect(table.getByText("breaker.failures")).toHaveCount(0);
  await page.keyboard.press("/");
  await page.keyboard.type("breaker.f");
  await expect(table.getByRole("row", { name: /breaker\.failures 3 default/ })).toBeVisible();
});

test("S-56: a key is set or missing, can be replaced and cleared, and what is typed goes out once", async ({ page }) => {
  await openSample(page, "#/settings/keys");
  await expect(page.getByRole("listitem").filter({ hasText: "LAPTOP_KEY" }).getByText("Missing")).toBeVisible();
  await page.getByRole("button", { name: "Replace openai" }).click();
  await page.getByLabel("New key").fill("sk-new");
  await page.getByRole("button", { name: "Keep" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(await sent(page, "setSecret")).toEqual([{ name: "openai", value: "sk-new" }]);
  await page.getByRole("button", { name: "Clear old-studio" }).click();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await expect.poll(() => sent(page, "setSecret")).toContainEqual({ name: "old-studio", value: null });
});

test("S-72: what the system's key store protects keys from, and what it does not, is said where they are kept", async ({ page }) => {
  await openSample(page, "#/settings/keys");
  await expect(page.getByText("on Windows and Linux not against programs you run yourself")).toBeVisible();
});

test("An import is shown with everything it would change before anything is changed", async ({ page }) => {
  await openSample(page, "#/settings/advanced");
  await page.getByRole("button", { name: "Import…" }).click();
  const apply = page.getByRole("button", { name: "Apply" });
  await expect(apply).toBeDisabled();
  await page
    .getByLabel("From a file")
    .setInputFiles({ name: "home.yaml", mimeType: "application/yaml", buffer: Buffer.from("gateway:\n  port: 4700\n") });
  await expect(page.getByText("3 changes")).toBeVisible();
  await expect(page.getByText("gateway.port: 4663 → 4700")).toBeVisible();
  expect(await sent(page, "importSettings")).toEqual([]);
  await apply.click();
  await expect.poll(() => sent(page, "importSettings")).toEqual([{ text: "gateway:\n  port: 4700\n" }]);
  await expect(page.getByText("settings.before-import", { exact: false })).toBeVisible();
});

test("An import with a mistake says which line and field, and cannot be applied", async ({ page }) => {
  await openSample(page, "#/settings/advanced", { replies: { previewSettings: { ok: true, output: sampleIssues } } });
  await page.getByRole("button", { name: "Import…" }).click();
  await page.getByLabel("Or as text").fill("gateway:\n  prot: 1");
  await expect(page.getByText('did you mean "port"?', { exact: false })).toBeVisible();
  await expect(page.getByText("Line 2", { exact: false })).toBeVisible();
  await expect(page.getByRole("button", { name: "Apply" })).toBeDisabled();
});

const inDesktop = (desktop: boolean) => ({ snapshot: { ...sampleSnapshot, app: { ...sampleSnapshot.app, desktop } } });

test("An export is a file in a browser", async ({ page }) => {
  await openSample(page, "#/settings/advanced", inDesktop(false));
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download JSON" }).click();
  expect((await download).suggestedFilename()).toBe("homeport-settings.json");
});

test("S-53: an export is a copy in the desktop app, whose window may download nothing", async ({ page }) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await openSample(page, "#/settings/advanced", inDesktop(true));
  await page.getByRole("button", { name: "Copy YAML" }).click();
  await expect(page.getByText("Settings copied as YAML").or(page.getByText("The settings were not copied"))).toBeVisible();
  expect(await sent(page, "exportSettings")).toEqual([{ format: "yaml" }]);
});

test("A reset asks, keeps the nodes unless told otherwise, and says where the copy is", async ({ page }) => {
  await openSample(page, "#/settings/advanced");
  await page.getByRole("button", { name: "Reset to defaults…" }).click();
  const dialog = page.getByRole("dialog", { name: "Reset all settings?" });
  await dialog.getByRole("button", { name: "Reset", exact: true }).click();
  await expect.poll(() => sent(page, "resetSettings")).toEqual([{ nodes: "keep" }]);
  await expect(page.getByText("settings.before-reset", { exact: false })).toBeVisible();
});

test("A node is woken, left in peace and made ready from one dialog, and only what changed is sent", async ({ page }) => {
  await editStudio(page);
  await page.getByText("Waking", { exact: true }).click();
  const mac = page.getByLabel("Hardware address");
  await mac.fill("3c:52");
  await expect(page.getByText("six pairs of hex digits", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("One field needs another value.")).toBeVisible();
  await expect(mac).toBeFocused();
  expect(await sent(page, "updateNode")).toEqual([]);
  await mac.fill("3c:52:82:0a:1b:2c");
  await page.getByText("Quiet hours", { exact: true }).click();
  await page.getByRole("button", { name: "Add hours" }).click();
  await page.getByRole("group", { name: "Days of hours 1" }).getByLabel("Sunday").uncheck();
  await page.getByText("Ready before work", { exact: true }).click();
  await page.getByRole("button", { name: "Add model" }).click();
  await page.getByRole("group", { name: "model 1", exact: true }).getByRole("combobox", { name: "Model" }).fill("qwen3:8b");
  await page.getByRole("switch", { name: "Drained" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(await sent(page, "updateNode")).toEqual([
    {
      node: "studio",
      change: {
        drained: true,
        wake: { mac: "3c:52:82:0a:1b:2c", broadcast: "255.255.255.255", port: 9 },
        quietHours: [{ from: "22:00", to: "07:00", days: ["mon", "tue", "wed", "thu", "fri", "sat"] }],
        warmAt: [{ model: "qwen3:8b", at: "08:45" }],
      },
    },
  ]);
});
