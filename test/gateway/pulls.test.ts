// Fetching and deleting as the window asks for it: through the contract, over real sockets, on simulated machines.
import { expect, it } from "vitest";
import type { Push } from "../../src-core/contract/api.ts";
import { ModelId } from "../../src-core/contract/ids.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat } from "./caller.ts";

const allowed = { modelFiles: { pull: true, remove: true } };
const box: HomeNode = { kind: "ollama", models: [{ name: "old:1b", replyTokens: 2 }], pullBytesPerSecond: 20e9 };

it("S-08, demands 23: switched off, nothing reaches the node; the refusal names the setting", async () => {
  const home = await startHome({ nodes: { attic: box } });
  const reply = await home.homeport.dispatch("pullModel", { nodes: ["attic"], model: "gemma3:4b" });
  expect(reply).toMatchObject({ ok: false, failure: { kind: "forbidden", field: "modelFiles.pull" } });
  expect(await home.homeport.dispatch("removeModel", { node: "attic", model: "old:1b" })).toMatchObject({ ok: false });
  expect([home.at("attic").record.to("/api/pull").length, home.at("attic").record.to("/api/delete").length]).toEqual([0, 0]);
});

it("demands 23: pulled to many, each tells how far it is, and then a client is answered by what was pulled", async () => {
  const home = await startHome({ nodes: { attic: box, shed: box, rack: { ...box, kind: "lm-studio" } }, config: allowed });
  expect(await home.homeport.dispatch("pullModel", { nodes: ["attic", "shed", "rack"], model: "gemma3:4b" })).toEqual({
    ok: true,
    output: { refused: [] },
  });
  await Promise.all(
    (["attic", "shed", "rack"] as const).map((node) =>
      home.happened("pull-progressed", (event) => event.node === node && (event.totalBytes ?? 0) > 0),
    ),
  );
  await home.until((fleet) => fleet.pulls === undefined);
  expect(
    [home.entry("attic", "gemma3:4b"), home.entry("shed", "gemma3:4b"), home.entry("rack", "gemma3:4b")].map((entry) => entry?.id),
  ).toEqual(Array(3).fill("gemma3:4b"));
  expect((await call(home.url, "/v1/chat/completions", chat("gemma3:4b"))).status).toBe(200);
});

it("a fetch goes on when the window that began it closes, and a new window is shown where it is", async () => {
  const slow = { ...box, pullBytesPerSecond: 1e9 };
  const home = await startHome({ nodes: { attic: slow }, config: allowed });
  const stop = home.homeport.listen(() => undefined);
  await home.homeport.dispatch("pullModel", { nodes: ["attic"], model: "gemma3:4b" });
  stop();
  await home.until(({ pulls }) => (pulls?.["attic/gemma3:4b"]?.completedBytes ?? 0) > 0);
  const pushes: Push[] = [];
  home.homeport.listen((push) => pushes.push(push))();
  const [first] = pushes;
  expect(first?.type === "snapshot" && first.snapshot.fleet.pulls?.["attic/gemma3:4b"]).toMatchObject({ state: "pulling", node: "attic" });
  expect(await home.homeport.dispatch("cancelPull", { node: "attic", model: "gemma3:4b" })).toMatchObject({
    ok: true,
    output: { says: expect.stringMatching(/stopped/) },
  });
});

it("a full disk is shown on the node's own row and told in a notice", async () => {
  const home = await startHome({ nodes: { attic: { ...box, diskBytes: 4.5e9 } }, config: allowed });
  await home.homeport.dispatch("pullModel", { nodes: ["attic"], model: "gemma3:27b" });
  await home.until(({ pulls }) => pulls?.["attic/gemma3:27b"]?.state === "failed");
  expect(home.homeport.snapshot().notices).toMatchObject([
    { kind: "pull-failed", body: expect.stringMatching(/^The disk of attic is too full/) },
  ]);
  // A full disk says nothing about the node's answers.
  expect(home.node("attic")).toMatchObject({ health: { state: "up" }, breaker: { state: "closed", failures: [] } });
});

it("deleting: gone from the node and from the gateway's lists; what is loaded is kept", async () => {
  const home = await startHome({
    nodes: { attic: { ...box, models: [{ name: "old:1b" }, { name: "used:1b", warm: true }] } },
    config: allowed,
  });
  expect(await home.homeport.dispatch("removeModel", { node: "attic", model: "used:1b" })).toMatchObject({
    ok: false,
    failure: { message: "used:1b is in the memory of attic. Unload it first, then delete it." },
  });
  expect((await home.homeport.dispatch("removeModel", { node: "attic", model: "old:1b" })).ok).toBe(true);
  expect(home.entry("attic", "old:1b")).toBeUndefined();
  expect((await call(home.url, "/v1/chat/completions", chat("old:1b"))).status).toBe(404);
});

it("S-40: a name that is an address is no model's name", async () => {
  const home = await startHome({ nodes: { attic: box }, config: allowed });
  for (const model of ["http://169.254.169.254/x", "../../etc/passwd", "a b", "//host/x:1"]) {
    const reply = await home.homeport.dispatch("pullModel", { nodes: ["attic"], model });
    expect(reply, model).toMatchObject({ ok: false, failure: { kind: "invalid-request" } });
  }
  expect(home.at("attic").record.to("/api/pull")).toEqual([]);
  expect(ModelId.safeParse("hf.co/user/repo:Q4_K_M").success).toBe(true);
});
