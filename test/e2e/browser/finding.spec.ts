// Finding servers as a person does it: choose where, watch, cancel, add. Over a sample in every state, and over a real engine that searches
// a network of this machine's own.
import { expect, type Page } from "playwright/test";
import { startSimulatedNode } from "../../../src-core/simulator/node.ts";
import { emptySearch, runningSearch, sampleSubnets } from "../../support/sample-search.ts";
import { sampleSnapshot } from "../../support/sample-snapshot.ts";
import { startEngine, test } from "../engine.ts";
import { relayTo } from "../relay.ts";
import { openSample, type Sample } from "../sample-window.ts";

const subnets = { ownSubnets: { ok: true, output: { subnets: sampleSubnets } } };

async function openFinding(page: Page, sample: Sample = {}) {
  await openSample(page, "#/nodes", { ...sample, replies: { ...subnets, ...sample.replies } });
  await page.getByRole("button", { name: "Add node" }).click();
  await page.getByRole("button", { name: "Find on my network" }).click();
  return page.getByRole("dialog", { name: "Find on my network" });
}

test("S-44: opening the dialog asks nothing of the network; only the places that were chosen are searched", async ({ page }) => {
  const dialog = await openFinding(page);
  await expect(dialog.getByLabel("Network", { exact: true })).toHaveValue("192.168.1.0/24");
  expect(await page.evaluate(() => asked.filter(({ method }) => method === "discover"))).toEqual([]);
  await dialog.getByRole("switch", { name: "Announcements" }).click();
  await dialog.getByRole("switch", { name: "Tailscale" }).click();
  await dialog.getByLabel("Network", { exact: true }).fill("10.0.0.0/24");
  await dialog.getByRole("button", { name: "Look" }).click();
  expect(await page.evaluate(() => asked.filter(({ method }) => method === "discover"))).toEqual([
    { method: "discover", input: { sources: ["subnet", "tailscale"], subnet: "10.0.0.0/24" } },
  ]);
});

test("a search under way shows how far each place is, what failed and why, and can be cancelled", async ({ page }) => {
  const dialog = await openFinding(page, { snapshot: { ...sampleSnapshot, search: runningSearch } });
  const bar = dialog.getByRole("progressbar", { name: "Looking: A network" });
  await expect(bar).toHaveAttribute("aria-valuetext", "1,204 of 4,064 ports asked");
  await expect(dialog.locator('[data-source="tailscale"]')).toContainText("not logged in");
  await expect(dialog.getByRole("status")).toHaveText("4 servers found so far");
  await dialog.getByRole("button", { name: "Cancel the search" }).click();
  expect(await page.evaluate(() => asked.some(({ method }) => method === "cancelDiscover"))).toBe(true);
});

test("S-44: a found server becomes a node by a click on it alone; one that is a node already is marked; one without a key is warned of", async ({
  page,
}) => {
  const dialog = await openFinding(page, { snapshot: { ...sampleSnapshot, search: runningSearch } });
  const ollama = dialog.locator('[data-found="http://192.168.1.7:11434"]');
  await expect(ollama).toContainText("Ollama 0.13.1, 12 models");
  await expect(ollama).toContainText("open to your network");
  await expect(dialog.locator('[data-found="http://192.168.1.12:8080"]')).toContainText("wants its API key");
  await expect(dialog.locator('[data-found="http://127.0.0.1:8000"]')).not.toContainText("open to your network");
  await expect(dialog.getByRole("button", { name: "Added: LM Studio on 192.168.1.9" })).toBeDisabled();
  expect(await page.evaluate(() => asked.some(({ method }) => method === "addNode"))).toBe(false);
  await ollama.getByRole("button", { name: "Add Ollama on attic-workstation" }).click();
  expect(await page.evaluate(() => asked.filter(({ method }) => method === "addNode"))).toEqual([
    {
      method: "addNode",
      input: {
        id: "ollama-on-attic-workstation",
        kind: "ollama",
        name: "Ollama on attic-workstation",
        url: "http://192.168.1.7:11434",
      },
    },
  ]);
});

test("demands 18, 3.18: an empty search says why, and a refused network is told beside its field", async ({ page }) => {
  const failure = { kind: "invalid-request", field: "subnet", message: '"8.8.8.0/24" is not a private network.' };
  const dialog = await openFinding(page, {
    snapshot: { ...sampleSnapshot, search: emptySearch },
    replies: { discover: { ok: false, failure } },
  });
  await expect(dialog.getByText("System Settings, Privacy & Security, Local Network")).toBeVisible();
  await expect(dialog.getByText("OLLAMA_HOST=0.0.0.0")).toBeVisible();
  await dialog.getByRole("button", { name: "Look again" }).click();
  await expect(dialog.getByRole("alert")).toHaveText(failure.message);
});

test.describe("over a real engine", () => {
  test.skip(process.platform !== "linux", "only Linux answers on all of 127.0.0.0/8");

  test("a server in the network is found while the search runs, added by one click, and then a node that is up", async ({ page, data }) => {
    const node = await startSimulatedNode({ kind: "ollama", models: [{ name: "m", warm: false }] });
    const relay = await relayTo(Number(new URL(node.url).port), "127.0.0.9", 52_415);
    const engine = await startEngine(data, ["--port", "0", "--control-port", "0"]);
    try {
      await page.goto(engine.window);
      await page.getByRole("button", { name: "Find on my network" }).click();
      const dialog = page.getByRole("dialog", { name: "Find on my network" });
      await dialog.getByRole("switch", { name: "Announcements" }).click();
      await dialog.getByLabel("Network", { exact: true }).fill("127.0.0.8/29");
      await dialog.getByRole("button", { name: "Look" }).click();
      await dialog.getByRole("button", { name: /^Add Ollama on/ }).click();
      await expect(dialog.getByRole("button", { name: /^Added: Ollama on/ })).toBeDisabled();
      await dialog.getByRole("button", { name: "Close" }).click();
      await expect(page.getByRole("region", { name: /^Ollama on/ })).toContainText("Up");
      expect([node.record.loads, node.record.requests.filter(({ method }) => method === "POST")]).toEqual([{}, []]);
    } finally {
      await engine.kill();
      relay.close();
      await node.stop();
    }
  });
});
