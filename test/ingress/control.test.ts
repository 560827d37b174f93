import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Push, Reply, UsageState } from "../../src-core/contract/api.ts";
import { defaultConfig } from "../../src-core/contract/config.ts";
import { fail } from "../../src-core/contract/failure.ts";
import { type ControlOptions, startControl } from "../../src-core/ingress/control.ts";
import type { ControlGate } from "../../src-core/ingress/doors.ts";
import type { Door } from "../../src-core/ingress/http.ts";
import { PushStream } from "../../src-core/ingress/push-stream.ts";
import { windowPolicy } from "../../src-core/ingress/ui.ts";
import { aFleet } from "../support/builders.ts";
import { ask, get, post, RawClient } from "./raw-client.ts";

const token = "t0ken";
const bearer = `Authorization: Bearer ${token}`;

class FakeControl implements ControlGate {
  readonly calls: (readonly [string, unknown])[] = [];
  reply: Reply = { ok: true, output: { done: true } };
  push: ((push: Push) => void) | undefined;
  onStopped: () => void = () => {};

  dispatch(method: string, input: unknown): Promise<Reply> {
    this.calls.push([method, input]);
    return Promise.resolve(this.reply);
  }

  listen(onPush: (push: Push) => void): () => void {
    this.push = onPush;
    onPush(snapshot(1));
    return () => {
      this.push = undefined;
      this.onStopped();
    };
  }

  usage(onState: (state: UsageState) => void): () => void {
    onState({ at: 1, inFlight: {}, queues: {}, totals: { requests: 7, failed: 0, attempts: 7, tokensIn: 0, tokensOut: 0 } });
    return () => {};
  }
}

function snapshot(version: number): Push {
  return {
    type: "snapshot",
    snapshot: {
      version,
      now: 0,
      app: { version: "0", demo: false, desktop: false },
      gateway: { url: "", port: 0, wantedPort: defaultConfig.gateway.port, loopback: true, keyRequired: false },
      fleet: aFleet([]),
      banners: [],
      notices: [],
    },
  };
}

async function aControl(gate: ControlGate, more: Partial<ControlOptions> = {}): Promise<Door> {
  const door = await startControl({ gate, token, host: "127.0.0.1", port: 0, whenPortTaken: "fail", onBug: () => {}, ...more });
  if ("failure" in door) throw new Error(door.failure.message);
  onTestFinished(() => door.stop());
  return door;
}

test("A call with the token reaches the contract and brings its reply back, failures with their status", async () => {
  const gate = new FakeControl();
  const door = await aControl(gate);
  const call = () => ask(door.port, post(door.port, "/control/call", '{"method":"load","input":{"node":"attic","model":"a"}}', [bearer]));
  const answer = await call();
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toEqual({ ok: true, output: { done: true } });
  expect(gate.calls).toEqual([["load", { node: "attic", model: "a" }]]);
  gate.reply = { ok: false, failure: fail("not-found", "No such node.") };
  const refused = await call();
  expect(refused.status).toBe(404);
  expect(JSON.parse(refused.body)).toEqual({ ok: false, failure: { kind: "not-found", message: "No such node." } });
});

test("S-07: without the token, or with a near one, nothing of the control API answers", async () => {
  const gate = new FakeControl();
  const door = await aControl(gate);
  const call = '{"method":"snapshot"}';
  for (const head of [
    [],
    ["Authorization: Bearer t0ke"],
    ["Authorization: Bearer t0kenn"],
    ["Authorization: Basic t0ken"],
    ["Authorization: Bearer "],
  ]) {
    const answer = await ask(door.port, post(door.port, "/control/call", call, head));
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ ok: false, failure: { kind: "unauthorized" } });
    expect((await ask(door.port, get(door.port, "/control/events", head))).status).toBe(401);
    expect((await ask(door.port, get(door.port, "/control/usage-stream", head))).status).toBe(401);
    expect((await ask(door.port, get(door.port, "/control/nowhere", head))).status).toBe(401);
  }
  expect((await ask(door.port, post(door.port, `/control/call?token=${token}`, call))).status).toBe(401);
  expect(gate.calls).toHaveLength(0);
});

test("S-02, S-04: even with the token a rebound Host or another page's Origin is refused; the window's own is not", async () => {
  const gate = new FakeControl();
  const door = await aControl(gate);
  const call = (head: readonly string[]) => post(door.port, "/control/call", '{"method":"snapshot"}', [bearer, ...head]);
  expect((await ask(door.port, call([]).replace("127.0.0.1", "evil.example"))).status).toBe(403);
  for (const origin of ["https://evil.example", "null", `http://127.0.0.1:${door.port + 1}`, `https://127.0.0.1:${door.port}`])
    expect((await ask(door.port, call([`Origin: ${origin}`]))).status, origin).toBe(403);
  expect(gate.calls).toHaveLength(0);
  expect((await ask(door.port, call([`Origin: http://127.0.0.1:${door.port}`, "Sec-Fetch-Site: same-origin"]))).status).toBe(200);
  expect((await ask(door.port, call([`Origin: http://localhost:${door.port}`]))).status).toBe(200);
});

test("A malformed call is told as the contract tells failures", async () => {
  const door = await aControl(new FakeControl());
  for (const body of ["{", "[]", '{"input":{}}', '{"method":1}']) {
    const answer = await ask(door.port, post(door.port, "/control/call", body, [bearer]));
    expect(answer.status, body).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ ok: false, failure: { kind: "invalid-request" } });
  }
  expect((await ask(door.port, get(door.port, "/control/call", [bearer]))).status).toBe(405);
  expect((await ask(door.port, get(door.port, "/control/nowhere", [bearer]))).status).toBe(404);
});

test("The event stream begins with a snapshot, carries every kind of push, comments while quiet, and stops listening when the window closes", async () => {
  const gate = new FakeControl();
  const door = await aControl(gate, { keepAliveMs: 20 });
  const client = new RawClient(door.port).send(get(door.port, "/control/events", [bearer]));
  const first = await client.until((text) => text.includes("event: snapshot"));
  expect(first).toContain("text/event-stream");
  gate.push?.({ type: "activity", rows: [] });
  await client.until((text) => text.includes('event: activity\ndata: {"type":"activity","rows":[]}\n\n'));
  await client.until((text) => text.includes(": still here\n\n"));
  const stopped = new Promise<void>((resolve) => {
    gate.onStopped = resolve;
  });
  client.close();
  await stopped;
});

test("F41: for a window that does not read only the newest snapshot is kept, and each row once", () => {
  const sent: string[] = [];
  let drain: () => void = () => {};
  let open = false;
  const stream = new PushStream(
    {
      headSent: true,
      head: () => {},
      write: (chunk) => {
        sent.push(chunk.toString());
        return open;
      },
      onDrain: (callback) => {
        drain = callback;
      },
      end: () => {},
      destroy: () => {},
      onGone: () => {},
    },
    60_000,
  );
  for (let version = 1; version <= 1000; version++) stream.push(snapshot(version));
  for (let round = 0; round < 3; round++) stream.push({ type: "activity", rows: [] });
  stream.push({
    type: "notice",
    notice: { id: "n", at: 0, kind: "load-finished", title: "t", body: "b", urgent: false },
  });
  expect(sent).toHaveLength(1);
  open = true;
  drain();
  stream.stop();
  expect(sent.map((text) => /^event: (\w+)/.exec(text)?.[1])).toEqual(["snapshot", "snapshot", "notice"]);
  expect(sent[1]).toContain('"version":1000');
});

async function aWindow(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "homeport-window-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "built", "assets"), { recursive: true });
  await writeFile(join(folder, "secret.json"), '"outside"');
  await writeFile(join(folder, "built", "index.html"), "<!doctype html><title>Homeport</title>");
  await writeFile(join(folder, "built", "assets", "main-x.js"), "export {};");
  await symlink(join(folder, "secret.json"), join(folder, "built", "linked.json"));
  return join(folder, "built");
}

test("S-52: the window comes without a token, under the strict policy, with its types", async () => {
  const door = await aControl(new FakeControl(), { rendererDir: await aWindow() });
  const page = await ask(door.port, get(door.port, "/"));
  expect(page.body).toContain("<title>Homeport</title>");
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(page.headers.get("content-security-policy")).toBe(windowPolicy);
  expect(windowPolicy).not.toMatch(/unsafe|\*/);
  const script = await ask(door.port, get(door.port, "/assets/main-x.js", ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors"]));
  expect(script).toMatchObject({ status: 200, body: "export {};" });
  expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect((await ask(door.port, post(door.port, "/", "{}"))).status).toBe(405);
});

test("A link on another page opens the window, but no other page may embed or fetch it", async () => {
  const door = await aControl(new FakeControl(), { rendererDir: await aWindow() });
  const from = (...head: string[]) => ask(door.port, get(door.port, "/", ["Sec-Fetch-Site: cross-site", ...head]));
  expect((await from("Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")).status).toBe(200);
  expect((await from("Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script")).status).toBe(403);
  expect((await from("Sec-Fetch-Mode: navigate", "Origin: https://evil.example")).status).toBe(403);
});

test.each([
  "/../secret.json",
  "/..%2fsecret.json",
  "/%2e%2e/secret.json",
  "/assets/../../secret.json",
  "/linked.json",
  "/assets",
  "//secret.json",
  "/.hidden",
  "/assets\\..\\x",
  "/a%00.js",
])("S-51: %s leads to nothing outside the window's folder", async (path) => {
  const door = await aControl(new FakeControl(), { rendererDir: await aWindow() });
  const answer = await ask(door.port, get(door.port, path));
  expect(answer.status).toBe(404);
  expect(answer.body).not.toContain("outside");
});

test("A window that is not built says how to build it", async () => {
  for (const rendererDir of [undefined, join(tmpdir(), "homeport-no-such-folder")]) {
    const door = await aControl(new FakeControl(), { rendererDir });
    const page = await ask(door.port, get(door.port, "/"));
    expect(page.status).toBe(200);
    expect(page.body).toContain("npm start");
  }
});
