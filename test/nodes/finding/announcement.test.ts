// The gateway's own announcement: only where it was allowed and can be reached, and taken back when it goes. Real multicast on loopback.
import { hostname } from "node:os";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../src-core/host/clock.ts";
import type { Advert } from "../../../src-core/nodes/finding/adverts.ts";
import { Announcement } from "../../../src-core/nodes/finding/announcement.ts";
import { browseAt } from "../../../src-core/nodes/finding/browse.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { freeUdpPort, hasMulticast } from "../../support/multicast.ts";

const works = await hasMulticast();
if (!works) console.warn("Multicast over loopback does not work here: announcing the gateway was not tested.");
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe.skipIf(!works)("the gateway's announcement", () => {
  async function placed() {
    const place = { port: await freeUdpPort(), interface: "127.0.0.1" };
    const announcement = new Announcement("1.2.3", { info: () => undefined, warn: () => undefined, error: () => undefined }, place);
    closing.push(() => announcement.close());
    return { place, announcement };
  }

  test("names the machine, the port and the version, and nothing else", async () => {
    const { place, announcement } = await placed();
    await announcement.follow({ allowed: true, host: "0.0.0.0", port: 4663 });
    const stopped = new AbortController();
    const heard: Advert[] = [];
    const onAdvert = (advert: Advert) => {
      heard.push(advert);
      stopped.abort();
    };
    await browseAt(place, onAdvert, systemClock, stopped.signal);
    expect(heard).toMatchObject([{ type: "homeport", port: 4663, host: `${hostname().replace(/\.local$/, "")}.local` }]);
    expect(heard[0]?.name).toContain("Homeport on ");
  });

  test.each([
    ["without permission", { allowed: false, host: "0.0.0.0", port: 4663 }],
    ["while it listens on this computer only", { allowed: true, host: "127.0.0.1", port: 4663 }],
    ["while it does not listen at all", { allowed: true, host: "0.0.0.0", port: undefined }],
    ["once it has gone", { allowed: false, host: "", port: undefined }],
  ])("S-01: is not made %s", async (_when, gateway) => {
    const { place, announcement } = await placed();
    // What was announced before is taken back, too.
    await announcement.follow({ allowed: true, host: "0.0.0.0", port: 4663 });
    await announcement.follow(gateway);
    const clock = new FakeClock();
    const heard: Advert[] = [];
    const ended = browseAt(place, (advert) => heard.push(advert), clock, new AbortController().signal);
    await clock.sleepingFor(4_000);
    // A second announcement proves that this listener hears: only that one may come.
    const other = new Announcement("9", { info: () => undefined, warn: () => undefined, error: () => undefined }, place);
    closing.push(() => other.close());
    await other.follow({ allowed: true, host: "0.0.0.0", port: 9 });
    await expect.poll(() => heard.length).toBe(1);
    clock.advance(4_000);
    await ended;
    expect(heard.map(({ port }) => port)).toEqual([9]);
  });
});
