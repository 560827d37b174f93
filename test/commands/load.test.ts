// One load, four ways to ask for it: nobody's way forgets what was saved for the model.
import { expect, it } from "vitest";
import { z } from "zod";
import { english } from "../../electron/language/en.ts";
import { trayMenu } from "../../electron/tray-menu.ts";
import { choiceSays } from "../../src-core/commands/best-node.ts";
import { ControlFailed } from "../../src-core/commands/control-call.ts";
import { runLoad } from "../../src-core/commands/load-command.ts";
import { BadUsage } from "../../src-core/commands/options.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
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
  await expect(cli("unload", { node: undefined })).rejects.toThrow(/--node is missing/);
  await expect(cli("load", { node: "" })).rejects.toThrow(/--node is missing/);
  await expect(cli("unload", { anyway: true })).rejects.toThrow(BadUsage);
});

const gb = 1e9;
const sized = (memory: number, ...names: readonly string[]): HomeNode => ({
  kind: "ollama",
  models: names.map((name) => ({ name, bytes: 5 * gb, replyTokens: 1 })),
  memoryBytes: memory * gb,
  declares: { devices: [{ memoryBytes: memory * gb }] },
});

async function homeOf(nodes: Readonly<Record<string, HomeNode>>) {
  const home = await startHome({ nodes });
  const { controlUrl: control = "", token } = home.homeport;
  const said: string[] = [];
  const load = (more: Partial<Parameters<typeof runLoad>[0]> = {}) =>
    runLoad({ what: "load", model: "m", control, token, ...more }, (line) => said.push(line));
  return { home, said, load };
}

it("UX-03: without a node it goes where the window's best would, says why, and a second time to where it is", async () => {
  const { home, said, load } = await homeOf({ small: sized(8, "m", "x"), large: sized(24, "m") });
  await home.homeport.dispatch("load", { node: "small", model: "x" });
  await load();
  expect(said[0]).toBe("m goes to large: it has room.");
  expect(said[1]).toMatch(/^m is loaded on large, after \d+\.\d s\.$/);
  await load();
  expect(said[2]).toBe("m goes to large: it is in memory there.");
  await load({ json: true });
  expect(JSON.parse(said[4] ?? "")).toEqual({ node: "large", ms: expect.any(Number) });
  expect([home.at("large").record.loads, home.at("small").record.loads]).toEqual([{ m: 1 }, { x: 1 }]);
});

it("UX-06: where room must be made, whoever leaves is named; where none is large enough, only --anyway goes on", async () => {
  const [model, old] = [ModelId.parse("m"), ModelId.parse("old")];
  const choice = {
    node: NodeId.parse("attic"),
    model,
    verdict: "fits-after",
    leaving: [{ model: old, inFlight: 0 }],
    wakes: true,
  } as const;
  expect(choiceSays("m", choice)).toBe("m goes to attic: it has room after unloading old, and its machine is woken first.");
  const { home, said, load } = await homeOf({ tiny: sized(2, "m") });
  await expect(load()).rejects.toThrow(ControlFailed);
  expect(said).toEqual(["m goes to tiny: no node seems large enough, and it comes closest."]);
  await expect(load({ anyway: true })).rejects.toThrow(ControlFailed);
  expect(home.at("tiny").record.loadCalls).toEqual({ m: 1 });
});

it("UX-03: where no node can, each says why; where none lists the model, that is said", async () => {
  const { home, load } = await homeOf({ attic, single: { kind: "llama-server", models: [{ name: "m", replyTokens: 1 }] } });
  await home.homeport.dispatch("lendNode", { node: "attic", minutes: null });
  await expect(load()).rejects.toThrow(
    /^No node can load m now:\n {2}attic: Its memory is lent to something else\. Take it back first\.\n {2}single: Its server takes no load call: it loads models by itself\.$/,
  );
  await expect(load({ model: "nobody" })).rejects.toThrow(/^No node lists nobody/);
});
