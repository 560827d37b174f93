// Makes a screenshot small: the PNG that Chromium writes becomes one with a palette of 256 colours, which a window's few colours hardly miss.
// Pure; nothing is installed for it.
import { crc32, deflateSync, inflateSync } from "node:zlib";

const signature = Buffer.from("89504e470d0a1a0a", "hex");
const most = 256;
/** Two colours nearer than this (sum of the three squared differences) share a place in the palette. */
const nearSquared = 27;

interface Picture {
  readonly width: number;
  readonly height: number;
  /** One number a pixel: 0xRRGGBB. */
  readonly colours: Uint32Array;
}

/** `png`: 8 bits a channel, RGB or RGBA, not interlaced, as Chromium writes it. Alpha is dropped. Throws on any other kind. */
export function smallPng(png: Buffer): Buffer {
  const picture = decoded(png);
  const palette = paletteOf(picture.colours);
  return encoded(picture, palette);
}

function* chunksOf(png: Buffer): Generator<{ readonly type: string; readonly data: Buffer }> {
  if (!png.subarray(0, 8).equals(signature)) throw new Error("This is not a PNG.");
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    yield { type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

function decoded(png: Buffer): Picture {
  const chunks = [...chunksOf(png)];
  const head = chunks.find(({ type }) => type === "IHDR")?.data;
  const kind = head?.[9];
  if (head === undefined || head[8] !== 8 || (kind !== 2 && kind !== 6) || head[12] !== 0) throw new Error("A PNG of another kind.");
  const [width, height, channels] = [head.readUInt32BE(0), head.readUInt32BE(4), kind === 2 ? 3 : 4];
  const raw = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data)));
  const colours = new Uint32Array(width * height);
  let above: Uint8Array = new Uint8Array(width * channels);
  for (let y = 0; y < height; y++) {
    const start = y * (width * channels + 1);
    const row = unfiltered(raw[start] ?? 0, raw.subarray(start + 1, start + 1 + width * channels), above, channels);
    for (let x = 0; x < width; x++) {
      const at = x * channels;
      colours[y * width + x] = ((row[at] ?? 0) << 16) | ((row[at + 1] ?? 0) << 8) | (row[at + 2] ?? 0);
    }
    above = row;
  }
  return { width, height, colours };
}

/** A row as it was before one of PNG's five filters made it easier to pack. */
function unfiltered(filter: number, packed: Uint8Array, above: Uint8Array, channels: number): Uint8Array {
  const row = new Uint8Array(packed.length);
  for (let at = 0; at < row.length; at++) {
    const left = at < channels ? 0 : (row[at - channels] ?? 0);
    const up = above[at] ?? 0;
    const corner = at < channels ? 0 : (above[at - channels] ?? 0);
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
    row[at] = (packed[at] ?? 0) + guess;
  }
  return row;
}

function paeth(left: number, up: number, corner: number): number {
  const [toLeft, toUp, toCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function distance(a: number, b: number): number {
  return ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;
}

/** The colours seen most, none too near to another. */
function paletteOf(colours: Uint32Array): readonly number[] {
  const seen = new Map<number, number>();
  for (const colour of colours) seen.set(colour, (seen.get(colour) ?? 0) + 1);
  const palette: number[] = [];
  for (const [colour] of [...seen].sort((a, b) => b[1] - a[1])) {
    if (palette.length === most) break;
    if (palette.every((one) => distance(one, colour) > nearSquared)) palette.push(colour);
  }
  return palette;
}

function encoded({ width, height, colours }: Picture, palette: readonly number[]): Buffer {
  const places = new Map<number, number>();
  const raw = Buffer.alloc((width + 1) * height);
  colours.forEach((colour, index) => {
    let place = places.get(colour);
    if (place === undefined) {
      place = palette.reduce((best, one, at) => (distance(one, colour) < distance(palette[best] ?? 0, colour) ? at : best), 0);
      places.set(colour, place);
    }
    raw[Math.floor(index / width) * (width + 1) + 1 + (index % width)] = place;
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const body = deflateSync(raw, { level: 9 });
  return Buffer.concat([signature, chunk("IHDR", head), chunk("PLTE", table), chunk("IDAT", body), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
