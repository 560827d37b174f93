// The README's pictures: there, small, and small without being spoilt.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync, inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { root } from "../../build/paths.ts";
import { smallPng } from "../../build/small-png.ts";

const mostBytes = 150 * 1024;

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** `rows`: each a filter and the bytes it left, three a pixel. */
function aPng(width: number, rows: readonly (readonly number[])[]): Buffer {
  const head = Buffer.from([0, 0, 0, width, 0, 0, 0, rows.length, 8, 2, 0, 0, 0]);
  const body = deflateSync(Buffer.from(rows.flat()));
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", body), chunk("IEND", Buffer.alloc(0))]);
}

function part(png: Buffer, type: string): Buffer {
  const at = png.indexOf(type, 0, "latin1");
  return png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4));
}

test("a picture keeps its colours through every filter a PNG may have, and one that is nearly the same shares its place", () => {
  const red = [200, 10, 10];
  const png = aPng(2, [
    [0, ...red, 0, 0, 250],
    [1, ...red, 56, 246, 240],
    [2, 0, 0, 0, 0, 0, 0],
    [3, 100, 5, 5, 156, 251, 120],
    [4, 0, 0, 0, 1, 0, 0],
  ]);
  const small = smallPng(png);
  expect([...part(small, "PLTE")]).toEqual([...red, 0, 0, 250]);
  // Each row: no filter, then which colour of the palette.
  expect([...inflateSync(part(small, "IDAT"))]).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1]);
});

test("what is no picture of Chromium's is refused", () => {
  expect(() => smallPng(Buffer.from("GIF89a and so on"))).toThrow("This is not a PNG.");
});

test("issue 6: the README shows the window in light and dark and the tray's menu; every picture is there and under 150 KB", () => {
  const text = readFileSync(join(root, "README.md"), "utf8");
  const shown = [...text.matchAll(/build\/images\/[\w-]+\.png/g)].map(([path]) => path);
  for (const name of ["nodes-light", "nodes-dark", "tray"]) expect(shown).toContain(`build/images/${name}.png`);
  for (const path of shown) expect(existsSync(join(root, path)) && statSync(join(root, path)).size, path).toBeLessThan(mostBytes);
  // None is left over from before.
  for (const file of readdirSync(join(root, "build/images"))) expect(shown).toContain(`build/images/${file}`);
});
