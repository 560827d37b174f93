// `npm start` on a machine without a display: one line says why, the window is served, Ctrl+C ends it well.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";

const root = fileURLToPath(new URL("../..", import.meta.url));
const Ready = z.object({ event: z.literal("ready"), gateway: z.string(), control: z.string(), token: z.string(), pid: z.number() });

test.skipIf(process.platform !== "linux")(
  "without a display Homeport starts headless with its window, says why in one line, and Ctrl+C ends it with 0",
  async () => {
    const data = mkdtempSync(join(tmpdir(), "homeport-start-"));
    const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
    const flags = ["--demo", "--json", "--port", "0", "--control-port", "0", "--data", data];
    const child = spawn(process.execPath, ["build/start.ts", ...flags], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    onTestFinished(() => {
      child.kill("SIGKILL");
      rmSync(data, { recursive: true, force: true });
    });
    const said: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => said.push(line));
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once("line", resolve);
      child.once("exit", (code) => reject(new Error(`ended with ${code} before it was ready: ${said.join("\n")}`)));
    });
    const ready = Ready.parse(JSON.parse(line));
    expect(said.filter((one) => one.includes("headless"))).toEqual([expect.stringContaining("this machine has no display")]);
    const window = await fetch(ready.control);
    expect(window.status).toBe(200);
    expect(await window.text()).toContain("<script");
    child.kill("SIGINT");
    expect(await exited).toBe(0);
  },
  60_000,
);
