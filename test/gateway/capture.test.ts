// Capture through the whole gateway: asked for by the contract's methods, seen there and nowhere else. The canary scan of every home looks at log,
// journal, pushes, snapshot, metrics and Redis when the test ends; the prompts of these tests hold its canary.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Captured } from "../../src-core/contract/capture.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { openLog } from "../../src-core/host/log.ts";
import { leaksIn, promptCanary, promptMark } from "../support/canaries.ts";
import { type Home, type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat, send } from "./caller.ts";

const chats = "/v1/chat/completions";
const says = "canary-prompt said back";
const attic: HomeNode = { kind: "llama-server", models: [{ name: "m", says: [says] }], slots: 4 };

async function captured({ homeport }: Home<string>, request: unknown): Promise<Captured> {
  const reply = await homeport.dispatch("captured", { request });
  if (!reply.ok) throw new Error(reply.failure.message);
  return Captured.parse(reply.output);
}

test("S-82: nothing is captured unless it was switched on", async () => {
  const home = await startHome({ nodes: { attic } });
  const { headers } = await call(home.url, chats, chat("m"));
  expect(home.homeport.snapshot().capture).toBeUndefined();
  expect(await home.homeport.dispatch("captured", { request: headers["x-homeport-request"] })).toMatchObject({
    ok: false,
    failure: { kind: "not-found" },
  });
});

test("S-82: switched on, request and answer are seen whole, streamed or not, and the snapshot says until when", async () => {
  const home = await startHome({ nodes: { attic } });
  expect(await home.homeport.dispatch("startCapture", { client: null })).toMatchObject({
    ok: true,
    output: { client: null, requests: [] },
  });
  const whole = await call(home.url, chats, chat("m"));
  const streamed = await call(home.url, chats, chat("m", { stream: true }));
  const { capture, now } = home.homeport.snapshot();
  expect(capture?.requests).toEqual([whole.headers["x-homeport-request"], streamed.headers["x-homeport-request"]]);
  expect((capture?.until ?? 0) - now).toBeGreaterThan(14 * 60_000);
  for (const answer of [whole, streamed]) {
    const seen = await captured(home, answer.headers["x-homeport-request"]);
    expect(seen).toMatchObject({ path: chats, status: 200, state: "ended", answer: { text: answer.text, cut: false } });
    expect(seen.request.text).toContain(promptCanary);
    expect(seen.answer.text).toContain("canary");
  }
  expect(await home.homeport.dispatch("stopCapture", {})).toMatchObject({ ok: true });
  expect(home.homeport.snapshot().capture).toBeUndefined();
  expect((await home.homeport.dispatch("captured", { request: whole.headers["x-homeport-request"] })).ok).toBe(false);
});

test("S-82, S-20: of the keys that a request and its answer name nothing is seen, and no header is kept", async () => {
  const node: HomeNode = { ...attic, models: [{ name: "m", says: ["the key is house-key-55aa"] }] };
  const folder = mkdtempSync(join(tmpdir(), "capture-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // In a file: the scan does not know it, and a client may write its own key into its own request.
  const file = join(folder, "key");
  writeFileSync(file, "laptop-key-71", { mode: 0o600 });
  const home = await startHome({ nodes: { attic: node }, config: { clients: [{ name: "laptop", key: { file } }] } });
  await home.homeport.dispatch("startCapture", { client: "laptop" });
  const body = chat("m", { user: "laptop-key-71", metadata: { api_key: "house-key-55aa" } });
  const { headers } = await call(home.url, chats, body, { authorization: "Bearer laptop-key-71" });
  const seen = JSON.stringify(await captured(home, headers["x-homeport-request"]));
  expect(seen).not.toContain("laptop-key-71");
  expect(seen).not.toContain("authorization");
  expect(JSON.parse((await captured(home, headers["x-homeport-request"])).request.text)).toMatchObject({
    user: "[redacted]",
    metadata: { api_key: "[redacted]" },
  });
});

test("S-82: one client's requests are captured; who is no client is no choice", async () => {
  const clients = ["laptop", "phone"].map((name) => ({ name, key: { env: name.toUpperCase() } }));
  const home = await startHome({ nodes: { attic }, config: { clients }, env: { LAPTOP: "laptop-key-71", PHONE: "phone-key-72" } });
  expect(await home.homeport.dispatch("startCapture", { client: "fridge" })).toMatchObject({
    ok: false,
    failure: { kind: "not-found", near: ["laptop", "phone"] },
  });
  await home.homeport.dispatch("startCapture", { client: "phone" });
  await call(home.url, chats, chat("m"), { authorization: "Bearer laptop-key-71" });
  const mine = await call(home.url, chats, chat("m"), { authorization: "Bearer phone-key-72" });
  expect(home.homeport.snapshot().capture).toMatchObject({ client: "phone", requests: [mine.headers["x-homeport-request"]] });
});

test("S-82: a refusal is captured in the client's own dialect, and an answer that its client left is marked", async () => {
  const home = await startHome({ nodes: { attic } });
  await home.homeport.dispatch("startCapture", { client: null });
  const refused = await call(home.url, "/v1/messages", {
    model: "nowhere",
    max_tokens: 5,
    messages: [{ role: "user", content: promptCanary }],
  });
  expect(JSON.parse(refused.text)).toMatchObject({ type: "error" });
  expect(await captured(home, refused.headers["x-homeport-request"])).toMatchObject({ status: 404, answer: { text: refused.text } });
  home.at("attic").fault({ fault: "hang" }, { path: chats, times: 1 });
  const leaver = send(home.url, chats, chat("m"));
  const { request } = await home.happened("attempt-started");
  leaver.leave();
  await home.happened("request-finished", ({ outcome }) => outcome === "client-gone");
  expect(await captured(home, request)).toMatchObject({ state: "broken", answer: { text: "", bytes: 0 } });
});

test("S-82: what is captured is on no disk, in no log and in no export, and quitting forgets it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "capture-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const lines: string[] = [];
  const journal = openJournal(join(folder, "journal.sqlite"), openLog("info", { write: (line) => lines.push(line) }));
  const home = await startHome({ nodes: { attic }, journal });
  await home.homeport.dispatch("startCapture", { client: null });
  const { headers } = await call(home.url, chats, chat("m"));
  const request = headers["x-homeport-request"];
  expect((await captured(home, request)).request.text).toContain(promptCanary);
  const told = await Promise.all(
    ["snapshot", "history", "getSettings", "settingsInForce"].map((method) => home.homeport.dispatch(method, {})),
  );
  const exported = await home.homeport.dispatch("exportSettings", { format: "json" });
  await home.stop();
  expect((await home.homeport.dispatch("captured", { request })).ok).toBe(false);
  const files = readdirSync(folder).map((name) => ({ where: name, text: readFileSync(join(folder, name)) }));
  const texts = [
    { where: "the log", text: lines.join("") },
    { where: "what is told", text: JSON.stringify([told, exported]) },
  ];
  expect(leaksIn([...files, ...texts], new Set([promptMark]))).toEqual([]);
});
