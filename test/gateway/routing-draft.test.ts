// A draft of the routing: asked about before anybody saves it, as text and back, and saved without losing what others changed meanwhile.
import { expect, test } from "vitest";
import type { Reply } from "../../src-core/contract/api.ts";
import { RoutingDocument } from "../../src-core/contract/routing-document.ts";
import { startHome } from "../support/gateway.ts";

async function home() {
  const nodes = {
    studio: { kind: "ollama", models: [{ name: "small", warm: true }] },
    tower: { kind: "ollama", models: [{ name: "large", warm: true }] },
  } as const;
  const started = await startHome({ nodes, config: { profiles: { coder: { chain: ["small"] } } } });
  const ask = (method: string, input: object = {}): Promise<Reply> => started.homeport.dispatch(method, input);
  return { ...started, ask };
}
const draft = RoutingDocument.parse({
  profiles: { coder: { chain: ["large", "small"], policy: "mine" } },
  policies: { mine: ["warm", "name"] },
});

test("issue 6: explain answers for a draft as if it were in force, and nothing of it is kept", async () => {
  const { ask, config } = await home();
  const before = config.document();
  expect(await ask("explain", { model: "coder" })).toMatchObject({ output: { next: { node: "studio" }, policy: { name: "balanced" } } });
  expect(await ask("explain", { model: "coder", routing: draft })).toMatchObject({
    output: { next: { node: "tower" }, links: [{ link: { model: "large" } }, { link: { model: "small" } }] },
  });
  expect(config.document()).toBe(before);
  expect(await ask("explain", { model: "coder" })).toMatchObject({ output: { next: { node: "studio" } } });
});

test("issue 6: a draft whose parts do not fit is refused at its field before it is asked about", async () => {
  const { ask } = await home();
  const wrong = { ...draft, profiles: { coder: { chain: ["large"], fallback: "quik" } } };
  expect(await ask("explain", { model: "coder", routing: wrong })).toMatchObject({
    ok: false,
    failure: { kind: "invalid-request", field: expect.stringContaining("routing.profiles.coder.fallback") },
  });
});

test("issue 6: the routing as YAML and JSON leads back to the same document", async () => {
  const { ask } = await home();
  for (const format of ["yaml", "json"]) {
    const written = await ask("writeRouting", { routing: draft, format });
    expect(written).toMatchObject({ ok: true });
    const text = written.ok ? Reflect.get(Object(written.output), "text") : "";
    expect(await ask("readRouting", { text })).toEqual({ ok: true, output: { routing: draft, issues: [] } });
  }
});

test("issue 6: mistakes in the text are told with field and line; sections of other settings are not taken by this way", async () => {
  const { ask } = await home();
  const text = "profiles:\n  coder:\n    chain: [large]\n    fallback: quik\ngateway:\n  port: 1\n";
  expect(await ask("readRouting", { text })).toEqual({
    ok: true,
    output: {
      issues: [
        { field: "gateway", line: 6, says: expect.stringContaining("it is not part of this document") },
        { field: "profiles.coder.fallback", line: 4, says: expect.stringContaining("there are coder") },
      ],
    },
  });
  expect(await ask("readRouting", { text: "profiles: [" })).toMatchObject({ ok: false, failure: { kind: "invalid-request" } });
});

test("R-21: sections changed elsewhere since they were read are not overwritten; null takes a section out", async () => {
  const { ask, config } = await home();
  const read = { profiles: config.current().profiles };
  await ask("setSettings", { change: { profiles: { coder: { chain: ["small"] }, quick: { requires: "llm" } }, defaultProfile: "quick" } });
  const mine = { profiles: { coder: { chain: ["large"] } }, defaultProfile: null };
  expect(await ask("setSettings", { change: mine, read })).toMatchObject({ ok: false, failure: { field: "profiles" } });
  expect(config.current().profiles).toHaveProperty("quick");
  expect(await ask("setSettings", { change: mine, read: { profiles: config.current().profiles } })).toMatchObject({ ok: true });
  expect(config.current()).toMatchObject({ profiles: { coder: { chain: ["large"] } } });
  expect(config.document()).not.toHaveProperty("defaultProfile");
});
