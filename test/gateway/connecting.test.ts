// Trying the gateway as an app would (UX-32): through its own port, with its key, on models in memory only, unless a person agrees.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import { ConnectionVerdict } from "../../src-core/contract/connecting.ts";
import { type Home, type HomeNode, startHome } from "../support/gateway.ts";

const attic: HomeNode = {
  kind: "ollama",
  models: [
    { name: "tiny", warm: true, replyTokens: 3 },
    { name: "vectors", warm: true, capabilities: ["embedding"] },
    { name: "asleep", loadMs: 20, replyTokens: 3 },
  ],
};
const start = (config: ConfigDocument = {}, env: Readonly<Record<string, string>> = {}) => startHome({ nodes: { attic }, config, env });

async function ask<K extends string>(home: Home<K>, input: object): Promise<ConnectionVerdict> {
  const reply = await home.homeport.dispatch("testConnection", input);
  if (!reply.ok) throw new Error(reply.failure.message);
  return ConnectionVerdict.parse(reply.output);
}

it.each(["openai", "anthropic", "ollama", "responses"] as const)(
  "UX-32: a test as an app of the dialect %s tells the node, the times and the answer's headers",
  async (dialect) => {
    const home = await start();
    const verdict = await ask(home, { dialect });
    expect(verdict).toMatchObject({ state: "answered", model: "tiny:latest", node: "attic", headers: { "x-homeport-node": "attic" } });
    if (verdict.state !== "answered") return;
    expect(verdict.coldLoadMs).toBeUndefined();
    expect(verdict.firstByteMs).toBeGreaterThan(0);
    expect(verdict.totalMs).toBeGreaterThanOrEqual(verdict.firstByteMs);
    expect(Object.keys(verdict.headers).every((name) => /^(x-homeport-|content-type|retry-after)/.test(name))).toBe(true);
    expect(home.count("load-started")).toBe(0);
  },
);

it("UX-32: a model that is not in memory is not loaded for a test until a person agrees, and then the load is told", async () => {
  const home = await start();
  expect(await ask(home, { dialect: "openai", model: "asleep" })).toMatchObject({ state: "asks", because: "cold", model: "asleep" });
  expect([home.count("request-received"), home.count("load-started")]).toEqual([0, 0]);
  const verdict = await ask(home, { dialect: "openai", model: "asleep", confirmed: true });
  expect(verdict).toMatchObject({ state: "answered", node: "attic", coldLoadMs: expect.any(Number) });
  expect(home.count("load-started")).toBe(1);
});

it("UX-32: where another node would have to load the model, the test goes to the one that has it in memory", async () => {
  const home = await startHome({
    nodes: {
      warm: { kind: "ollama", models: [{ name: "tiny", warm: true, replyTokens: 2 }] },
      cold: { kind: "ollama", models: [{ name: "tiny", replyTokens: 2 }] },
    },
    config: { policy: ["name"] },
  });
  expect(await ask(home, { dialect: "ollama", model: "tiny" })).toMatchObject({ state: "answered", node: "warm" });
  expect(home.count("load-started")).toBe(0);
});

it("UX-32: a chain whose second model is not in memory is asked about: a first that fails would have it loaded", async () => {
  const home = await start({ profiles: { chat: { chain: ["tiny", "asleep"] } } });
  expect(await ask(home, { dialect: "openai", model: "tiny" })).toMatchObject({
    state: "asks",
    because: "cold",
    says: expect.stringContaining("asleep"),
  });
  expect(home.count("request-received")).toBe(0);
  expect(await ask(home, { dialect: "openai", model: "tiny", confirmed: true })).toMatchObject({ state: "answered", model: "tiny" });
  expect(home.count("load-started")).toBe(0);
});

it("a house with nothing in memory, and one without nodes, say so and send nothing", async () => {
  const cold = await startHome({ nodes: { attic: { kind: "ollama", models: [{ name: "tiny" }] } } });
  expect(await ask(cold, { dialect: "openai" })).toMatchObject({ state: "nothing-to-ask", says: expect.stringContaining("in memory") });
  const empty = await startHome({ nodes: {} });
  expect(await ask(empty, { dialect: "openai" })).toMatchObject({ state: "nothing-to-ask", says: expect.stringContaining("Nodes page") });
  expect(await ask(empty, { dialect: "openai", model: "tiny" })).toMatchObject({
    state: "refused",
    says: expect.stringContaining("No node lists tiny"),
  });
  expect([cold.count("request-received"), empty.count("request-received")]).toEqual([0, 0]);
});

it("a model of the cloud is asked for only after a person agreed, for it may cost; and where the settings forbid it, the refusal is told", async () => {
  const nodes = { cloud: { kind: "ollama", models: [{ name: "tiny", warm: true }], declares: { place: "cloud" } } } as const;
  const home = await startHome({ nodes, config: { cloud: { allowed: true } } });
  expect(await ask(home, { dialect: "openai", model: "tiny" })).toMatchObject({ state: "asks", because: "cloud" });
  expect(home.count("request-received")).toBe(0);
  expect(await ask(home, { dialect: "openai", model: "tiny", confirmed: true })).toMatchObject({ state: "answered", node: "cloud" });
  const closed = await startHome({ nodes });
  const refused = await ask(closed, { dialect: "openai", model: "tiny", confirmed: true });
  expect(refused).toMatchObject({ state: "refused", status: 403, says: expect.stringContaining("cloud") });
});

it("S-56: the gateway's key opens the door for the test and is in no answer", async () => {
  const home = await start({ gateway: { key: { env: "DOOR" } } }, { DOOR: "open-sesame-71" });
  const verdict = await ask(home, { dialect: "anthropic" });
  expect(verdict).toMatchObject({ state: "answered", node: "attic" });
  expect(JSON.stringify(verdict)).not.toContain("open-sesame-71");
});

it("S-10: where every client has a key of its own, the test uses one that may ask for the model; without one it says what to do", async () => {
  const clients = [
    { name: "other", key: { env: "OTHER" }, models: ["nothing-*"] },
    { name: "desk", key: { env: "DESK" }, models: ["tiny*"] },
  ];
  const home = await start({ clients }, { OTHER: "key-of-other-5", DESK: "key-of-desk-5" });
  expect(await ask(home, { dialect: "openai", model: "tiny" })).toMatchObject({ state: "answered" });
  expect(await ask(home, { dialect: "openai", model: "asleep", confirmed: true })).toMatchObject({
    state: "refused",
    says: expect.stringContaining("no key may use asleep"),
  });
  const lost = await start({ gateway: { key: { env: "NOT_SET" } } });
  expect(await ask(lost, { dialect: "openai" })).toMatchObject({ state: "refused", says: expect.stringContaining("NOT_SET") });
});

it("what the gateway refuses is told in its own words, with the status that the app would see", async () => {
  const home = await start();
  await home.homeport.dispatch("pauseRouting", { minutes: null });
  const verdict = await ask(home, { dialect: "ollama" });
  expect(verdict).toMatchObject({ state: "refused", status: 503, says: expect.stringMatching(/paused/i) });
});

it("a key in a file is read where it is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "homeport-key-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "door key");
  await writeFile(file, "key-in-a-file-8\n");
  await chmod(file, 0o600);
  const home = await start({ gateway: { key: { file } } });
  expect(await ask(home, { dialect: "openai" })).toMatchObject({ state: "answered", node: "attic" });
});
