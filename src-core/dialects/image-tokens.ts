// What a picture costs in tokens, by its size in pixels: read from the first bytes of its base64, which pure code decodes itself.

/** Anthropic's rule: pixels by 750, after shrinking the longer side to 1,568; other vision models lie within a factor of two. */
const pixelsPerToken = 750;
const longestSide = 1568;
const mostTokens = 1600;
/** A picture nobody has seen, or whose size cannot be read. */
const unknownTokens = 1500;
const leastTokens = 50;
/** Where the size of a JPEG stands depends on what cameras put before it. */
const readChars = 128 * 1024;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values = new Map([...alphabet].map((letter, value) => [letter.charCodeAt(0), value]));

/** Tokens of a picture given as base64; "" is a picture that nobody has seen. */
export function imageTokens(base64: string): number {
  const size = base64 === "" ? undefined : pixelsOf(base64);
  if (size === undefined) return unknownTokens;
  const shrink = Math.min(1, longestSide / Math.max(size.width, size.height));
  const tokens = Math.ceil((size.width * shrink * size.height * shrink) / pixelsPerToken);
  return Math.max(leastTokens, Math.min(tokens, mostTokens));
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function pixelsOf(base64: string): Size | undefined {
  const bytes = bytesOf(base64, 48);
  const size =
    png(bytes) ?? gif(bytes) ?? webp(bytes) ?? (bytes[0] === 0xff && bytes[1] === 0xd8 ? jpeg(bytesOf(base64, readChars)) : undefined);
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
}

function bytesOf(base64: string, chars: number): readonly number[] {
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (let at = 0; at < base64.length && at < chars; at++) {
    const value = values.get(base64.charCodeAt(at));
    if (value === undefined) break;
    held = (held << 6) | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
    held &= (1 << bits) - 1;
  }
  return bytes;
}

const at = (bytes: readonly number[], i: number): number => bytes[i] ?? 0;
const big = (bytes: readonly number[], i: number): number => at(bytes, i) * 256 + at(bytes, i + 1);
const little = (bytes: readonly number[], i: number): number => at(bytes, i + 1) * 256 + at(bytes, i);
const says = (bytes: readonly number[], i: number, text: string): boolean => [...text].every((c, k) => bytes[i + k] === c.charCodeAt(0));

function png(bytes: readonly number[]): Size | undefined {
  if (!says(bytes, 1, "PNG")) return undefined;
  return { width: big(bytes, 16) * 65_536 + big(bytes, 18), height: big(bytes, 20) * 65_536 + big(bytes, 22) };
}

function gif(bytes: readonly number[]): Size | undefined {
  return says(bytes, 0, "GIF8") ? { width: little(bytes, 6), height: little(bytes, 8) } : undefined;
}

/** Its three forms keep their size in three places: lossy, lossless, extended. */
function webp(bytes: readonly number[]): Size | undefined {
  if (!says(bytes, 0, "RIFF") || !says(bytes, 8, "WEBP")) return undefined;
  if (says(bytes, 12, "VP8 ")) return { width: little(bytes, 26) & 0x3fff, height: little(bytes, 28) & 0x3fff };
  if (says(bytes, 12, "VP8L")) {
    const width = 1 + (little(bytes, 21) & 0x3fff);
    return { width, height: 1 + ((at(bytes, 22) >> 6) | (at(bytes, 23) << 2) | ((at(bytes, 24) & 0x0f) << 10)) };
  }
  return { width: 1 + little(bytes, 24) + at(bytes, 26) * 65_536, height: 1 + little(bytes, 27) + at(bytes, 29) * 65_536 };
}

/** Walks from segment to segment up to the frame header, which holds the size. */
function jpeg(bytes: readonly number[]): Size | undefined {
  for (let i = 2; i + 9 < bytes.length && bytes[i] === 0xff; i += 2 + big(bytes, i + 2)) {
    const marker = at(bytes, i + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: big(bytes, i + 7), height: big(bytes, i + 5) };
  }
  return undefined;
}
