// The doctor's button in the settings: what is wrong stands first, and a change is written only after a yes.
import { expect, test } from "playwright/test";
import { sampleDiagnosis } from "../../support/sample-diagnosis.ts";
import { openSample } from "../sample-window.ts";

const replies = { doctor: { ok: true, output: sampleDiagnosis } };
const asked = () => globalThis.asked.map(({ method }) => method).filter((method) => method === "doctor" || method === "applyFix");

test("issue 6: findings come worst first, each with what mends it; what is in order is folded away", async ({ page }) => {
  await openSample(page, "#/settings/advanced", { replies });
  expect(await page.evaluate(asked)).toEqual([]);
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByText("1 error, 1 warning, 1 note; 2 things are in order.")).toBeVisible();
  await expect(page.locator(".finding:visible h3")).toHaveText(["Node attic", "Long prompts: llama3.2:3b on studio", "Tray"]);
  await page.getByText("Show what is in order or was not looked at (3)").click();
  await expect(page.locator(".finding:visible")).toHaveCount(6);
});

test("issue 6: a change is asked about in words, written after a yes by keyboard alone, and everything is looked at again", async ({
  page,
}) => {
  await openSample(page, "#/settings/advanced", { replies });
  await page.getByRole("button", { name: "Check now" }).focus();
  await page.keyboard.press("Enter");
  const fix = page.getByRole("button", { name: "Change this setting: Long prompts: llama3.2:3b on studio" });
  await fix.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toContainText("Load llama3.2:3b with a context of 32768 tokens");
  await page.keyboard.press("Escape");
  expect(await page.evaluate(asked)).toEqual(["doctor"]);
  await expect(fix).toBeFocused();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Write it" }).press("Enter");
  await expect.poll(() => page.evaluate(asked)).toEqual(["doctor", "applyFix", "doctor"]);
});
