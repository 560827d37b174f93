// The contract over every carrier: in memory, through structured cloning as IPC does it, and over HTTP with the window's own transport.
// The bug it would catch: a carrier that changes a reply, loses the first snapshot, or lets an unchecked input through.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { httpTransport } from "../../renderer/client/http.ts";
import { ipcTransport } from "../../renderer/client/ipc.ts";
import { createClient, type Push, type Transport } from "../../src-core/contract/api.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import { startControl } from "../../src-core/ingress/control.ts";
import type { Door } from "../../src-core/ingress/http.ts";
import { FakeAdapter } from "../support/fake-adapter.ts";
import { windowEngine } from "../support/window-engine.ts";

const half = await windowEngine(new FakeAdapter(["m", "n"], ["m"]));
let door: Door;

beforeAll(async () => {
  const opened = await startControl({
    gate: half,
    token: "t0ken",
    host: "127.0.0.1",
    port: 0,
    whenPortTaken: "fail",
    onBug: () => undefined,
  });
  if ("failure" in opened) throw new Error(opened.failure.message);
  door = opened;
});
afterAll(() => door.stop());

const carriers: readonly [string, () => Transport][] = [
  ["memory", () => ({ call: half.dispatch, listen: half.listen })],
  [
    "IPC",
    () =>
      ipcTransport({
        call: async (method, input) => structuredClone(await half.dispatch(method, structuredClone(input))),
        listen: (onPush) => half.listen((push) => onPush(structuredClone(push))),
      }),
  ],
  ["HTTP", () => httpTransport(`http://127.0.0.1:${door.port}`, "t0ken")],
];

describe.each(carriers)("the contract over %s", (_name, transport) => {
  it("answers a call with its typed output", async () => {
    const reply = await createClient(transport()).snapshot({});
    expect(reply).toMatchObject({ ok: true, output: { app: { demo: false }, fleet: { nodes: { a: { kind: "ollama" } } } } });
  });

  it("returns a failure as a value, with its words and its field", async () => {
    const reply = await transport().call("load", { node: "a", model: 7 });
    expect(reply).toMatchObject({ ok: false, failure: { kind: "invalid-request", field: "model" } });
    expect(await createClient(transport()).tripBreaker({ node: NodeId.parse("nobody") })).toMatchObject({
      ok: false,
      failure: { kind: "not-found" },
    });
  });

  it("S-55: refuses unknown methods, inherited names and inputs with more than was asked for", async () => {
    for (const method of ["nope", "constructor", "__proto__", ""]) expect(await transport().call(method, {})).toMatchObject({ ok: false });
    expect(await transport().call("snapshot", { extra: 1 })).toMatchObject({ ok: false, failure: { kind: "invalid-request" } });
  });

  it("pushes a whole snapshot first, and again when something changed", async () => {
    const pushes: Push[] = [];
    const heard = (count: number) =>
      expect.poll(() => pushes.filter((push) => push.type === "snapshot").length).toBeGreaterThanOrEqual(count);
    const stop = transport().listen((push) => pushes.push(push));
    await heard(1);
    expect(pushes[0]?.type).toBe("snapshot");
    await createClient(transport()).pauseRouting({ minutes: 1 });
    await createClient(transport()).resumeRouting({});
    await heard(2);
    stop();
  });
});

it("a key that is not ours is told in words, not as a crash", async () => {
  const reply = await httpTransport(`http://127.0.0.1:${door.port}`, "wrong").call("snapshot", {});
  expect(reply).toMatchObject({ ok: false, failure: { kind: "unauthorized" } });
});

it("a gateway that is gone is told in words", async () => {
  const reply = await httpTransport("http://127.0.0.1:9", "t").call("snapshot", {});
  expect(reply).toMatchObject({ ok: false, failure: { kind: "connect-failed" } });
});
