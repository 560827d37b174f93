// Makes a simulated node answer at another address of this computer: they listen on 127.0.0.1 and any port, and people's servers at the usual ones.
import { connect, createServer, type Server } from "node:net";

/** Connects `host` and `at` through to a port of 127.0.0.1. Rejects with the listener's error, `EADDRINUSE` where somebody is there. */
export async function relayTo(port: number, host: string, at: number): Promise<Server> {
  const server = createServer((socket) => {
    const through = connect(port, "127.0.0.1");
    socket.on("error", () => through.destroy());
    through.on("error", () => socket.destroy());
    socket.pipe(through).pipe(socket);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(at, host, resolve));
  return server;
}
