// A session bus that knows one question, whether a name has an owner, and tells of every change of it: enough to play a desktop without a tray,
// and one whose tray comes late. Real sockets; the bytes are laid out by hand, apart from the code under test.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const pad = (bytes: Buffer, to: number) => Buffer.concat([bytes, Buffer.alloc((to - (bytes.length % to)) % to)]);
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const text = (value: string) => Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(`${value}\0`)]);
const signature = (value: string) => Buffer.from([value.length, ...Buffer.from(value), 0]);
const field = (code: number, type: string, value: Buffer) => Buffer.concat([Buffer.from([code]), signature(type), value]);

function message(type: number, fields: readonly Buffer[], body: Buffer): Buffer {
  const packed = fields.reduce((sum, one) => Buffer.concat([pad(sum, 8), one]), Buffer.alloc(0));
  const head = Buffer.concat([Buffer.from(["l".charCodeAt(0), type, 0, 1]), u32(body.length), u32(99), u32(packed.length), packed]);
  return Buffer.concat([pad(head, 8), body]);
}

const answer = (to: number, owned: boolean) => message(2, [field(5, "u", u32(to)), field(8, "g", signature("b"))], u32(owned ? 1 : 0));
const changed = (name: string, owned: boolean) => {
  const body = [name, owned ? "" : ":1.7", owned ? ":1.7" : ""].reduce(
    (sum, one) => Buffer.concat([pad(sum, 4), text(one)]),
    Buffer.alloc(0),
  );
  return message(4, [field(3, "s", text("NameOwnerChanged")), field(8, "g", signature("sss"))], body);
};

/** The serial of the first call of `member` in `bytes`. */
function serialOf(bytes: Buffer, member: string): number | undefined {
  for (let at = 0; at + 16 <= bytes.length; ) {
    const bodyAt = at + Math.ceil((16 + bytes.readUInt32LE(at + 12)) / 8) * 8;
    const next = bodyAt + bytes.readUInt32LE(at + 4);
    if (next > bytes.length) return undefined;
    if (bytes.subarray(at, bodyAt).includes(`${member}\0`)) return bytes.readUInt32LE(at + 8);
    at = next;
  }
  return undefined;
}

/** One bus at a socket of its own. */
export class TestSessionBus {
  readonly address: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "homeport-bus-"));
  readonly #server: Server;
  readonly #clients = new Set<Socket>();
  readonly #name: string;
  #owned: boolean;

  constructor(name: string, owned: boolean) {
    this.#name = name;
    this.#owned = owned;
    const path = join(this.#folder, "bus");
    this.address = `unix:path=${path},guid=0123`;
    this.#server = createServer((client) => this.#serve(client)).listen(path);
  }

  /** Somebody takes or gives up the name; everybody who listens is told. */
  own(owned: boolean): void {
    this.#owned = owned;
    for (const client of this.#clients) client.write(changed(this.#name, owned));
  }

  stop(): void {
    for (const client of this.#clients) client.destroy();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #serve(client: Socket): void {
    let waiting = Buffer.alloc(0);
    let said = "";
    client.on("error", () => {});
    client.on("close", () => this.#clients.delete(client));
    client.on("data", (chunk: Buffer) => {
      if (!said.includes("BEGIN\r\n")) {
        said += chunk.toString("latin1");
        const begin = said.indexOf("BEGIN\r\n");
        if (begin < 0) return void client.write("OK 0123\r\n");
        waiting = Buffer.from(said.slice(begin + "BEGIN\r\n".length), "latin1");
      } else waiting = Buffer.concat([waiting, chunk]);
      const serial = serialOf(waiting, "NameHasOwner");
      if (serial === undefined || this.#clients.has(client)) return;
      this.#clients.add(client);
      // In two pieces: a message may arrive in any number of them.
      const bytes = answer(serial, this.#owned);
      client.write(bytes.subarray(0, 11));
      client.write(bytes.subarray(11));
    });
  }
}
