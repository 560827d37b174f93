// A real headless engine with simulated nodes for the browser suite: its own process, ports and data folder, gone after the test.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { test as base } from "playwright/test";
import { z } from "zod";

const Ready = z.object({ event: z.literal("ready"), gateway: z.string(), control: z.string(), token: z.string() });
const root = fileURLToPath(new URL("../..", import.meta.url));

/** A started engine. `window` is the address that hands over the key. */
export interface Engine {
  readonly gateway: string;
  readonly control: string;
  readonly window: string;
  /** Ends the process without ceremony, as a crash would. */
  kill(): Promise<void>;
}

type Child = ChildProcessByStdio<null, Readable, null>;

/** `looks`: with a first look at this computer's usual ports, as a person's first start has it. */
export async function startEngine(data: string, args: readonly string[], looks = false): Promise<Engine> {
  const fixed = ["src-core/cli.ts", "serve", "--json", ...(looks ? [] : ["--no-discover"]), "--data", data];
  const child: Child = spawn(process.execPath, [...fixed, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, "line"), once(child, "exit").then(() => undefined)]);
  if (first === undefined) throw new Error(`The engine ended before it was ready, with exit code ${child.exitCode}.`);
  const ready = Ready.parse(JSON.parse(String(first[0])));
  return {
    gateway: ready.gateway,
    control: ready.control,
    window: `${ready.control}/#token=${ready.token}`,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

/** `data`: a folder of the test's own. `engine`: the demo fleet on free ports. */
export const test = base.extend<{ readonly data: string; readonly engine: Engine }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its first parameter, which must be a pattern
  data: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "homeport-window-"));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  engine: async ({ data }, use) => {
    const engine = await startEngine(data, ["--demo", "--port", "0", "--control-port", "0"]);
    await use(engine);
    await engine.kill();
  },
});
