// `node test/bench/fleet.ts [--nodes 150] [--models 50]`: what a large house costs. The nodes run in a process of their own; Homeport polls them
// with a window open, and its share of one core, the time of a push and the size of what travels are printed. Ends with 1 when a limit is broken.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import type { Push } from "../../src-core/contract/api.ts";
import { ChangeEncoder } from "../../src-core/contract/changes.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import { startHomeport } from "../../src-core/homeport.ts";
import { systemClock } from "../../src-core/host/clock.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { environmentSecrets } from "../../src-core/host/secrets.ts";
import { configKind } from "../../src-core/simulator/fleet.ts";
import { SimulatedKind } from "../../src-core/simulator/options.ts";
import { MemoryConfig } from "../support/memory-config.ts";

const limits = { pollingShare: 0.1, pushMs: 5 };
const warmUpMs = 12_000;

const { values } = parseArgs({
  options: {
    nodes: { type: "string", default: "150" },
    models: { type: "string", default: "50" },
    seconds: { type: "string", default: "30" },
  },
});

const Ready = z.object({ nodes: z.array(z.object({ id: NodeId, kind: SimulatedKind, url: z.string() })) });

async function simulated(): Promise<{ child: ChildProcess; ready: z.infer<typeof Ready> }> {
  const cli = fileURLToPath(new URL("../../src-core/cli.ts", import.meta.url));
  const args = ["simulate", "--nodes", values.nodes, "--models", values.models, "--json"];
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, ready: Ready.parse(JSON.parse(String(line))) };
}

const silent = { info: () => {}, warn: () => {}, error: (fields: unknown, words: string) => console.error(words, fields) };
const sleep = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));

/** A window on the control port: how many bytes it is sent. */
function watch(control: string, token: string): { bytes: () => number; stop: () => void } {
  let sum = 0;
  const call = request(`${control}/control/events?pushes=changes`, { headers: { authorization: `Bearer ${token}` } }, (answer) => {
    answer.on("data", (chunk: Buffer) => {
      sum += chunk.length;
    });
  });
  call.on("error", () => {});
  call.end();
  return { bytes: () => sum, stop: () => call.destroy() };
}

/** Milliseconds that a push takes to be made and written as text, each time one is due. */
function timed(listen: (onPush: (push: Push) => void) => () => void): { times: number[]; stop: () => void } {
  const times: number[] = [];
  const encoder = new ChangeEncoder();
  const stop = listen((push) => {
    const began = performance.now();
    JSON.stringify(encoder.encode(push));
    if (push.type === "snapshot") times.push(performance.now() - began);
  });
  return { times, stop };
}

function share(ms: number, before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / ms;
}

const at = (sorted: readonly number[], part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

async function measure(): Promise<boolean> {
  const { child, ready } = await simulated();
  const nodes = ready.nodes.map(({ id, kind, url }) => ({ id, kind: configKind(kind), url, place: "lan" as const }));
  const config = new MemoryConfig({ nodes });
  const homeport = await startHomeport({
    config,
    secrets: environmentSecrets(),
    journal: openJournal(":memory:", silent),
    log: silent,
    clock: systemClock,
    draw: Math.random,
    desktop: false,
    demo: false,
    version: "bench",
    listen: { port: 0, controlPort: 0 },
    whenPortTaken: "fail",
    control: true,
    discover: false,
  });
  const seconds = Number(values.seconds);
  const measured = async (what: string) => {
    await sleep(warmUpMs);
    const before = process.cpuUsage();
    await sleep(seconds * 1000);
    const part = share(seconds * 1000, before);
    console.log(`${what}: ${(part * 100).toFixed(1)} % of one core`);
    return part;
  };
  const idle = await measured("polling, nobody looks (every 30 s)");
  const window = watch(homeport.controlUrl ?? "", homeport.token);
  const open = await measured("polling every 5 s and pushing to an open window");
  console.log(`  to the window: ${(window.bytes() / (seconds + warmUpMs / 1000) / 1e6).toFixed(2)} MB/s`);
  window.stop();
  const { times, stop } = timed((onPush) => homeport.listen(onPush));
  await sleep(10_000);
  stop();
  const [first = 0, ...later] = times;
  const sorted = later.sort((a, b) => a - b);
  const whole = JSON.stringify(homeport.snapshot()).length;
  const listed = Object.values(homeport.engine.fleet.nodes).reduce((sum, node) => sum + Object.keys(node.models).length, 0);
  console.log(
    `${ready.nodes.length} nodes, ${listed} models, whole snapshot ${(whole / 1e6).toFixed(2)} MB, first push ${first.toFixed(1)} ms`,
  );
  console.log(`pushes: median ${at(sorted, 0.5).toFixed(2)} ms, p99 ${at(sorted, 0.99).toFixed(2)} ms (${sorted.length})`);
  await homeport.stop();
  child.kill();
  const holds = idle < limits.pollingShare && open < limits.pollingShare && at(sorted, 0.99) < limits.pushMs;
  console.log(
    holds ? "Within the limits." : `BROKEN: under ${limits.pollingShare * 100} % of a core and ${limits.pushMs} ms a push are wanted.`,
  );
  return holds;
}

process.exitCode = (await measure()) ? 0 : 1;
