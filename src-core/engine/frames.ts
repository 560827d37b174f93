// Where frames end in a stream's bytes. Only whole frames ever reach a client, so a broken stream never ends in half an event (F13),
// and the bytes are never decoded on the way: finding a frame's end is a native search.
const lf = 10;
const cr = 13;
/** The marks of `data: {"error"`, `data: {"object":"error"` and `[DONE]`. */
const [quote, letterE, letterO, letterR, closingBracket] = [0x22, 0x65, 0x6f, 0x72, 0x5d];

/** The index after the last frame's end in `bytes`, or 0. `frameEnd` is the dialect's; SSE may also use CRLF. */
export function lastFrameEnd(bytes: Buffer, frameEnd: "\n\n" | "\n"): number {
  if (frameEnd === "\n") return bytes.lastIndexOf(lf) + 1;
  const size = bytes.length;
  if (size >= 2 && bytes[size - 1] === lf && (bytes[size - 2] === lf || (bytes[size - 2] === cr && bytes[size - 3] === lf))) return size;
  const plain = bytes.lastIndexOf("\n\n");
  const withCr = bytes.lastIndexOf("\r\n\r\n");
  return Math.max(plain < 0 ? 0 : plain + 2, withCr < 0 ? 0 : withCr + 4);
}

/**
 * A look at a few bytes, cheap enough for every chunk of an event stream: its first event is an error by its first key, or its last is `[DONE]`, before
 * which an error may stand. Only then is it worth reading.
 */
export function mayTellFailure(bytes: Buffer): boolean {
  const size = bytes.length;
  if (bytes[size - (bytes[size - 2] === cr ? 5 : 3)] === closingBracket) return true;
  if (bytes[7] !== quote) return false;
  return bytes[8] === letterE ? bytes[9] === letterR : bytes[8] === letterO && (bytes[17] === letterE || bytes[18] === letterE);
}

/** The frames of whole-frame bytes, decoded, without their ends. For the few frames that are looked at before the first content. */
export function framesIn(bytes: Buffer, frameEnd: "\n\n" | "\n"): string[] {
  const text = bytes.toString("utf8");
  return (frameEnd === "\n" ? text.split(/\r?\n/) : text.split(/\r?\n\r?\n/)).filter((frame) => frame.trim() !== "");
}

/** `held` and then `chunk`. */
export function join(held: Buffer | undefined, chunk: Buffer): Buffer {
  return held === undefined ? chunk : Buffer.concat([held, chunk]);
}

/** A cheap look at the last byte: enough to tell a body that was cut from one that was not, without parsing it. */
export function endsLikeJson(body: Buffer): boolean {
  let last = body.length - 1;
  while (last >= 0 && (body[last] ?? 0) <= 32) last -= 1;
  return body[last] === 0x7d || body[last] === 0x5d;
}

/** Enough for the finish, usage and done frames when each comes alone. */
const tailParts = 6;
const tailBytes = 16_384;

/** The last parts of a stream, kept by reference: looked at once, when the stream has ended. */
export class Tail {
  readonly #parts: (Buffer | undefined)[] = new Array(tailParts);
  #next = 0;

  push(part: Buffer): void {
    this.#parts[this.#next] = part;
    this.#next = (this.#next + 1) % tailParts;
  }

  text(): string {
    const inOrder = [...this.#parts.slice(this.#next), ...this.#parts.slice(0, this.#next)].filter((part) => part !== undefined);
    const all = inOrder.length === 1 ? inOrder[0] : Buffer.concat(inOrder);
    return all === undefined ? "" : all.subarray(Math.max(0, all.length - tailBytes)).toString("utf8");
  }
}
