// Asks one port whether anything listens there, and nothing else: no byte is sent. Spares a dozen questions per closed port.
import { connect } from "node:net";

/** `silent`: nobody answered in time. `unreachable`: the system knows no way there, or does not let us. */
export type Knocked = "open" | "refused" | "silent" | "unreachable";

/** A port on a machine. */
export interface Door {
  readonly address: string;
  readonly port: number;
}

export type Knock = (door: Door, waitMs: number, signal: AbortSignal) => Promise<Knocked>;

const noWay = new Set(["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN", "EPERM", "EACCES", "EADDRNOTAVAIL"]);

/** Never rejects; a cancelled knock is `silent`. */
export const knock: Knock = ({ address, port }, waitMs, signal) =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, signal, timeout: waitMs });
    const done = (knocked: Knocked) => {
      socket.destroy();
      resolve(knocked);
    };
    socket.once("connect", () => done("open"));
    socket.once("timeout", () => done("silent"));
    socket.on("error", (error) => done(outcomeOf(error)));
  });

function outcomeOf(error: Error): Knocked {
  const code = "code" in error ? String(error.code) : "";
  if (code === "ECONNREFUSED" || code === "ECONNRESET") return "refused";
  return noWay.has(code) ? "unreachable" : "silent";
}
