// The two formats that hold an icon in many sizes: Windows' .ico and macOS' .icns. Both take whole PNG files, so nothing is drawn here. Pure.

/** Sizes in pixels; Linux desktops take each as a file of its own. */
export const linuxSizes = [16, 24, 32, 48, 64, 96, 128, 256, 512] as const;
export const icoSizes = [16, 20, 24, 32, 40, 48, 64, 128, 256] as const;
/** By the four letters that macOS knows each size by; those of twice the size are for dense displays. */
export const icnsTypes = {
  icp4: 16,
  icp5: 32,
  ic07: 128,
  ic08: 256,
  ic09: 512,
  ic10: 1024,
  ic11: 32,
  ic12: 64,
  ic13: 256,
  ic14: 512,
} as const;

/** Up to this size the drawing with few, thick lines is used. */
export const smallUpTo = 32;
/** Every size that is drawn. */
export const allSizes: readonly number[] = [...new Set<number>([...linuxSizes, ...icoSizes, ...Object.values(icnsTypes)])].sort(
  (a, b) => a - b,
);

type Pngs = (size: number) => Buffer;

/** An .ico with `icoSizes`. */
export function icoOf(png: Pngs): Buffer {
  const entryBytes = 16;
  const head = Buffer.alloc(6 + entryBytes * icoSizes.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(icoSizes.length, 4);
  let at = head.length;
  icoSizes.forEach((size, index) => {
    const entry = 6 + index * entryBytes;
    // A byte cannot hold 256: zero means it.
    head.writeUInt8(size % 256, entry);
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(png(size).length, entry + 8);
    head.writeUInt32LE(at, entry + 12);
    at += png(size).length;
  });
  return Buffer.concat([head, ...icoSizes.map(png)]);
}

/** An .icns with `icnsTypes`. */
export function icnsOf(png: Pngs): Buffer {
  const parts = Object.entries(icnsTypes).map(([type, size]) => block(type, png(size)));
  return block("icns", Buffer.concat(parts));
}

function block(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, "latin1");
  head.writeUInt32BE(data.length + 8, 4);
  return Buffer.concat([head, data]);
}

/** Width and height of a PNG, from its header. */
export function pngSize(png: Buffer): { readonly width: number; readonly height: number } {
  if (png.toString("latin1", 1, 4) !== "PNG") throw new Error("This is no PNG.");
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}
