// Sends magic packets: six times FF and sixteen times the hardware address, to the broadcast address and, where asked for, to one machine's own,
// since a broadcast stays in its network and a packet to one address does not.
import { createSocket } from "node:dgram";
import { type Failure, fail } from "../contract/failure.ts";
import type { WakeTarget } from "../contract/node-hours.ts";

const repeats = 16;

/** The 102 bytes that a sleeping network card looks for. */
export function magicPacket(mac: string): Buffer {
  const address = Buffer.from(mac.replaceAll(/[:-]/g, ""), "hex");
  return Buffer.concat([Buffer.alloc(6, 0xff), ...Array.from({ length: repeats }, () => address)]);
}

/** Resolves when the packets have left this machine. One way that is closed is no failure while the other is open. */
export async function sendWake({ mac, broadcast, unicast, port }: WakeTarget): Promise<Failure | undefined> {
  const packet = magicPacket(mac);
  const ways = unicast === undefined ? [broadcast] : [broadcast, unicast];
  const outcomes = await Promise.all(ways.map((address) => sendTo(address, port, packet)));
  if (outcomes.some((error) => error === undefined)) return undefined;
  const told = outcomes.map((error, at) => `${ways[at] ?? ""}: ${error?.message ?? ""}`).join("; ");
  return fail("connect-failed", "The wake packet could not be sent. Is this computer on the network, and is the broadcast address right?", {
    detail: told.slice(0, 300),
  });
}

function sendTo(address: string, port: number, packet: Buffer): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    const end = (error?: Error | null) => {
      socket.close();
      resolve(error ?? undefined);
    };
    socket.once("error", end);
    socket.bind(0, () => {
      socket.setBroadcast(true);
      socket.send(packet, port, address, end);
    });
  });
}
