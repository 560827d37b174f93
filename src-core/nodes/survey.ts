// Looks for model servers on this machine, on the ports they usually take. What is found is a proposal; nobody is asked for anything but its name.
import { connect } from "node:net";
import type { Fingerprint } from "../contract/api.ts";
import type { Survey } from "../engine/ports.ts";
import { fingerprint } from "./fingerprint.ts";
import { placeOf } from "./node-url.ts";

/** The default ports of apis.md 11. */
const usualPorts = [11434, 1234, 8080, 9931, 8000, 13131, 5800, 4000, 40114, 12434, 31313, 52415, 1337, 13305, 11400, 11435];
const knockMs = 300;

/** Looking at addresses, as the engine needs it. */
export const survey: Survey = { fingerprint, discover, placeOf };

/** Model servers that Homeport can use on 127.0.0.1, by port. `except` are our own ports; `ports` are the usual ones unless given. */
export async function discover(except: readonly number[], signal: AbortSignal, ports = usualPorts): Promise<readonly Fingerprint[]> {
  const looked = ports
    .filter((port) => !except.includes(port))
    .map(async (port) => ((await isOpen(port, signal)) ? fingerprint(`http://127.0.0.1:${port}`, signal) : undefined));
  const found = await Promise.all(looked);
  return found.filter((server) => server !== undefined).filter(({ kind }) => kind !== undefined);
}

/** Whether anything listens. Spares a dozen questions per closed port. */
function isOpen(port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, signal, timeout: knockMs });
    const done = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => done(true));
    socket.once("timeout", () => done(false));
    socket.once("error", () => done(false));
  });
}
