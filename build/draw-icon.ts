// Draws the app's icon, build/icon.png, from the same anchor as the tray's: run by hand after the drawing changed. electron-builder makes every
// platform's format from it.
import { writeFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import { trayBitmap } from "../electron/tray-image.ts";
import { root } from "./paths.ts";

const size = 512;
const margin = 40;
const radius = 96;
const sea = [22, 36, 58] as const;

/** True inside a rounded square: the shape that docks and task bars expect. */
function isInside(x: number, y: number): boolean {
  const inset = (value: number) => Math.max(margin + radius - value, value - (size - margin - radius), 0);
  return inset(x) ** 2 + inset(y) ** 2 <= radius ** 2;
}

/** The tray's picture in the middle of the square, as rows of red, green, blue, alpha. */
function rows(): Buffer {
  const anchor = trayBitmap("healthy", size / 2, false);
  const raw = Buffer.alloc(size * (size * 4 + 1));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!isInside(x, y)) continue;
      const [column, row] = [x - size / 4, y - size / 4];
      const inAnchor = column >= 0 && row >= 0 && column < anchor.size && row < anchor.size;
      const [blue = 0, green = 0, red = 0, alpha = 0] = inAnchor ? anchor.pixels.subarray((row * anchor.size + column) * 4) : [];
      const behind = 1 - alpha / 255;
      raw.set(
        [red + sea[0] * behind, green + sea[1] * behind, blue + sea[2] * behind, 255].map(Math.round),
        y * (size * 4 + 1) + 1 + x * 4,
      );
    }
  }
  return raw;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

const header = Buffer.alloc(13);
header.writeUInt32BE(size, 0);
header.writeUInt32BE(size, 4);
header.set([8, 6], 8);
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const png = [signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows(), { level: 9 })), chunk("IEND", Buffer.alloc(0))];
writeFileSync(`${root}build/icon.png`, Buffer.concat(png));
