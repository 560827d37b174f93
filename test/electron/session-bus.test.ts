// How Linux is asked about a tray: against a bus of our own, and against the real one where it is installed.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import fc from "fast-check";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { locate } from "../../build/system-packages.ts";
import { decodeMessage, encodeCall } from "../../electron/dbus-message.ts";
import { sessionBusAddress, socketOf, watchName } from "../../electron/session-bus.ts";
import { type TrayPlace, watchTrayHost } from "../../electron/tray-host.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { TestSessionBus } from "../support/session-bus.ts";

const watcher = "org.kde.StatusNotifierWatcher";
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const onLinux = process.platform === "linux";

describe("the bus's address", () => {
  test("is what the session says, else the usual place; an empty word means there is none", () => {
    expect(sessionBusAddress({ DBUS_SESSION_BUS_ADDRESS: "unix:path=/x" })).toBe("unix:path=/x");
    expect(sessionBusAddress({ XDG_RUNTIME_DIR: "/run/user/1" })).toBe("unix:path=/run/user/1/bus");
    expect(sessionBusAddress({ DBUS_SESSION_BUS_ADDRESS: "", XDG_RUNTIME_DIR: "/run/user/1" })).toBeUndefined();
    expect(sessionBusAddress({})).toBeUndefined();
  });

  test("may name several ways, an abstract socket, and bytes that are written out", () => {
    expect(socketOf("tcp:host=x;unix:guid=1,path=/a%20b")).toBe("/a b");
    expect(socketOf("unix:abstract=/tmp/dbus-x,guid=1")).toBe("\0/tmp/dbus-x");
    for (const address of ["", "unix:", "tcp:host=x", "unix:path=%zz", "autolaunch:"])
      expect([address, socketOf(address)]).toEqual([address, undefined]);
  });
});

test("S-44: bytes that are no message of a bus end the watch, whatever they are, and never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const valid = encodeCall({ serial: 1, member: "NameHasOwner", texts: ["a"] });
      for (const all of [Buffer.from(bytes), Buffer.concat([valid.subarray(0, 16), Buffer.from(bytes)])]) {
        const message = decodeMessage(all);
        if (message !== undefined && message !== null) expect(message.length).toBeLessThanOrEqual(all.length);
      }
    }),
    { numRuns: 3_000 },
  );
  const call = encodeCall({ serial: 7, member: "NameHasOwner", texts: ["a", "bcde"] });
  expect(decodeMessage(call)).toMatchObject({ member: "NameHasOwner", values: ["a", "bcde"], length: call.length });
});

describe.skipIf(!onLinux)("P-03, P-04: the place for a tray", () => {
  let bus: TestSessionBus | undefined;
  afterEach(() => bus?.stop());

  async function watched(owned: boolean) {
    bus = new TestSessionBus(watcher, owned);
    const told: TrayPlace[] = [];
    const clock = new FakeClock();
    const host = await watchTrayHost({
      platform: "linux",
      env: { DBUS_SESSION_BUS_ADDRESS: bus.address },
      clock,
      log: silent,
      onChange: (place) => told.push(place),
    });
    onTestFinished(() => host.stop());
    return { host, told, bus, clock };
  }

  test("UX-19, P-03: a desktop where nobody owns the watcher's name has none", async () => {
    expect((await watched(false)).host.place).toBe("missing");
  });

  test("P-04: a watcher that comes later, goes and comes again is told each time, and only then", async () => {
    const { host, told, bus } = await watched(false);
    expect(host.place).toBe("missing");
    bus.own(true);
    bus.own(true);
    await vi.waitUntil(() => told.length === 1);
    bus.own(false);
    bus.own(true);
    await vi.waitUntil(() => told.length === 3);
    expect(told).toEqual(["there", "missing", "there"]);
  });

  test("P-04: a bus that is not there yet is tried again, and what it then says counts", async () => {
    const told: TrayPlace[] = [];
    const clock = new FakeClock();
    const env = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere/at/all" };
    const host = await watchTrayHost({ platform: "linux", env, clock, log: silent, onChange: (place) => told.push(place) });
    onTestFinished(() => host.stop());
    expect(host.place).toBe("unknown");
    for (let tries = 0; tries < 29; tries++) {
      await clock.sleeping(1);
      clock.advance(2_000);
    }
    expect(told).toEqual([]);
  });

  test("macOS and Windows have a place without asking anybody", async () => {
    for (const platform of ["darwin", "win32"] as const) {
      const host = await watchTrayHost({ platform, env: {}, clock: new FakeClock(), log: silent, onChange: () => {} });
      expect(host.place).toBe("there");
    }
  });
});

const daemon = locate({ name: "dbus-daemon", variable: "DBUS_DAEMON", executables: ["dbus-daemon"] });
if (daemon === undefined) console.log("The test on the real session bus is skipped: dbus-daemon is not installed.");

test.skipIf(daemon === undefined)(
  "P-04: the real bus lets us in, answers the question and tells when an owner comes and goes",
  async () => {
    const child: ChildProcess = spawn(daemon ?? "", ["--session", "--nofork", "--nopidfile", "--print-address"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(() => void child.kill());
    if (child.stdout === null) throw new Error("no output");
    const [address] = await once(createInterface({ input: child.stdout }), "line");
    const told: boolean[] = [];
    // Each connection owns a name of its own, given in order: the second one's is watched by the first.
    const stop = watchName({
      address: String(address),
      name: ":1.1",
      onOwned: (owned) => told.push(owned),
      onEnd: (because) => told.push(because === ""),
    });
    onTestFinished(stop);
    await vi.waitUntil(() => told.length === 1, { timeout: 5_000 });
    const other = watchName({ address: String(address), name: "x.y", onOwned: () => {}, onEnd: () => {} });
    await vi.waitUntil(() => told.length === 2, { timeout: 5_000 });
    other();
    await vi.waitUntil(() => told.length === 3, { timeout: 5_000 });
    expect(told).toEqual([false, true, false]);
  },
);
