// A real nats-server on a free loopback port, stopped when the test ends. Where the binary is missing, `natsMissing` says so and suites skip.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { locate, natsServer } from "../../build/system-packages.ts";

const binary = locate(natsServer);
/** Why suites skip; undefined where the server is there, and in CI, where it is a duty. */
export const natsMissing =
  binary === undefined && process.env["CI"] === undefined ? "nats-server is not installed here (.ci/run installs it)" : undefined;
if (natsMissing !== undefined) console.log(`skipped: ${natsMissing}`);

export interface NatsServer {
  /** `nats://127.0.0.1:port`. */
  readonly url: string;
  readonly port: number;
  /** Where it keeps what it keeps. */
  readonly folder: string;
  /** Ends it as a crash would. */
  stop(): Promise<void>;
  /** Starts it again on the same port, with what JetStream had kept. */
  start(): Promise<void>;
}

export interface NatsServerOptions {
  readonly jetstream?: boolean;
  /** Lines of its configuration file: accounts, permissions, TLS. */
  readonly config?: string;
  /** Not started yet. */
  readonly down?: boolean;
}

export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const folder = mkdtempSync(join(tmpdir(), "homeport-nats-"));
  const port = await freePort();
  const file = join(folder, "server.conf");
  const store = options.jetstream === false ? "" : `jetstream { store_dir: ${JSON.stringify(folder)} }\n`;
  writeFileSync(file, `listen: "127.0.0.1:${port}"\n${store}${options.config ?? ""}\n`);
  let child: ChildProcess | undefined;
  const stop = async () => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => running.once("exit", () => resolve()));
    running.kill("SIGKILL");
    await gone;
  };
  const start = async () => {
    child = await launched(file);
  };
  onTestFinished(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  if (options.down !== true) await start();
  return { url: `nats://127.0.0.1:${port}`, port, folder, stop, start };
}

function launched(file: string): Promise<ChildProcess> {
  const child = spawn(binary ?? natsServer.name, ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      if (said.includes("Server is ready")) resolve(child);
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`nats-server did not start: ${said}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}
