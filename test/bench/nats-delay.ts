// `node test/bench/nats-delay.ts [streams]`: how late an event of a stream arrives through the gateway, over HTTP and over NATS with a worker, in one
// run and in turn. Needs nats-server. The figure that counts: what NATS adds, beside what the HTTP path costs.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { median, percentile, rssBytes } from "./figures.ts";
import { streams } from "./load.ts";
import { benchModel, startUpstream } from "./upstream.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const count = Number(process.argv[2] ?? 20);
const events = 100;
const rounds = 3;
const natsPort = 20_000 + (process.pid % 20_000);
const nats = `nats://127.0.0.1:${natsPort}`;
const folder = mkdtempSync(join(tmpdir(), "homeport-bench-nats-"));
const children: ChildProcess[] = [];

function run(command: string, ...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", process.env["DEBUG"] === undefined ? "ignore" : "inherit"] });
  children.push(child);
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line)));
    child.once("exit", (code) => reject(new Error(`${args.join(" ")} ended with ${code}`)));
  });
}

async function gateway(name: string, node: object): Promise<string> {
  const file = join(folder, `${name}.json`);
  const config = { nodes: [{ id: "node", slots: 512, ...node }] };
  writeFileSync(file, JSON.stringify(config));
  const ready = await run(
    process.execPath,
    "src-core/cli.ts",
    "serve",
    "--config",
    file,
    "--port",
    "0",
    "--control-port",
    "0",
    "--no-discover",
    "--data",
    join(folder, name),
    "--json",
  );
  return String(ready["gateway"]);
}

async function served(address: string): Promise<void> {
  for (let look = 0; look < 100; look++) {
    const list = await fetch(`${address}/v1/models`).then((answer) => answer.text());
    if (list.includes(benchModel)) return;
    await sleep(100);
  }
  throw new Error(`${address} does not list ${benchModel}`);
}

const upstream = await startUpstream(1);
try {
  children.push(spawn("nats-server", ["-a", "127.0.0.1", "-p", String(natsPort)], { stdio: "ignore" }));
  await sleep(500);
  const [runtime = ""] = upstream.urls;
  const worker = await run(process.execPath, "src-core/cli.ts", "worker", "--id", "bench", "--runtime", runtime, "--nats", nats, "--json");
  await sleep(10_000);
  console.log(`the worker's resident memory at rest: ${(rssBytes(Number(worker["pid"])) / 1e6).toFixed(0)} MB`);
  const paths = {
    "over HTTP": await gateway("http", { kind: "ollama", url: runtime }),
    "over NATS": await gateway("nats", { kind: "nats-worker", nats, subject: "node.bench" }),
  };
  const delays: Record<string, { p50: number[]; p99: number[] }> = {};
  for (const address of Object.values(paths)) await served(address);
  for (let round = 0; round <= rounds; round++) {
    for (const [name, address] of Object.entries(paths)) {
      Object.assign(upstream.pace, { events, everyMs: 20 });
      const seen = await streams(address, count, 100);
      if (seen.broken > 0) throw new Error(`${name}: ${seen.broken} streams broke`);
      // The first round warms up.
      if (round === 0) continue;
      delays[name] ??= { p50: [], p99: [] };
      delays[name].p50.push(percentile(seen.delayMs, 0.5));
      delays[name].p99.push(percentile(seen.delayMs, 0.99));
    }
  }
  console.log(`the worker's resident memory after that: ${(rssBytes(Number(worker["pid"])) / 1e6).toFixed(0)} MB`);
  const of = (name: string, share: "p50" | "p99") => median(delays[name]?.[share] ?? []);
  for (const share of ["p50", "p99"] as const) {
    const [http, overNats] = [of("over HTTP", share), of("over NATS", share)];
    const added = (overNats - http) / http;
    console.log(
      `chunk delay ${share}: HTTP ${http.toFixed(2)} ms, NATS ${overNats.toFixed(2)} ms; NATS adds ${added.toFixed(2)} × the HTTP path's`,
    );
  }
} finally {
  for (const child of children) child.kill("SIGTERM");
  upstream.stop();
  rmSync(folder, { recursive: true, force: true });
}
