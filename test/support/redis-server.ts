// A real redis-server on a free loopback port, stopped when the test ends. Where the binary is missing, `redisMissing` says so and suites skip.
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { onTestFinished } from "vitest";
import { locate, redisServer } from "../../build/system-packages.ts";

const binary = locate(redisServer);
/** Why suites skip; undefined where the server is there, and in CI, where it is a duty. */
export const redisMissing =
  binary === undefined && process.env["CI"] === undefined ? "redis-server is not installed here (.ci/run installs it)" : undefined;
if (redisMissing !== undefined) console.log(`skipped: ${redisMissing}`);

export interface RedisOptions {
  readonly port?: number;
  readonly password?: string;
}

/** Resolves once it takes connections. The address names no password. */
export async function startRedis({ port, password }: RedisOptions = {}): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const at = port ?? (await freePort());
  const more = password === undefined ? [] : ["--requirepass", password];
  const args = ["--port", String(at), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", ...more];
  const child = spawn(binary ?? redisServer.name, args, { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  for await (const text of child.stdout) if (String(text).includes("Ready to accept")) break;
  child.stdout.resume();
  return { child, url: `redis://127.0.0.1:${at}` };
}

export async function freePort(): Promise<number> {
  const holder = createServer();
  await new Promise<void>((resolve) => void holder.listen(0, "127.0.0.1", resolve));
  const address = holder.address();
  await new Promise((resolve) => holder.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
