// Where the log cannot be written, the gateway lives on without it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { root } from "../../build/paths.ts";

/** More lines than are gathered before they are written at once. */
const manyRequests = 80;
const Ready = z.object({ gateway: z.string() });

/** A served gateway of its own process; resolves with its address. */
async function serving(stderr: "pipe" | number): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const data = mkdtempSync(join(tmpdir(), "homeport-log-"));
  const args = ["src-core/cli.ts", "serve", "--port", "0", "--control-port", "0", "--data", data, "--no-discover", "--json"];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", stderr] });
  onTestFinished(async () => {
    if (child.exitCode === null && child.kill("SIGKILL")) await once(child, "exit");
    rmSync(data, { recursive: true, force: true });
  });
  if (child.stdout === null) throw new Error("It has a pipe.");
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, url: Ready.parse(JSON.parse(String(line))).gateway };
}

/** Requests that fail, each with a line of the log; then one that needs a living gateway. */
async function livesOn({ child, url }: Awaited<ReturnType<typeof serving>>): Promise<void> {
  const body = JSON.stringify({ model: "nobody", messages: [{ role: "user", content: "hi" }] });
  const headers = { "content-type": "application/json" };
  for (let i = 0; i < manyRequests; i++) {
    const answer = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body });
    await answer.arrayBuffer();
    expect(answer.status).toBe(404);
  }
  expect((await fetch(`${url}/v1/models`)).status).toBe(200);
  expect(child.exitCode).toBeNull();
}

test.runIf(process.platform === "linux")("S-85: a full disk under the log costs its lines, and never the gateway", async () => {
  const full = openSync("/dev/full", "w");
  onTestFinished(() => closeSync(full));
  await livesOn(await serving(full));
});

test("S-85: a log that nobody reads any more costs its lines, and never the gateway", async () => {
  const running = await serving("pipe");
  running.child.stderr?.destroy();
  await livesOn(running);
});
