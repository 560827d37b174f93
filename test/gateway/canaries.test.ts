// What the canary scan of every home sees, and that it would see a leak: a scan that cannot fail proves nothing.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openJournal } from "../../src-core/host/journal.ts";
import { openLog } from "../../src-core/host/log.ts";
import { CanaryWatch, leaksIn, promptCanary } from "../support/canaries.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat } from "./caller.ts";

const node: HomeNode = { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 2 }] };
const ownKey = (id: string) => `canary-key-of-${id}-4c91`;

test("S-20, S-56, S-75, S-80, S-81: the scan names every place where a planted canary is", async () => {
  const home = await startHome({ nodes: { attic: node, den: node } });
  await call(home.url, "/v1/chat/completions", chat("m"));
  const watch = new CanaryWatch();
  const nodes = new Map([
    ["attic", home.at("attic")],
    ["den", home.at("den")],
  ]);
  // The node's own key and the prompt it answers are where they belong.
  watch.key(ownKey("attic"), "attic");
  watch.key(ownKey("den"), "den");
  await watch.look(home.homeport, home.events);
  expect(watch.leaks(nodes)).toEqual([]);

  const errors: string[] = [];
  watch.log(errors).info({ node: "attic", note: `with ${ownKey("attic")}` }, "planted");
  const journal = openJournal(":memory:", watch.log(errors));
  onTestFinished(() => journal.close());
  watch.journal(journal).reserveBudgets("planted", 0, []);
  watch.see("the snapshot", { nodes: [{ error: `said ${promptCanary}` }] });
  // A key that was not told to be this node's own was seen with it.
  const stranger = new CanaryWatch();
  stranger.key(ownKey("attic"));
  expect(stranger.leaks(nodes).join()).toMatch(/canary-key-of-attic-4c91 in the heads of requests to attic/);
  expect(watch.leaks(nodes)).toEqual([
    expect.stringMatching(/^canary-key-of-attic-4c91 in the log: /),
    expect.stringMatching(/^canary-prompt in the snapshot: /),
  ]);
});

test("S-20: bytes are searched like texts", () => {
  const places = [{ where: "a body", text: Buffer.from("…canary-prompt…") }];
  expect(leaksIn(places, new Set(["canary-prompt"]))).toHaveLength(1);
  expect(leaksIn([{ ...places[0], where: "a body", text: "x", mayHold: new Set(["x"]) }], new Set(["x"]))).toEqual([]);
});

test("S-80: neither the journal's files nor a log at its most talkative hold a prompt, an answer or a key", async () => {
  const folder = mkdtempSync(join(tmpdir(), "canaries-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const lines: string[] = [];
  const journal = openJournal(join(folder, "journal.sqlite"), openLog("info", { write: (line) => lines.push(line) }));
  const says = "canary-prompt said back";
  const home = await startHome({ nodes: { attic: { ...node, models: [{ name: "m", says: [says] }] } }, journal });
  for (const stream of [true, false]) {
    const answer = await call(home.url, "/api/chat", { model: "m", messages: [{ role: "user", content: promptCanary }], stream });
    expect(answer.text).toContain("canary-prompt");
  }
  home.at("attic").fault({ fault: "status", status: 500, body: `{"error":"cannot answer ${promptCanary}"}` }, { path: "/api/chat" });
  await call(home.url, "/api/chat", { model: "m", messages: [{ role: "user", content: promptCanary }] });
  await home.stop();
  const files = readdirSync(folder).map((name) => ({ where: name, text: readFileSync(join(folder, name)) }));
  expect(files.length).toBeGreaterThan(0);
  expect(leaksIn([...files, { where: "the log", text: lines.join("") }], new Set(["canary-prompt", ownKey("attic")]))).toEqual([]);
});

test("S-20, S-56: what a door says is heard whoever asked, and a planted key in it is found", async () => {
  const home = await startHome({ nodes: { attic: node } });
  const watch = new CanaryWatch();
  onTestFinished(watch.door("an answer to a client", home.port));
  // The model's name comes back in the refusal: this "key" is one only here.
  const planted = "canary-planted-77aa";
  watch.key(planted);
  expect((await fetch(`${home.url}/v1/models/${planted}`)).status).toBe(404);
  expect(watch.leaks(new Map())).toEqual([expect.stringMatching(/^canary-planted-77aa in an answer to a client/)]);
  const silent = { publish: () => undefined, close: () => undefined };
  watch.announcer(silent).publish("redis://localhost", "channel", planted);
  expect(watch.leaks(new Map()).join()).toContain("in Redis");
});
