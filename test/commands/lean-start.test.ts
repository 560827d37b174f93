// A worker's start, as a person types it: it becomes itself from the files made of its sources, and whoever started it sees the same process. The bugs:
// a worker that runs from its sources again, 25 MB larger, or one that lost its arguments, its streams or its process id on the way.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const cli = fileURLToPath(new URL("../../src-core/cli.ts", import.meta.url));

it.runIf(process.platform === "linux")(
  "issue 5, worker's memory: it runs from the file made of its sources, in the same process, and says nothing else",
  async () => {
    const data = mkdtempSync(join(tmpdir(), "homeport-lean-"));
    const args = [cli, "worker", "--id", "lean", "--runtime", "http://127.0.0.1:9", "--listen", "127.0.0.1:0", "--data", data, "--json"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
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
    expect(readFileSync(`/proc/${child.pid}/cmdline`, "latin1")).toMatch(/\0--liftoff-only\0.*worker\.mjs\0worker\0--id\0lean\0/s);
    expect(complaints).not.toContain("Warning");
    child.kill("SIGTERM");
    expect(await gone).toBe(0);
  },
  60_000,
);

it("what a worker only prints comes from the sources: its unit names the file that a person started", () => {
  const printed = spawnSync(
    process.execPath,
    [cli, "worker", "--id", "lean", "--runtime", "http://127.0.0.1:9", "--install-unit", "systemd"],
    {
      encoding: "utf8",
    },
  );
  expect(printed.stdout).toContain("src-core/cli.ts");
  expect(printed.stdout).not.toContain("worker.mjs");
});

it("a wrong use of the worker's own file is told as by the command line, with the same exit code", () => {
  const made = spawnSync(process.execPath, [fileURLToPath(new URL("../../build/worker.ts", import.meta.url))], { encoding: "utf8" });
  const ended = spawnSync(process.execPath, [made.stdout.trim(), "worker", "--runtimes", "x"], { encoding: "utf8" });
  expect(ended.status).toBe(2);
  expect(ended.stderr).toContain("--runtimes");
  expect(ended.stderr).toContain("Usage:");
}, 60_000);
