// Runs on a host that is a network namespace, for as long as its system sleeps too: the network card, which hears magic packets for its own hardware
// address on the port of the custom and says so on stdout. `node network-card.ts MAC`
import { createSocket } from "node:dgram";
import { magicPacket } from "../../src-core/host/wake.ts";

const wakePort = 9;
const mine = magicPacket(process.argv[2] ?? "");
const socket = createSocket("udp4");
socket.on("message", (packet, { address }) => console.log(packet.equals(mine) ? `magic ${address}` : `other ${address}`));
await new Promise<void>((resolve) => void socket.bind(wakePort, resolve));
console.log("listening");
