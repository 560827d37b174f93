// How a node is woken, when it is left in peace, and what is to be ready when: the fields of a node that are about its hours. Times of day are
// read from the clock on the wall, in the time zone of the computer that Homeport runs on.
import { z } from "zod";
import { ModelId } from "./ids.ts";

const hostName = z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, "a host name or address");

/** Discard: what is sent there is read by network cards alone. */
const usualWakePort = 9;

/** Where a magic packet goes. The packet holds the hardware address; the addresses only say which way it takes. */
export const WakeTarget = z
  .strictObject({
    mac: z
      .string()
      .regex(/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i, "a hardware address: six pairs of hex digits, like 3c:52:82:0a:1b:2c")
      .transform((text) => text.toLowerCase().replaceAll("-", ":"))
      .describe("Hardware address of the network card that listens while the machine sleeps."),
    broadcast: hostName.default("255.255.255.255").describe("Broadcast address of its network, like 192.168.1.255."),
    port: z.number().int().min(1).max(65_535).default(usualWakePort).describe("UDP port the packet is sent to; 9 or 7 by custom."),
    unicast: hostName.optional().describe("Sent here as well: a packet to one address passes between networks, a broadcast does not."),
  })
  .readonly();
export type WakeTarget = z.infer<typeof WakeTarget>;

export const Weekday = z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
export type Weekday = z.infer<typeof Weekday>;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day like 08:45");
const days = z.array(Weekday).min(1).max(7).readonly().optional();

/** A stretch of the day. It may pass midnight; `days` are those on which it begins. */
export const QuietHours = z
  .strictObject({
    from: timeOfDay,
    to: timeOfDay.describe("The same as from: the whole day. Earlier than from: on the next day."),
    days: days.describe("On which it begins; every day when absent."),
  })
  .readonly();
export type QuietHours = z.infer<typeof QuietHours>;

/** A model that is to be in memory at a time of day. */
export const WarmAt = z
  .strictObject({
    model: ModelId,
    at: timeOfDay.describe("Loading begins so much earlier that it is ready then, as far as its usual time is known."),
    days: days.describe("Every day when absent."),
  })
  .readonly();
export type WarmAt = z.infer<typeof WarmAt>;

/** The fields of a node that are about its hours. */
export const hoursFields = {
  wake: WakeTarget.optional().describe("Wake-on-LAN: asleep, it is woken for requests that nobody serves sooner."),
  quietHours: z
    .array(QuietHours)
    .max(50)
    .default([])
    .describe("In these hours it takes no new requests, is asked to load nothing and is not woken; what runs there may end."),
  warmAt: z.array(WarmAt).max(100).default([]).describe("Loaded before work: woken where it sleeps, and the model brought into memory."),
};
