import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { call, chat, send } from "./caller.ts";

const cli = join(import.meta.dirname, "..", "..", "src-core", "cli.ts");
let folder = "";
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "homeport-cli-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The first line of stdout, or the end if there is none. */
  readonly ready: Promise<string>;
  readonly ended: Promise<{ readonly code: number | null }>;
}

function run(args: readonly string[]): Run {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let stdout = "";
  let stderr = "";
  const ready = new Promise<string>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (stdout.includes("\n")) resolve(stdout.slice(0, stdout.indexOf("\n")));
    });
    child.once("close", () => resolve(stdout));
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code]) => ({ code: typeof code === "number" ? code : null }));
  return { child, stdout: () => stdout, stderr: () => stderr, ready, ended };
}

async function file(name: string, text: string): Promise<string> {
  files += 1;
  const path = join(folder, `${files}-${name}`);
  await writeFile(path, text);
  return path;
}

const Ready = z.object({ event: z.literal("ready"), gateway: z.url(), control: z.url(), token: z.string().min(32), pid: z.number() });
const Simulated = z.object({ event: z.literal("ready"), nodes: z.array(z.object({ id: z.string(), kind: z.string(), url: z.url() })) });

const anyPorts = ["--port", "0", "--control-port", "0", "--json"] as const;
const data = () => join(folder, `data-${files++}`);

test("serve --json: the ready line comes first and is exact; both ports answer; SIGTERM ends with 0", async () => {
  const homeport = run(["serve", "--data", data(), "--no-discover", ...anyPorts]);
  const { gateway, control, token, pid } = Ready.parse(JSON.parse(await homeport.ready));
  expect(pid).toBe(homeport.child.pid);
  expect((await call(gateway, "/health")).json).toMatchObject({ status: "ok" });
  const snapshot = await call(control, "/control/call", { method: "snapshot" }, { authorization: `Bearer ${token}` });
  expect(snapshot.json).toMatchObject({ ok: true, output: { app: { demo: false, desktop: false } } });
  homeport.child.kill("SIGTERM");
  expect(await homeport.ended).toEqual({ code: 0 });
  expect(homeport.stdout().trim().split("\n")[0]).toContain('"event":"ready"');
});

test("SIGTERM, raised twice as npm and conf do: the answer under way is finished, and the code is 0", async () => {
  const nodes = run(["simulate", "--config", await file("slow.json", slowNode), "--json"]);
  const [slow] = Simulated.parse(JSON.parse(await nodes.ready)).nodes;
  const config = await file("homeport.json", JSON.stringify({ nodes: [{ id: "slow", kind: "ollama", url: slow?.url }] }));
  const homeport = run(["serve", "--config", config, "--data", data(), ...anyPorts]);
  const { gateway } = Ready.parse(JSON.parse(await homeport.ready));
  const answer = send(gateway, "/v1/chat/completions", chat("m", { stream: true }));
  await answer.until(({ text }) => text !== "");
  homeport.child.kill("SIGTERM");
  homeport.child.kill("SIGINT");
  await answer.whole();
  expect(answer.text).toContain("[DONE]");
  expect(await homeport.ended).toEqual({ code: 0 });
  nodes.child.kill("SIGTERM");
  expect(await nodes.ended).toEqual({ code: 0 });
});

const slowNode = JSON.stringify({
  nodes: [{ kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 40, tokensPerSecond: 100 }] }],
});

test.each([
  [["serve", "--prot", "0"], /no option --prot.*--port/s],
  [["serve", "--port", "99999"], /--port.*0 to 65535.*99999/s],
  [["serve", "--host", "0.0.0.0", "--port", "0"], /loopback.*key/s],
  [["serv"], /no command "serv"/],
  [[], /command is missing/],
  [["simulate", "--nodes", "0"], /--nodes/],
  [["simulate", "--config", "not-there.json"], /not-there\.json/],
  [["serve", "--config", "not-there.json"], /not-there\.json/],
] as const)("bad usage %j ends with 2 and says what to do", async (args, says) => {
  const homeport = run(args);
  expect(await homeport.ended).toEqual({ code: 2 });
  expect(homeport.stderr()).toMatch(says);
  expect(homeport.stdout()).toBe("");
});

test.each([
  ["homeport.json", '{"gatway":{"port":0}}', [/gatway/, /gateway/]],
  ["homeport.yaml", "gateway:\n  port: many\n", [/homeport\.yaml/, /gateway\.port/, /many/]],
  ["homeport.json", '{"nodes":[{"id":"a","kind":"olama","url":"http://127.0.0.1:1"}]}', [/nodes/, /olama/, /ollama/]],
  ["homeport.json", '{"gateway":{"host":"0.0.0.0"}}', [/gateway\.host/, /key/]],
  ["homeport.json", "{", [/homeport\.json/]],
] as const)("a bad configuration in %s (%s) ends with 2 and names file, field, expected and got", async (name, text, says) => {
  const homeport = run(["serve", "--config", await file(name, text), "--data", data(), ...anyPorts]);
  expect(await homeport.ended).toEqual({ code: 2 });
  for (const words of says) expect(homeport.stderr()).toMatch(words);
});

test("F54: a taken port ends the headless gateway with 3; it never moves silently", async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void holder.close());
  const address = holder.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const homeport = run(["serve", "--data", data(), "--no-discover", "--port", String(port), "--control-port", "0", "--json"]);
  expect(await homeport.ended).toEqual({ code: 3 });
  expect(homeport.stderr()).toContain(String(port));
  expect(homeport.stdout()).toBe("");
});

test("--demo starts simulated nodes, marked as such, and serves from them", async () => {
  const homeport = run(["serve", "--demo", "--data", data(), ...anyPorts]);
  const { gateway, control, token } = Ready.parse(JSON.parse(await homeport.ready));
  const asked = await call(control, "/control/call", { method: "snapshot" }, { authorization: `Bearer ${token}` });
  const Snapshot = z.object({
    output: z.object({
      app: z.object({ demo: z.boolean() }),
      fleet: z.object({ nodes: z.record(z.string(), z.object({ demo: z.boolean() })) }),
    }),
  });
  const { app, fleet } = Snapshot.parse(asked.json).output;
  expect(app.demo).toBe(true);
  expect(Object.values(fleet.nodes).length).toBeGreaterThan(2);
  expect(Object.values(fleet.nodes).every(({ demo }) => demo)).toBe(true);
  expect((await call(gateway, "/health")).status).toBe(200);
  homeport.child.kill("SIGTERM");
  expect(await homeport.ended).toEqual({ code: 0 });
});

test("a change of the configuration file takes effect without a restart; a bad one keeps the last good", async () => {
  const nodes = run(["simulate", "--nodes", "1", "--json"]);
  const [one] = Simulated.parse(JSON.parse(await nodes.ready)).nodes;
  const config = await file("homeport.json", "{}");
  const homeport = run(["serve", "--config", config, "--data", data(), ...anyPorts]);
  const { control, token } = Ready.parse(JSON.parse(await homeport.ready));
  const events = send(control, "/control/events", undefined, { authorization: `Bearer ${token}` });
  await events.until(({ text }) => text.includes("event: snapshot"));
  await writeFile(config, JSON.stringify({ nodes: [{ id: "one", kind: "ollama", url: one?.url }] }));
  await events.until(({ text }) => text.includes('"id":"one"'));
  await writeFile(config, '{"nodes":"none"}');
  await events.until(({ text }) => text.includes("config-rejected"));
  const kept = await call(control, "/control/call", { method: "getSettings" }, { authorization: `Bearer ${token}` });
  expect(kept.json).toMatchObject({ output: { config: { nodes: [{ id: "one" }] } } });
});

test("simulate --json prints addresses that answer, and SIGTERM ends it with 0", async () => {
  const simulated = run(["simulate", "--nodes", "3", "--json"]);
  const { nodes } = Simulated.parse(JSON.parse(await simulated.ready));
  expect(nodes.length).toBe(3);
  for (const { url } of nodes) expect((await call(url, "/v1/models")).status).toBe(200);
  simulated.child.kill("SIGTERM");
  expect(await simulated.ended).toEqual({ code: 0 });
});
