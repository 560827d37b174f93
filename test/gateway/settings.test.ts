// Settings through the control port: taken away, looked at, taken, reset; and which keys they name.
import { expect, test } from "vitest";
import type { Reply } from "../../src-core/contract/api.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { MemoryVault } from "../support/memory-vault.ts";

const attic: HomeNode = { kind: "ollama", models: [{ name: "m", warm: true }] };

async function home(more: Omit<Parameters<typeof startHome>[0], "nodes"> = {}) {
  const started = await startHome({ nodes: { attic }, ...more });
  const ask = (method: string, input: object = {}): Promise<Reply> => started.homeport.dispatch(method, input);
  return { ...started, ask };
}

test("S-75: what is exported names where keys are found and holds none of them", async () => {
  const { ask } = await home({ config: { gateway: { key: { env: "DOOR" } } }, env: { DOOR: "sk-very-secret-value" } });
  const reply = await ask("exportSettings", { format: "yaml" });
  expect(reply).toMatchObject({ ok: true, output: { name: "homeport-settings.yaml", text: expect.stringContaining("env: DOOR") } });
  expect(JSON.stringify(reply)).not.toContain("sk-very-secret-value");
});

test("a preview tells what would change and changes nothing", async () => {
  const { ask, config } = await home();
  const text = JSON.stringify({ ...config.document(), breaker: { failures: 7 } });
  expect(await ask("previewSettings", { text })).toEqual({
    ok: true,
    output: { issues: [], changes: [{ path: "breaker.failures", before: "3", after: "7" }], more: 0 },
  });
  expect(config.current().breaker.failures).toBe(3);
});

test("a document with mistakes is told field by field, and refused when it is applied all the same", async () => {
  const { ask, config } = await home();
  const before = config.document();
  const text = "gateway:\n  prot: 4663\n";
  expect(await ask("previewSettings", { text })).toMatchObject({
    output: { issues: [{ field: "gateway.prot", line: 2 }], changes: [] },
  });
  expect(await ask("importSettings", { text })).toMatchObject({ ok: false, failure: { kind: "invalid-request", field: "gateway.prot" } });
  expect(config.document()).toBe(before);
  expect(config.copies).toEqual([]);
});

test("an import replaces the whole document, and keeps a copy of the one before", async () => {
  const { ask, config } = await home();
  const before = config.document();
  expect(await ask("importSettings", { text: "gateway:\n  port: 0\nbreaker:\n  failures: 9\n" })).toMatchObject({
    ok: true,
    output: { kept: "before-import" },
  });
  expect(config.current()).toMatchObject({ nodes: [], breaker: { failures: 9 } });
  expect(config.copies).toEqual([before]);
});

test("a reset keeps the nodes unless they are to go, and always a copy", async () => {
  const { ask, config } = await home({ config: { breaker: { failures: 9 } } });
  await ask("resetSettings", { nodes: "keep" });
  expect(config.current()).toMatchObject({ nodes: [{ id: "attic" }], breaker: { failures: 3 } });
  await ask("resetSettings", { nodes: "forget" });
  expect(config.current().nodes).toEqual([]);
  expect(config.copies).toHaveLength(2);
});

test("S-56: keys are told as set or missing, with who uses them, and never as what they are", async () => {
  const vault = new MemoryVault();
  await vault.set("openai", "sk-in-the-store");
  await vault.set("forgotten", "sk-forgotten");
  const { ask } = await home({
    vault,
    env: { LAPTOP: "sk-laptop" },
    config: {
      clients: [
        { name: "laptop", key: { env: "LAPTOP" } },
        { name: "phone", key: { env: "PHONE" } },
        { name: "tablet", key: { store: "openai" } },
      ],
    },
  });
  const reply = await ask("keysInUse");
  const { keys } = reply.ok ? Object(reply.output) : { keys: [] };
  expect(keys).toContainEqual({ place: "env", name: "LAPTOP", usedBy: ["clients[laptop].key"], set: true });
  expect(keys).toContainEqual({
    place: "env",
    name: "PHONE",
    usedBy: ["clients[phone].key"],
    set: false,
    says: expect.stringContaining("set the environment variable PHONE"),
  });
  expect(keys).toContainEqual({ place: "store", name: "openai", usedBy: ["clients[tablet].key"], set: true });
  expect(keys).toContainEqual({ place: "store", name: "forgotten", usedBy: [], set: true });
  expect(JSON.stringify(reply)).not.toMatch(/sk-/);
});

test("UX-08: the port that was asked for at the start is in force, whatever is written", async () => {
  const { ask, homeport } = await home();
  const reply = await ask("settingsInForce");
  const { lines } = reply.ok ? Object(reply.output) : { lines: [] };
  const { wantedPort } = homeport.snapshot().gateway;
  expect(lines).toContainEqual(expect.objectContaining({ path: "gateway.port", value: String(wantedPort) }));
  expect(lines).toContainEqual(expect.objectContaining({ path: "nodes[attic].kind", from: "app" }));
});

test("a node is drained, woken and pinned by one change, as its dialog sends it", async () => {
  const { ask, config } = await home();
  const change = {
    drained: true,
    wake: { mac: "3C-52-82-0A-1B-2C" },
    quietHours: [{ from: "22:00", to: "07:00", days: ["mon"] }],
    devices: [{ name: "3090", memoryBytes: 24e9 }],
  };
  expect(await ask("updateNode", { node: "attic", change })).toMatchObject({ ok: true });
  expect(config.current().nodes[0]).toMatchObject({ ...change, wake: { mac: "3c:52:82:0a:1b:2c", port: 9 } });
});
