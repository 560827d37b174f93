// Multicast on loopback, at a port of the test's own: nothing leaves this machine. Some sandboxes have none, and then the tests say so.
import { createSocket } from "node:dgram";

export const mdnsGroup = "224.0.0.251";
const waitMs = 1_000;

export async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** Whether packets to the group come back over loopback. */
export async function hasMulticast(): Promise<boolean> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  try {
    await new Promise<void>((resolve) => socket.bind(0, resolve));
    socket.addMembership(mdnsGroup, "127.0.0.1");
    socket.setMulticastInterface("127.0.0.1");
    const heard = new Promise<boolean>((resolve) => {
      socket.once("message", () => resolve(true));
      setTimeout(() => resolve(false), waitMs).unref();
    });
    socket.send("x", socket.address().port, mdnsGroup);
    return await heard;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
