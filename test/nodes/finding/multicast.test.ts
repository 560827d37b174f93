// Announcing and hearing it, over real multicast on loopback at a port of the test's own. Packets that nobody should send end nothing.
import { createSocket } from "node:dgram";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../src-core/host/clock.ts";
import type { Advert } from "../../../src-core/nodes/finding/adverts.ts";
import { browseAt } from "../../../src-core/nodes/finding/browse.ts";
import { type Multicast, openMulticast } from "../../../src-core/nodes/finding/multicast.ts";
import { freeUdpPort, hasMulticast, mdnsGroup } from "../../support/multicast.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function opened(port: number): Promise<Multicast> {
  const multicast = await openMulticast({ port, interface: "127.0.0.1" });
  if ("code" in multicast) throw new Error(multicast.code);
  closing.push(() => multicast.close());
  return multicast;
}

const works = await hasMulticast();
if (!works) console.warn("Multicast over loopback does not work here: announcing and hearing were not tested.");

describe.skipIf(!works)("multicast over loopback", () => {
  let port: number;
  beforeAll(async () => {
    port = await freeUdpPort();
  });

  /** Ends with the first advert. */
  function heardAt(at: number): Promise<Advert> {
    const stopped = new AbortController();
    return new Promise((resolve) => {
      const onAdvert = (advert: Advert) => {
        resolve(advert);
        stopped.abort();
      };
      void browseAt({ port: at, interface: "127.0.0.1" }, onAdvert, systemClock, stopped.signal);
    });
  }

  test("an announced server is heard, with the address from which that came", async () => {
    const { bonjour } = await opened(port);
    bonjour.publish({ name: "studio", type: "ollama", port: 11434, host: "studio.local", probe: false });
    expect(await heardAt(port)).toMatchObject({ type: "ollama", name: "studio", host: "studio.local", port: 11434, peer: "127.0.0.1" });
  });

  test("packets that nobody should send end neither the search nor the process", async () => {
    const { bonjour } = await opened(port);
    const heard = heardAt(port);
    const attacker = createSocket({ type: "udp4", reuseAddr: true });
    closing.push(() => new Promise<void>((resolve) => attacker.close(resolve)));
    await new Promise<void>((resolve) => attacker.bind(0, resolve));
    attacker.setMulticastInterface("127.0.0.1");
    for (const packet of badPackets) await new Promise((resolve) => attacker.send(packet, port, mdnsGroup, resolve));
    bonjour.publish({ name: "after", type: "ollama", port: 11434, host: "after.local", probe: false });
    expect((await heard).name).toBe("after");
  });
});

const name = (...labels: readonly string[]) =>
  Buffer.concat([...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.from([0])]);
const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const record = (owner: Buffer, type: number, data: Buffer) =>
  Buffer.concat([owner, u16(type), u16(1), u16(0), u16(120), u16(data.length), data]);
const response = (...records: readonly Buffer[]) =>
  Buffer.concat([u16(0), u16(0x8400), u16(0), u16(records.length), u16(0), u16(0), ...records]);

/** Noise, an empty packet, and a service whose name has no parts to be split into. */
const badPackets = [
  Buffer.from("noise"),
  Buffer.alloc(0),
  Buffer.alloc(12, 255),
  response(
    record(name("_ollama", "_tcp", "local"), 12, name("x")),
    record(name("x"), 33, Buffer.concat([u16(0), u16(0), u16(1), name("x")])),
  ),
];

test("a port that is taken for good is told by its code and ends nothing", async () => {
  const keeper = createSocket({ type: "udp4", reuseAddr: false });
  await new Promise<void>((resolve) => keeper.bind(0, resolve));
  closing.push(() => new Promise<void>((resolve) => keeper.close(resolve)));
  expect(await openMulticast({ port: keeper.address().port, interface: "127.0.0.1" })).toEqual({ code: "EADDRINUSE" });
});
