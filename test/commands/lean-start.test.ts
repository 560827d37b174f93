// A worker's start, as a person types it: it becomes itself anew, and whoever started it sees the same process.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const cli = fileURLToPath(new URL("../../src-core/cli.ts", import.meta.url));

it.runIf(process.platform === "linux")("issue 5, worker's memory: it starts anew in its own process, and says nothing of it", async () => {
  const data = mkdtempSync(join(tmpdir(), "homeport-lean-"));
  const { NODE_COMPILE_CACHE: _cache, NODE_DISABLE_COMPILE_CACHE: _off, ...env } = process.env;
  const args = [cli, "worker", "--id", "lean", "--runtime", "http://127.0.0.1:9", "--listen", "127.0.0.1:0", "--data", data, "--json"];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const gone = new Promise<number | null>((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await gone;
    rmSync(data, { recursive: true, force: true });
  });
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaints += chunk.toString("utf8");
  });
  const [first] = await new Promise<string[]>((resolve) =>
    createInterface({ input: child.stdout }).once("line", (line) => resolve([line])),
  );
  expect(JSON.parse(first ?? "")).toMatchObject({ event: "ready", id: "lean", pid: child.pid });
  expect(readFileSync(`/proc/${child.pid}/environ`, "latin1")).toContain("NODE_COMPILE_CACHE=");
  expect(complaints).not.toContain("Warning");
  child.kill("SIGTERM");
  expect(await gone).toBe(0);
});
