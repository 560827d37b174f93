// The one socket for multicast DNS, opened only when somebody asked for it. It stands between the network and the library, in which a taken port
// or a packet it fails on would end the whole process: here the one is an outcome and the other is dropped.
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { EventEmitter } from "node:events";
import type Bonjour from "bonjour-service";

/** Where to speak; absent: the group and port of mDNS, on every interface. Tests speak on loopback. */
export interface MulticastPlace {
  readonly port: number;
  readonly interface: string;
}

export interface Multicast {
  readonly bonjour: Bonjour;
  /** The code of the first packet that could not be sent; absent: all went out. */
  readonly unsent: string | undefined;
  close(): Promise<void>;
}

const mdnsPort = 5353;

/** Opens the socket and loads the library. Gives the system's code where multicast cannot be had. */
export async function openMulticast(place?: MulticastPlace): Promise<Multicast | { readonly code: string }> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  const code = await bound(socket, place?.port ?? mdnsPort);
  if (code !== undefined) return { code };
  const { Bonjour } = await import("bonjour-service");
  const guarded = new GuardedSocket(socket);
  const options = {
    socket: guarded,
    bind: false,
    port: place?.port ?? mdnsPort,
    ...(place === undefined ? {} : { interface: place.interface }),
  };
  const bonjour = new Bonjour(options, () => undefined);
  guarded.emit("listening");
  return {
    bonjour,
    get unsent() {
      return guarded.unsent;
    },
    close: () => new Promise((resolve) => void bonjour.destroy(() => resolve())),
  };
}

function bound(socket: Socket, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once("error", (error) => {
      socket.close();
      resolve("code" in error ? String(error.code) : error.message);
    });
    socket.bind(port, () => {
      socket.removeAllListeners("error");
      resolve(undefined);
    });
  });
}

/** What the library uses of a socket. An error of the socket is forgotten, and a packet on which the library fails is dropped. */
class GuardedSocket extends EventEmitter {
  readonly #socket: Socket;
  unsent: string | undefined;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on("error", () => undefined);
    socket.on("message", (message, from) => this.#hear(message, from));
    socket.unref();
  }

  #hear(message: Buffer, from: RemoteInfo): void {
    try {
      this.emit("message", message, from);
    } catch {
      // Whoever sent it, it was not a service that we could use.
    }
  }

  send(message: Buffer, offset: number, length: number, port: number, address: string, sent: (error: Error | null) => void): void {
    this.#socket.send(message, offset, length, port, address, (error) => {
      if (error !== null && "code" in error) this.unsent ??= String(error.code);
      // The library throws what it is told, and one interface that is away must not end the others.
      sent(null);
    });
  }

  addMembership(group: string, address: string): void {
    this.#socket.addMembership(group, address);
  }

  dropMembership(group: string, address: string): void {
    this.#socket.dropMembership(group, address);
  }

  setMulticastTTL(hops: number): void {
    this.#socket.setMulticastTTL(hops);
  }

  setMulticastLoopback(on: boolean): void {
    this.#socket.setMulticastLoopback(on);
  }

  setMulticastInterface(address: string): void {
    this.#socket.setMulticastInterface(address);
  }

  address() {
    return this.#socket.address();
  }

  close(closed: () => void): void {
    this.#socket.close(closed);
  }
}
