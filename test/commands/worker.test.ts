// The `worker` command as a process: its first line, its exit codes, what it prints instead of starting, and how it ends.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { unitFor } from "../../src-core/commands/worker-unit.ts";
import { startSimulatedNode } from "../../src-core/simulator/node.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";
import { plainClient } from "../support/test-worker.ts";

const cli = fileURLToPath(new URL("../../src-core/cli.ts", import.meta.url));

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "homeport-worker-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function start(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [cli, "worker", "--data", folder(), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

function firstLine(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      if (said.includes("\n")) resolve(JSON.parse(said.slice(0, said.indexOf("\n"))));
    });
    child.once("exit", (code) => reject(new Error(`ended with ${code}`)));
  });
}

/** Exit code and everything it said. */
function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly said: string }> {
  let said = "";
  const hear = (chunk: Buffer) => {
    said += chunk.toString("utf8");
  };
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", hear);
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, said })));
}

const runtime = "http://127.0.0.1:1";

describe("the worker command", () => {
  it.skipIf(natsMissing !== undefined)(
    "says where it is, answers over NATS and HTTP, and drains on SIGTERM",
    { timeout: 30_000 },
    async () => {
      const server = await startNatsServer();
      const node = await startSimulatedNode({ kind: "ollama", models: [{ name: "llama3.2", warm: true, says: ["Hello."] }] });
      onTestFinished(() => node.stop());
      const child = start("--id", "beast", "--runtime", node.url, "--nats", server.url, "--listen", "127.0.0.1:0", "--json");
      const ready = await firstLine(child);
      expect(ready).toMatchObject({
        event: "ready",
        id: "beast",
        nats: server.url,
        http: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      });
      const client = await plainClient(server.url);
      expect(await client.ask("node.beast.llm.request", { payload: { prompt: "Hi" } })).toMatchObject({
        status: "ok",
        result: { text: "Hello." },
      });
      const http = typeof ready === "object" && ready !== null && "http" in ready ? String(ready.http) : "";
      expect(await (await fetch(`${http}/models`)).json()).toEqual(
        expect.arrayContaining([expect.objectContaining({ id: expect.stringContaining("llama3.2") })]),
      );
      const end = ended(child);
      child.kill("SIGTERM");
      expect((await end).code).toBe(0);
    },
  );

  it("F63: without NATS and without its runtime it starts all the same, and ends when asked", { timeout: 30_000 }, async () => {
    const child = start("--id", "lonely", "--runtime", runtime, "--nats", "nats://127.0.0.1:1", "--listen", "127.0.0.1:0", "--json");
    expect(await firstLine(child)).toMatchObject({ event: "ready", id: "lonely" });
    const end = ended(child);
    child.kill("SIGTERM");
    expect((await end).code).toBe(0);
  });

  it("exits with 3 where its port is taken", { timeout: 30_000 }, async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", () => resolve()));
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, said } = await ended(start("--id", "beast", "--runtime", runtime, "--listen", `127.0.0.1:${port}`));
    expect([code, said]).toEqual([3, expect.stringContaining("--listen")]);
  });

  it("prints users for nats-server, worker and gateway", { timeout: 30_000 }, async () => {
    const { code, said } = await ended(start("--id", "beast", "--runtime", runtime, "--permissions"));
    expect(code).toBe(0);
    expect(said).toContain('"node.beast.>"');
    expect(said).toContain('"node.*.*.request"');
  });

  it.each([
    ["no id", ["--runtime", runtime], "--id"],
    ["an id that is two parts of a subject", ["--id", "a.b", "--runtime", runtime], "--id"],
    ["no runtime", ["--id", "beast"], "--runtime is missing"],
    ["a runtime that is no address", ["--id", "beast", "--runtime", "ollama"], "--runtime"],
    [
      "S-90: a password in the address of NATS",
      ["--id", "beast", "--runtime", runtime, "--nats", "nats://u:p@host:4222"],
      "--nats-credentials",
    ],
    ["S-01: others could reach it without a token", ["--id", "beast", "--runtime", runtime, "--listen", "0.0.0.0:0"], "--token-file"],
    ["a unit for no system", ["--id", "beast", "--runtime", runtime, "--install-unit", "cron"], "systemd or launchd"],
  ])("exits with 2 for %s, and says which option", { timeout: 30_000 }, async (_, args, says) => {
    const { code, said } = await ended(start(...args));
    expect(code).toBe(2);
    expect(said).toContain(says);
  });

  it("a token file that others can read is not used", { timeout: 30_000 }, async () => {
    const file = join(folder(), "token");
    writeFileSync(file, "secret-token", { mode: 0o644 });
    const { code, said } = await ended(start("--id", "beast", "--runtime", runtime, "--token-file", file));
    expect(code).toBe(2);
    expect(said).toContain("chmod 600");
    expect(said).not.toContain("secret-token");
  });
});

describe("--install-unit prints and does nothing else", () => {
  const wish = {
    id: "beast",
    node: "/opt/node 24/bin/node",
    cli: "/srv/homeport/cli.ts",
    args: ["--id", "beast", "--nats-ca", "/etc/ca $1 & 50%.pem"],
  };
  it("for systemd, with words that systemd reads as they were", () => {
    const unit = unitFor("systemd", wish);
    expect(unit).toContain('ExecStart="/opt/node 24/bin/node" /srv/homeport/cli.ts worker --id beast --nats-ca "/etc/ca $$1 & 50%%.pem"\n');
    expect(unit).toContain("Restart=always");
  });
  it("for launchd, with words that XML reads as they were", () => {
    const plist = unitFor("launchd", wish);
    expect(plist).toContain("<string>homeport.worker.beast</string>");
    expect(plist).toContain("<string>/etc/ca $1 &amp; 50%.pem</string>");
    expect(plist).toContain("<string>worker</string>");
  });
  it("and the printed unit does not print itself again", { timeout: 30_000 }, async () => {
    const { code, said } = await ended(start("--id", "beast", "--install-unit", "systemd", "--runtime", runtime));
    expect(code).toBe(0);
    expect(said).toMatch(/ExecStart=.* worker .*--id beast --runtime http:\/\/127\.0\.0\.1:1\n/);
    expect(said).not.toContain("install-unit");
  });
});
