// Starts a real llama-server on tiny random models made on the spot: with one model, or as a router over a folder of them.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SuiteNode } from "../nodes/adapter-suite.ts";

/** The tool that writes tiny models; it lies beside the repository, not in it. */
const maker = join(import.meta.dirname, "..", "..", "..", "shared", "tools", "make-tiny-gguf.mjs");
const startMs = 60_000;

/** Why no model can be had, or undefined. */
export function lacksModelFile(): string | undefined {
  if (process.env["TINY_GGUF"] !== undefined || existsSync(maker)) return undefined;
  return "no TINY_GGUF and no ../shared/tools/make-tiny-gguf.mjs";
}

/** A folder with `steady.gguf`, whose answers are long enough to be cut, and `broken.gguf`, which does not load. */
function modelFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "homeport-real-"));
  const steady = join(folder, "steady.gguf");
  const given = process.env["TINY_GGUF"];
  if (given !== undefined) copyFileSync(given, steady);
  else {
    const size = ["--layers", "12", "--embd", "512", "--ctx", "16384", "--eos", "0"];
    const made = spawnSync(process.execPath, [maker, steady, "--name", "steady", ...size], { encoding: "utf8" });
    if (made.status !== 0) throw new Error(`The tiny model could not be made: ${made.stderr}`);
  }
  const whole = readFileSync(steady);
  writeFileSync(join(folder, "broken.gguf"), whole.subarray(0, Math.floor(whole.length / 2)));
  return folder;
}

export async function realLlamaServer(binary: string, mode: "single" | "router"): Promise<SuiteNode> {
  const folder = modelFolder();
  const port = await freePort();
  const modeArgs = mode === "single" ? ["-m", join(folder, "steady.gguf"), "--alias", "steady"] : ["--models-dir", folder];
  const args = ["--host", "127.0.0.1", "--port", String(port), "-np", "2", "-c", "8192", ...modeArgs];
  // A group of its own: a router's children end with it, whatever ends it.
  const child = spawn(binary, args, { stdio: "ignore", detached: true });
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(url, child);
  const kill = () => endGroup(child);
  const stop = async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  const isRouter = mode === "router";
  const broken = isRouter ? { broken: "broken" } : {};
  return { url, model: "steady", loads: isRouter, tellsProgress: isRouter, streamsSlowly: true, ...broken, kill, stop };
}

async function untilHealthy(url: string, child: ChildProcess): Promise<void> {
  const giveUpAt = Date.now() + startMs;
  while (Date.now() < giveUpAt) {
    if (child.exitCode !== null) throw new Error(`llama-server ended with code ${child.exitCode} before it was ready.`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(50);
  }
  throw new Error("llama-server was not ready in time.");
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  process.kill(-child.pid, "SIGKILL");
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
