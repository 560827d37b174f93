// Budgets and the journal through the whole gateway: what is refused, what is skipped, what is left when a client leaves or the process dies.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { HistoryPage, UsageSum } from "../../src-core/contract/history.ts";
import { startSimulatedNode } from "../../src-core/simulator/node.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat, send } from "./caller.ts";

const chats = "/v1/chat/completions";
const wordy: HomeNode = { kind: "llama-server", models: [{ name: "m", replyTokens: 500 }], slots: 4 };
/** Room for one request at a time: each sets a little more than 4096 tokens aside. */
const tokens = { id: "tiny-day", scope: { model: "m" }, tokens: 5000, per: "day" as const };
const spendOf = (home: { homeport: { engine: { fleet: { spend?: object | undefined } } } }, id = "tiny-day") =>
  z.record(z.string(), z.object({ tokens: z.number(), reservedTokens: z.number() })).parse(home.homeport.engine.fleet.spend)[id];

test("5.9, 4.10: when a budget is used up the answer is 429 insufficient_quota with the wait until the window ends, told as a notice", async () => {
  const home = await startHome({ nodes: { attic: wordy }, config: { budgets: [tokens] } });
  expect((await call(home.url, chats, chat("m"))).status).toBe(200);
  expect((await call(home.url, chats, chat("m"))).status).toBe(200);
  const refused = await call(home.url, chats, chat("m"));
  expect(refused.status).toBe(429);
  expect(refused.json).toMatchObject({ error: { code: "insufficient_quota", message: expect.stringContaining("tiny-day") } });
  const waitS = Number(refused.headers["retry-after"]);
  expect(waitS).toBeGreaterThan(0);
  expect(waitS).toBeLessThanOrEqual(86_400);
  expect(spendOf(home)).toMatchObject({ reservedTokens: 0 });
  expect(home.at("attic").record.to(chats)).toHaveLength(2);
  expect(home.homeport.snapshot().notices).toMatchObject([
    { kind: "budget-exhausted", title: "A request did not fit the budget tiny-day" },
  ]);
});

test("5.5: a node whose budget is used up is skipped for one that is not, and the row says why", async () => {
  const budget = { id: "attic-day", scope: { node: "attic" }, tokens: 100, per: "day" as const };
  const home = await startHome({ nodes: { attic: wordy, rack: wordy }, config: { budgets: [budget] } });
  const answer = await call(home.url, chats, chat("m"));
  expect([answer.status, answer.headers["x-homeport-node"]]).toEqual([200, "rack"]);
  const [row] = home.homeport.engine.chronicle.activity.latest(1);
  expect(row?.rejected).toMatchObject([{ node: "attic", because: "over-budget" }]);
});

test("4.12: money set aside is not there for others while the request runs, and is back when its client leaves before an answer", async () => {
  const home = await startHome({ nodes: { attic: wordy }, config: { budgets: [tokens] } });
  const healed = home.at("attic").fault({ fault: "hang" }, { path: chats, times: 1 });
  const first = send(home.url, chats, chat("m"));
  await home.until((fleet) => (fleet.spend?.["tiny-day"]?.reservedTokens ?? 0) > 4096);
  expect((await call(home.url, chats, chat("m"))).status).toBe(429);
  first.leave();
  await home.happened("budget-settled");
  expect(spendOf(home)).toMatchObject({ tokens: 0, reservedTokens: 0 });
  healed();
  expect((await call(home.url, chats, chat("m"))).status).toBe(200);
});

test("4.12: an attempt that failed costs nothing; the next node's does", async () => {
  const home = await startHome({ nodes: { attic: wordy, rack: wordy }, config: { budgets: [tokens] } });
  for (const id of ["attic", "rack"] as const) home.at(id).fault({ fault: "status", status: 500 }, { path: chats, times: 1 });
  await call(home.url, chats, chat("m"));
  await call(home.url, chats, chat("m"));
  const settled = home.events.filter((event) => event.type === "budget-settled");
  expect(settled.length).toBeGreaterThan(1);
  const answered = home.events.filter((event) => event.type === "request-finished" && event.outcome === "ok").length;
  expect(settled.filter(({ entries }) => entries.some(({ usedTokens }) => usedTokens > 0))).toHaveLength(answered);
  expect(spendOf(home)).toMatchObject({ reservedTokens: 0 });
});

test("requests are found in the journal at once, with their cost, and no text that a node wrote", async () => {
  const catalogue = [{ model: "m", cost: { input: 1000, output: 1000 } }];
  const home = await startHome({ nodes: { attic: wordy } });
  await home.config.update((document) => ({ ...document, catalogue }));
  await call(home.url, chats, chat("m"));
  home.at("attic").fault({ fault: "status", status: 500, body: "canary-in-an-error" }, { path: chats });
  await call(home.url, chats, chat("m"));
  const history = await home.homeport.dispatch("history", {});
  if (!history.ok) throw new Error(history.failure.message);
  const { rows } = HistoryPage.parse(history.output);
  expect(rows).toMatchObject([
    { asked: "m", node: "attic", outcome: "failed" },
    { asked: "m", node: "attic", model: "m", outcome: "ok", status: 200, attempts: 1, tokensOut: 500 },
  ]);
  expect(rows[1]?.usd).toBeGreaterThan(0.4);
  expect(JSON.stringify(rows)).not.toContain("canary");
  const usage = await home.homeport.dispatch("usage", { by: "model" });
  if (!usage.ok) throw new Error(usage.failure.message);
  const { sums } = z.object({ sums: z.array(UsageSum) }).parse(usage.output);
  expect(sums).toMatchObject([{ name: "m", requests: 2, failed: 1 }]);
});

const Ready = z.object({ gateway: z.url(), control: z.url(), token: z.string() });

/** A headless Homeport as a process of its own. */
async function serve(config: string, data: string): Promise<z.infer<typeof Ready> & { readonly child: ChildProcess }> {
  const cli = join(import.meta.dirname, "..", "..", "src-core", "cli.ts");
  const args = ["serve", "--config", config, "--data", data, "--no-discover", "--port", "0", "--control-port", "0", "--json"];
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = await once(child.stdout.setEncoding("utf8"), "data");
  return { ...Ready.parse(JSON.parse(String(line))), child };
}

test("kill -9 of the whole gateway in the middle of an answer: after the restart the estimate is counted, once", {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "homeport-budget-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const node = await startSimulatedNode({ kind: "llama-server", models: [{ name: "m", replyTokens: 5 }], slots: 4 });
  onTestFinished(() => node.stop());
  const config = join(folder, "homeport.json");
  writeFileSync(config, JSON.stringify({ nodes: [{ id: "attic", kind: "llama-server", url: node.url }], budgets: [tokens] }));
  const first = await serve(config, folder);
  const healed = node.fault({ fault: "stall-after", frames: 3 }, { path: chats });
  const answer = send(first.gateway, chats, chat("m", { stream: true }));
  await answer.until(({ text }) => text !== "");
  const killed = once(first.child, "close");
  first.child.kill("SIGKILL");
  await killed;
  healed();
  for (const _ of ["first", "second"]) {
    const { control, token, child } = await serve(config, folder);
    const snapshot = await call(control, "/control/call", { method: "snapshot" }, { authorization: `Bearer ${token}` });
    const [, used] = /"tiny-day":\{"window":"[^"]+","usd":0,"tokens":(\d+),"reservedUsd":0,"reservedTokens":0\}/.exec(snapshot.text) ?? [];
    expect(Number(used)).toBeGreaterThan(4096);
    expect(Number(used)).toBeLessThan(5000);
    const ended = once(child, "close");
    child.kill("SIGKILL");
    await ended;
  }
});
