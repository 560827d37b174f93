// Asks the session's D-Bus whether somebody owns a name, and hears of every change: how Linux tells whether there is a tray (P-03, P-04).
// Written by hand: it is one question and one signal, and the libraries for it bring native code or XML.
import { connect, type Socket } from "node:net";
import { decodeMessage, encodeCall } from "./dbus-message.ts";
import { code } from "./language/code.ts";

export interface NameWatch {
  /** The bus's address as the session tells it, e.g. `unix:path=/run/user/1000/bus`. */
  readonly address: string;
  readonly name: string;
  /** First with what is, then at every change. */
  readonly onOwned: (owned: boolean) => void;
  /** The bus is not there, does not speak as a bus, or went away. Nothing follows. */
  readonly onEnd: (because: string) => void;
}

/** The session's bus, where the environment says it; undefined where there is none. */
export function sessionBusAddress(env: NodeJS.ProcessEnv): string | undefined {
  const told = env["DBUS_SESSION_BUS_ADDRESS"];
  if (told !== undefined) return told === "" ? undefined : told;
  const runtime = env["XDG_RUNTIME_DIR"];
  return runtime === undefined || runtime === "" ? undefined : `unix:path=${runtime}/bus`;
}

/** The socket of the first address that is one; an abstract one begins with a zero byte. */
export function socketOf(address: string): string | undefined {
  for (const one of address.split(";")) {
    if (!one.startsWith("unix:")) continue;
    const parts = new Map(one.slice("unix:".length).split(",").map(keyAndValue));
    const abstract = parts.get("abstract");
    const path = parts.get("path") ?? (abstract === undefined ? undefined : `\0${abstract}`);
    if (path !== undefined && path !== "") return path;
  }
  return undefined;
}

function keyAndValue(part: string): [string, string] {
  const at = part.indexOf("=");
  const value = at < 0 ? "" : part.slice(at + 1);
  return [part.slice(0, Math.max(at, 0)), /%(?![0-9a-f]{2})/i.test(value) ? "" : decodeURIComponent(value)];
}

const asked = 3;

/** Watches until the returned function is called. Callbacks come later, never during the call. */
export function watchName({ address, name, onOwned, onEnd }: NameWatch): () => void {
  let ended = false;
  const path = socketOf(address);
  const end = (because: string) => {
    if (ended) return;
    ended = true;
    socket?.destroy();
    onEnd(because);
  };
  const socket = path === undefined ? undefined : connect({ path });
  if (socket === undefined) {
    queueMicrotask(() => end("unreachable-address"));
    return () => {
      ended = true;
    };
  }
  // The app's life is not the bus's to prolong.
  socket.unref();
  socket.on("error", (error) => end(error.message));
  socket.on("close", () => end("closed"));
  socket.on("connect", () => socket.write(code`\0AUTH EXTERNAL ${Buffer.from(String(process.getuid?.() ?? 0)).toString("hex")}\r\n`));
  listen(socket, name, (owned) => !ended && onOwned(owned), end);
  return () => {
    ended = true;
    socket.destroy();
  };
}

/** First the handshake's one line, then messages. */
function listen(socket: Socket, name: string, onOwned: (owned: boolean) => void, end: (because: string) => void): void {
  let waiting = Buffer.alloc(0);
  let isOpen = false;
  socket.on("data", (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    if (!isOpen) {
      const line = waiting.indexOf("\r\n");
      if (line < 0) return waiting.length > 1_024 ? end("no-bus") : undefined;
      if (!waiting.toString("latin1", 0, line).startsWith("OK ")) return end("refused");
      waiting = waiting.subarray(line + 2);
      isOpen = true;
      greet(socket, name);
    }
    for (let message = decodeMessage(waiting); message !== undefined; message = decodeMessage(waiting)) {
      if (message === null) return end("no-bus");
      waiting = waiting.subarray(message.length);
      const { kind, replyTo, member, values } = message;
      if (kind === "reply" && replyTo === asked && typeof values[0] === "boolean") onOwned(values[0]);
      if (kind === "signal" && member === "NameOwnerChanged" && values[0] === name) onOwned(values[2] !== "");
    }
  });
}

/** The signal is asked for before the question, so that no change falls between them. */
function greet(socket: Socket, name: string): void {
  const match = `type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${name}'`;
  socket.write("BEGIN\r\n");
  socket.write(encodeCall({ serial: 1, member: code`Hello`, texts: [] }));
  socket.write(encodeCall({ serial: 2, member: "AddMatch", texts: [match] }));
  socket.write(encodeCall({ serial: asked, member: "NameHasOwner", texts: [name] }));
}
