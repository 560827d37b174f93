// One load, four ways to ask for it: nobody's way forgets what was saved for the model.
import { expect, it } from "vitest";
import { z } from "zod";
import { english } from "../../electron/language/en.ts";
import { trayMenu } from "../../electron/tray-menu.ts";
import { ControlFailed } from "../../src-core/commands/control-call.ts";
import { runLoad } from "../../src-core/commands/load-command.ts";
import { BadUsage } from "../../src-core/commands/options.ts";
import { ModelId } from "../../src-core/contract/ids.ts";
import type { SimulatedNode } from "../../src-core/simulator/node.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";

const attic: HomeNode = { kind: "ollama", models: [{ name: "m", replyTokens: 1 }] };
const Generate = z.object({ options: z.object({ num_ctx: z.number() }).optional() });

async function homeWithSavedContext() {
  const home = await startHome({ nodes: { attic }, config: { catalogue: [{ model: ModelId.parse("m"), contextTokens: 12_288 }] } });
  const { controlUrl: control = "", token, dispatch } = home.homeport;
  const said: string[] = [];
  const cli = (what: "load" | "unload", more: Partial<Parameters<typeof runLoad>[0]> = {}) =>
    runLoad({ what, model: "m", node: "attic", control, token, ...more }, (line) => said.push(line));
  return { home, dispatch, cli, said };
}

/** The context of each call that asked the node to load. */
function contextsAsked({ record }: SimulatedNode) {
  return record.to("/api/generate").map(({ body }) => Generate.parse(JSON.parse(body.toString("utf8"))).options?.num_ctx);
}

it("UX-03: window, tray, client and command line make the same load, each with the context that was saved for the model", async () => {
  const { home, dispatch, cli, said } = await homeWithSavedContext();
  const node = home.at("attic");
  const free = async () => {
    expect(await dispatch("unload", { node: "attic", model: "m" })).toMatchObject({ ok: true });
    await home.until(() => home.entry("attic", "m")?.residency.state === "cold");
  };
  // A client's request first: a model that was used is offered by the tray.
  const asked = await fetch(`${home.url}/api/chat`, {
    method: "POST",
    body: JSON.stringify({ model: "m", stream: false, messages: [{ role: "user", content: "hi" }] }),
  });
  expect(asked.status).toBe(200);
  await free();
  expect(await dispatch("load", { node: "attic", model: "m" })).toMatchObject({ ok: true });
  await free();
  const load = trayMenu(home.homeport.snapshot(), "linux", english.tray).find(
    (entry) => entry.kind === "submenu" && entry.label === "Load",
  );
  const entry = load?.kind === "submenu" ? load.entries[0] : undefined;
  if (entry?.kind !== "action" || entry.action.do !== "call") throw new Error("The tray offers what was used before.");
  expect(await dispatch(entry.action.method, entry.action.input)).toMatchObject({ ok: true });
  await free();
  await cli("load");
  expect(said).toEqual([expect.stringMatching(/^m is loaded on attic, after \d+\.\d s\.$/)]);
  await cli("unload");
  expect(said[1]).toBe("m is no longer in the memory of attic.");
  expect(node.record.loads).toEqual({ m: 4 });
  expect(contextsAsked(node).filter((context) => context !== undefined)).toEqual([12_288, 12_288, 12_288, 12_288]);
});

it("UX-03: a load that fails, a missing name and a word that means nothing are told, each with what to do", async () => {
  const { cli } = await homeWithSavedContext();
  await expect(cli("load", { model: "nobody" })).rejects.toThrow(ControlFailed);
  await expect(cli("load", { model: undefined })).rejects.toThrow(/--model is missing/);
  await expect(cli("load", { node: undefined })).rejects.toThrow(/--node is missing/);
  await expect(cli("unload", { anyway: true })).rejects.toThrow(BadUsage);
});
