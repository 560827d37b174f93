// The few shapes of D-Bus messages that one question and one signal need, after the specification's marshalling (little-endian; a value stands at
// a multiple of its own alignment). Pure. A message of a shape nobody asked for is passed over, never an error.

/** A method call with text arguments only. */
export interface BusCall {
  readonly serial: number;
  readonly member: string;
  readonly texts: readonly string[];
}

/** What is read of a message. `values`: its text and yes-or-no arguments in order; empty where it holds anything else. */
export interface BusMessage {
  readonly kind: "reply" | "error" | "signal" | "other";
  readonly member: string | undefined;
  readonly replyTo: number | undefined;
  readonly values: readonly (string | boolean)[];
  /** Bytes of the buffer it took. */
  readonly length: number;
}

/** Longer than any answer to our question; a peer that says more is not a bus. */
const mostBytes = 1 << 20;
const fixedBytes = 16;
const busName = "org.freedesktop.DBus";

/** Appends values, each at its own alignment. */
class Writer {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  get bytes(): Buffer {
    return Buffer.from(this.#bytes);
  }

  align(to: number): void {
    while (this.#bytes.length % to !== 0) this.#bytes.push(0);
  }

  byte(...values: readonly number[]): void {
    this.#bytes.push(...values);
  }

  number(value: number): void {
    this.align(4);
    this.byte(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
  }

  text(value: string): void {
    const bytes = Buffer.from(value);
    this.number(bytes.length);
    this.byte(...bytes, 0);
  }

  signature(value: string): void {
    this.byte(value.length, ...Buffer.from(value), 0);
  }
}

/** A call to the bus itself, ready to be sent. */
export function encodeCall({ serial, member, texts }: BusCall): Buffer {
  const body = new Writer();
  for (const text of texts) body.text(text);
  const fields = new Writer();
  const field = (code: number, type: string, value: string) => {
    fields.align(8);
    fields.byte(code);
    fields.signature(type);
    if (type === "g") fields.signature(value);
    else fields.text(value);
  };
  field(1, "o", "/org/freedesktop/DBus");
  field(2, "s", busName);
  field(3, "s", member);
  field(6, "s", busName);
  if (texts.length > 0) field(8, "g", "s".repeat(texts.length));
  const head = new Writer();
  head.byte("l".charCodeAt(0), 1, 0, 1);
  head.number(body.length);
  head.number(serial);
  head.number(fields.length);
  head.byte(...fields.bytes);
  head.align(8);
  return Buffer.concat([head.bytes, body.bytes]);
}

const kinds: Readonly<Record<number, BusMessage["kind"]>> = { 2: "reply", 3: "error", 4: "signal" };

/** The first whole message of `bytes`; undefined until enough has arrived; null where this is no bus we can read. */
export function decodeMessage(bytes: Buffer): BusMessage | undefined | null {
  if (bytes.length < fixedBytes) return undefined;
  // Bytes come in the order of whoever sends; on one machine that is ours, and every system we run on is little-endian.
  if (bytes[0] !== "l".charCodeAt(0) || bytes[3] !== 1) return null;
  const bodyBytes = bytes.readUInt32LE(4);
  const fieldBytes = bytes.readUInt32LE(12);
  if (bodyBytes > mostBytes || fieldBytes > mostBytes) return null;
  const bodyAt = Math.ceil((fixedBytes + fieldBytes) / 8) * 8;
  const length = bodyAt + bodyBytes;
  if (bytes.length < length) return undefined;
  try {
    const { member, replyTo, signature } = readFields(bytes.subarray(0, fixedBytes + fieldBytes));
    const values = readValues(bytes.subarray(bodyAt, length), signature);
    return { kind: kinds[bytes[1] ?? 0] ?? "other", member, replyTo, values, length };
  } catch {
    // A length that points outside: Buffer throws, and the peer is no bus.
    return null;
  }
}

interface Fields {
  readonly member: string | undefined;
  readonly replyTo: number | undefined;
  readonly signature: string;
}

function readFields(head: Buffer): Fields {
  const texts = new Map<number, string>();
  let replyTo: number | undefined;
  let at = fixedBytes;
  while (at < head.length) {
    at = Math.ceil(at / 8) * 8;
    if (at >= head.length) break;
    const code = head.readUInt8(at);
    const type = String.fromCharCode(head.readUInt8(at + 2));
    at += 4;
    if (type === "u") {
      at = Math.ceil(at / 4) * 4;
      if (code === 5) replyTo = head.readUInt32LE(at);
      at += 4;
    } else {
      const { text, next } = type === "g" ? readSignature(head, at) : readText(head, at);
      texts.set(code, text);
      at = next;
    }
  }
  return { member: texts.get(3), replyTo, signature: texts.get(8) ?? "" };
}

function readValues(body: Buffer, signature: string): readonly (string | boolean)[] {
  if (!/^[sb]*$/.test(signature)) return [];
  const values: (string | boolean)[] = [];
  let at = 0;
  for (const type of signature) {
    if (type === "b") {
      at = Math.ceil(at / 4) * 4;
      values.push(body.readUInt32LE(at) !== 0);
      at += 4;
      continue;
    }
    const { text, next } = readText(body, at);
    values.push(text);
    at = next;
  }
  return values;
}

function readText(bytes: Buffer, from: number): { readonly text: string; readonly next: number } {
  const at = Math.ceil(from / 4) * 4;
  const length = bytes.readUInt32LE(at);
  if (at + 4 + length >= bytes.length + 1) throw new RangeError("a text that ends outside its message");
  return { text: bytes.toString("utf8", at + 4, at + 4 + length), next: at + 4 + length + 1 };
}

function readSignature(bytes: Buffer, at: number): { readonly text: string; readonly next: number } {
  const length = bytes.readUInt8(at);
  return { text: bytes.toString("latin1", at + 1, at + 1 + length), next: at + 1 + length + 1 };
}
