// What a person wants of a model, on real sockets: every load heeds it, and what is kept in memory stays there.
import { expect, test } from "vitest";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat } from "./caller.ts";

const chats = "/v1/chat/completions";
const gb = 1e9;
const ollama: HomeNode = {
  kind: "ollama",
  models: [
    { name: "a", bytes: 5 * gb, replyTokens: 2 },
    { name: "b", bytes: 5 * gb, replyTokens: 2 },
  ],
  memoryBytes: 8 * gb,
  declares: { devices: [{ memoryBytes: 8 * gb }] },
};
const bodies = (home: { at(id: "attic"): { record: { to(path: string): readonly { readonly body: Buffer }[] } } }) =>
  home
    .at("attic")
    .record.to("/api/generate")
    .map(({ body }) => JSON.parse(body.toString()));
const warm = (entry: { readonly residency: { readonly state: string } } | undefined) => entry?.residency.state === "warm";

test("UX-03: a client's load and a person's load ask the node for the saved idle time", async () => {
  const home = await startHome({ nodes: { attic: ollama }, config: { modelOptions: [{ model: "a", unloadAfterMinutes: 43 }] } });
  expect((await call(home.url, chats, chat("a"))).status).toBe(200);
  expect(bodies(home)).toMatchObject([{ model: "a:latest", keep_alive: "43m" }]);
  await home.homeport.dispatch("unload", { node: "attic", model: "a" });
  await home.until(() => !warm(home.entry("attic", "a")));
  await home.homeport.dispatch("load", { node: "attic", model: "a" });
  expect(bodies(home).at(-1)).toMatchObject({ model: "a:latest", keep_alive: "43m" });
});

test("UX-03: what a person says with a load goes before what was saved, and is not saved", async () => {
  const home = await startHome({ nodes: { attic: ollama }, config: { modelOptions: [{ model: "a", unloadAfterMinutes: 43 }] } });
  const reply = await home.homeport.dispatch("load", { node: "attic", model: "a", contextTokens: 2048, unloadAfterMinutes: "never" });
  expect(reply.ok).toBe(true);
  expect(bodies(home)).toMatchObject([{ model: "a:latest", keep_alive: -1, options: { num_ctx: 2048 } }]);
  expect(home.entry("attic", "a")?.residency).toMatchObject({ state: "warm", expiresAt: null });
  expect(home.config.current().modelOptions).toMatchObject([{ unloadAfterMinutes: 43 }]);
});

test("UX-05: kept in memory, its stay is renewed, no other model displaces it, and the snapshot says that it is kept", async () => {
  const home = await startHome({ nodes: { attic: ollama } });
  await home.homeport.dispatch("load", { node: "attic", model: "a" });
  expect(typeof Object(home.entry("attic", "a")?.residency).expiresAt).toBe("number");
  expect(await home.homeport.dispatch("keepLoaded", { node: "attic", model: "a", keep: true })).toMatchObject({ ok: true });
  expect(home.node("attic").keeps).toEqual(["a"]);
  await home.until(() => Object(home.entry("attic", "a")?.residency).expiresAt === null);
  const other = await home.homeport.dispatch("load", { node: "attic", model: "b" });
  expect(other).toMatchObject({ ok: false, failure: { kind: "does-not-fit" } });
  expect(warm(home.entry("attic", "a"))).toBe(true);
});

test("UX-05: what is kept is loaded again when it is gone; what a person unloads is not", async () => {
  const home = await startHome({ nodes: { attic: ollama }, config: { modelOptions: [{ model: "a", keptOn: ["attic"] }] } });
  await home.until(() => warm(home.entry("attic", "a")));
  expect(home.at("attic").record.loads).toEqual({ a: 1 });
  await home.homeport.dispatch("unload", { node: "attic", model: "a" });
  await home.until(() => !warm(home.entry("attic", "a")));
  expect(home.config.current().modelOptions).toEqual([]);
  expect(home.node("attic").keeps).toEqual([]);
});

test("UX-06: the choices of a load come from the engine, with who would leave; nothing is loaded by asking", async () => {
  const home = await startHome({ nodes: { attic: ollama } });
  await home.homeport.dispatch("load", { node: "attic", model: "a" });
  const before = home.at("attic").record.loadCalls;
  const reply = await home.homeport.dispatch("loadChoices", { model: "b" });
  expect(reply).toMatchObject({
    ok: true,
    output: { choices: [{ node: "attic", model: "b:latest", verdict: "fits-after", leaving: [{ model: "a:latest", inFlight: 0 }] }] },
  });
  expect(home.at("attic").record.loadCalls).toEqual(before);
});

test("UX-10: a pinned model is in every snapshot, until it is not pinned any more", async () => {
  const home = await startHome({ nodes: { attic: ollama } });
  await home.homeport.dispatch("setModelOptions", { model: "B:latest", change: { pinned: true } });
  expect(await home.homeport.dispatch("snapshot", {})).toMatchObject({ output: { pinned: ["b"] } });
  await home.homeport.dispatch("setModelOptions", { model: "b", change: { pinned: false } });
  expect(Object(Object(await home.homeport.dispatch("snapshot", {})).output).pinned).toBeUndefined();
});
