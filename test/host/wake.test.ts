// The magic packet on the wire, and the clock that no setting of the wall makes jump.
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import { WakeTarget } from "../../src-core/contract/node-hours.ts";
import { steadyNow } from "../../src-core/host/clock.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { thisComputer } from "../../src-core/host/this-computer.ts";
import { magicPacket, sendWake } from "../../src-core/host/wake.ts";

/** Whoever listens for packets on a port of this machine's. */
async function listener() {
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  const packets: Buffer[] = [];
  const heard = Promise.withResolvers<void>();
  socket.on("message", (packet) => {
    packets.push(packet);
    if (packets.length === 2) heard.resolve();
  });
  await new Promise<void>((resolve) => void socket.bind(0, "127.0.0.1", resolve));
  return { port: socket.address().port, packets, heard: heard.promise };
}

test("demands 5: a magic packet is six times FF and sixteen times the address", () => {
  const packet = magicPacket("3c:52:82:0a:1b:2c");
  expect(packet.length).toBe(102);
  expect(packet.subarray(0, 6).toString("hex")).toBe("ffffffffffff");
  for (let at = 6; at < 102; at += 6) expect(packet.subarray(at, at + 6).toString("hex")).toBe("3c52820a1b2c");
});

test("demands 5: it goes to the broadcast address and, where asked for, to the machine's own, which crosses networks", async () => {
  const { port, packets, heard } = await listener();
  const target = WakeTarget.parse({ mac: "3C-52-82-0A-1B-2C", broadcast: "127.0.0.1", unicast: "127.0.0.1", port });
  expect(target.mac).toBe("3c:52:82:0a:1b:2c");
  expect(await sendWake(target)).toBeUndefined();
  await heard;
  expect(packets).toEqual([magicPacket(target.mac), magicPacket(target.mac)]);
});

test("a way that is closed is told in words, but not while the other is open", async () => {
  const { port } = await listener();
  const nowhere = "192.0.2.1.invalid";
  const one = WakeTarget.parse({ mac: "3c:52:82:0a:1b:2c", broadcast: nowhere, unicast: "127.0.0.1", port });
  expect(await sendWake(one)).toBeUndefined();
  const none = WakeTarget.parse({ mac: "3c:52:82:0a:1b:2c", broadcast: nowhere, port });
  expect(await sendWake(none)).toMatchObject({ kind: "connect-failed", detail: expect.stringContaining(nowhere) });
});

test.each(["3c:52:82:0a:1b", "3c:52:82:0a:1b:2g", "3c5282:0a:1b:2c"])("%s is no hardware address", (mac) => {
  expect(WakeTarget.safeParse({ mac }).success).toBe(false);
});

test("this computer tells its zone and its networks, the same twice", () => {
  expect(thisComputer.zone).not.toBe("");
  expect(thisComputer.networks()).toBe(thisComputer.networks());
});

/** Sources of time that a test moves by hand. */
function sources() {
  const time = { wall: 1_700_000_000_000, monotonic: 5_000, uptime: 90_000 };
  const now = steadyNow({ wallMs: () => time.wall, monotonicMs: () => time.monotonic, uptimeMs: () => time.uptime });
  const pass = (ms: number) => {
    for (const name of ["wall", "monotonic", "uptime"] as const) time[name] += ms;
  };
  return { time, now, pass };
}

test.each([3_600_000, -3_600_000])(
  "F50: the wall clock jumps by %i ms: a wait of two minutes is wrong by a tenth at most, and instants never go back",
  (jump) => {
    const { time, now, pass } = sources();
    pass(10_000);
    const before = now();
    time.wall += jump;
    let last = before;
    for (let second = 0; second < 120; second += 1) {
      pass(1_000);
      expect(now()).toBeGreaterThan(last);
      last = now();
    }
    expect(Math.abs(last - before - 120_000)).toBeLessThanOrEqual(12_000);
    for (let minute = 0; minute < 11 * 60; minute += 1) {
      pass(60_000);
      now();
    }
    expect(now()).toBe(time.wall);
  },
);

test("F51: the machine's own sleep moves instants at once, whether its running clock stood still or not", () => {
  const still = sources();
  const before = still.now();
  still.time.wall += 600_000;
  still.time.uptime += 600_000;
  still.pass(1_000);
  expect(still.now() - before).toBe(601_000);
  const running = sources();
  const then = running.now();
  running.pass(601_000);
  expect(running.now() - then).toBe(601_000);
});

test("demands 5: how long a machine takes to wake is remembered over restarts, the latest word for each", () => {
  const folder = mkdtempSync(join(tmpdir(), "homeport-wakes-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const attic = NodeId.parse("attic");
  const first = openJournal(join(folder, "history.sqlite"), log);
  first.recordWakes(attic, [68_000]);
  first.recordWakes(attic, [68_000, 112_000]);
  first.close();
  const second = openJournal(join(folder, "history.sqlite"), log);
  expect(second.wakes()).toEqual({ attic: [68_000, 112_000] });
  second.close();
});
