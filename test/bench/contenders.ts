// The proxies under test, each a process of its own on one core: bare, nginx where installed, and Homeport.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { childOf } from "./figures.ts";
import { benchModel } from "./upstream.ts";

export type Name = "bare" | "nginx" | "homeport";

export interface Contender {
  readonly name: Name;
  readonly address: string;
  /** The process that does the work. */
  readonly pid: number;
  /** From spawn to the line that says it listens. */
  readonly startMs: number;
  stop(): Promise<void>;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
const nginxPath = ["/usr/sbin/nginx", "/usr/local/bin/nginx", "/opt/homebrew/bin/nginx"].find(existsSync);

/** Who takes part on this machine. */
export function present(): readonly Name[] {
  return nginxPath === undefined ? ["bare", "homeport"] : ["bare", "homeport", "nginx"];
}

/** Ends a child and waits for its end. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(killer);
}

/** `log` is the file that takes what the child says on stderr: a terminal would slow whoever says much. */
function spawnOn(core: string | undefined, command: string, args: readonly string[], log?: string): ChildProcess {
  const pinned = core === undefined ? [command, ...args] : ["taskset", "-c", core, command, ...args];
  const [first = command, ...rest] = pinned;
  const errors = log === undefined ? "inherit" : openSync(log, "a");
  const child = spawn(first, rest, { stdio: ["ignore", "pipe", errors], cwd: root });
  if (typeof errors === "number") closeSync(errors);
  return child;
}

/** The first line a child prints; fails when it ends before. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) return reject(new Error("the child's output is not piped"));
    const lines = createInterface({ input: child.stdout });
    lines.once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the proxy under test ended with exit code ${code} before it listened`)));
  });
}

async function startBare(upstreams: readonly string[], core: string | undefined): Promise<Contender> {
  const startedAt = performance.now();
  const child = spawnOn(core, process.execPath, [join(here, "bare-proxy.ts"), ...upstreams]);
  const address = await firstLine(child);
  return { name: "bare", address, pid: child.pid ?? 0, startMs: performance.now() - startedAt, stop: () => end(child) };
}

function nginxConfig(dir: string, upstreams: readonly string[]): string {
  return `daemon off; master_process on; worker_processes 1; pid ${dir}/pid; error_log ${dir}/error.log crit; worker_rlimit_nofile 16384;
events { worker_connections 8192; }
http {
  access_log off; tcp_nodelay on; keepalive_requests 1000000;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
  upstream nodes { ${upstreams.map((url) => `server ${new URL(url).host};`).join(" ")} keepalive 2048; keepalive_requests 1000000; }
  server {
    listen unix:${dir}/unused.sock; listen 127.0.0.1:LISTEN backlog=4096;
    location / { proxy_pass http://nodes; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; proxy_read_timeout 600s; }
  }
}`;
}

async function startNginx(upstreams: readonly string[], core: string | undefined): Promise<Contender> {
  const dir = mkdtempSync(join(tmpdir(), "homeport-bench-nginx-"));
  // nginx cannot be asked for any free port; one of its own pid's making is free enough for a bench.
  const port = 20_000 + (process.pid % 20_000);
  writeFileSync(join(dir, "nginx.conf"), nginxConfig(dir, upstreams).replace("LISTEN", String(port)));
  const startedAt = performance.now();
  const child = spawnOn(core, nginxPath ?? "nginx", ["-p", dir, "-c", join(dir, "nginx.conf")]);
  const address = `http://127.0.0.1:${port}`;
  await answering(`${address}/api/version`);
  const startMs = performance.now() - startedAt;
  const stop = async () => {
    await end(child);
    rmSync(dir, { recursive: true, force: true });
  };
  return { name: "nginx", address, pid: childOf(child.pid ?? 0) ?? 0, startMs, stop };
}

/** Waits until an address answers 200; a proxy that never does fails the bench after ten seconds. */
async function answering(address: string, init?: RequestInit): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (let last = "nothing"; performance.now() < deadline; await sleep(50)) {
    try {
      const response = await fetch(address, init);
      last = `${response.status} ${await response.text()}`;
      if (response.ok) return;
    } catch (error) {
      last = String(error);
    }
    if (performance.now() + 50 >= deadline) throw new Error(`${address} did not answer 200 within 10 s; last: ${last.slice(0, 500)}`);
  }
}

const Ready = z.object({ event: z.literal("ready"), gateway: z.string(), pid: z.number() });

/** Homeport from source, headless, with one Ollama node per upstream and nothing else configured. */
export async function startHomeport(upstreams: readonly string[], core: string | undefined): Promise<Contender> {
  const dir = mkdtempSync(join(tmpdir(), "homeport-bench-"));
  mkdirSync(join(dir, "data"));
  const nodes = upstreams.map((url, index) => ({ id: `node-${index}`, kind: "ollama", url, slots: 1024 }));
  writeFileSync(join(dir, "config.json"), JSON.stringify({ nodes }));
  const args = [
    "--config",
    join(dir, "config.json"),
    "--data",
    join(dir, "data"),
    "--port",
    "0",
    "--control-port",
    "0",
    "--no-discover",
    "--json",
  ];
  const log = join(dir, "stderr.log");
  const startedAt = performance.now();
  const child = spawnOn(core, process.execPath, [join(root, "src-core/cli.ts"), "serve", ...args], log);
  const first = await firstLine(child).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${readFileSync(log, "utf8").slice(-2000)}`);
  });
  const ready = Ready.parse(JSON.parse(first));
  const startMs = performance.now() - startedAt;
  child.stdout?.resume();
  const stop = async () => {
    await end(child);
    rmSync(dir, { recursive: true, force: true });
  };
  return { name: "homeport", address: ready.gateway, pid: ready.pid, startMs, stop };
}

/** Starts a contender on `core` and waits until it answers a call through to an upstream. */
export async function start(name: Name, upstreams: readonly string[], core: string | undefined): Promise<Contender> {
  const starters = { bare: startBare, nginx: startNginx, homeport: startHomeport };
  const contender = await starters[name](upstreams, core);
  const body = JSON.stringify({ model: benchModel, messages: [{ role: "user", content: "hello" }] });
  await answering(`${contender.address}/v1/chat/completions`, { method: "POST", headers: { "content-type": "application/json" }, body });
  return contender;
}
