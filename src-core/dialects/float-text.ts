// Embedding vectors as OpenAI's `encoding_format: base64`: 32-bit floats, little end first, as base64. Written by hand, since pure code has no Buffer.

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values = new Map([...letters].map((letter, i) => [letter.charCodeAt(0), i]));
const bytesPerFloat = 4;

/** A vector as base64. Numbers beyond 32 bits lose what 32 bits cannot hold. */
export function floatsToBase64(vector: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(vector.length * bytesPerFloat));
  vector.forEach((number, i) => {
    view.setFloat32(i * bytesPerFloat, number, true);
  });
  const pieces: string[] = [];
  for (let at = 0; at < view.byteLength; at += 3) pieces.push(threeBytes(view, at));
  return pieces.join("");
}

function threeBytes(view: DataView, at: number): string {
  const left = view.byteLength - at;
  const bits = (view.getUint8(at) << 16) | ((left > 1 ? view.getUint8(at + 1) : 0) << 8) | (left > 2 ? view.getUint8(at + 2) : 0);
  const letter = (shift: number): string => letters.charAt((bits >> shift) & 63);
  return letter(18) + letter(12) + (left > 1 ? letter(6) : "=") + (left > 2 ? letter(0) : "=");
}

/** The vector in a base64 text; undefined where it holds no whole 32-bit floats. */
export function base64ToFloats(text: string): readonly number[] | undefined {
  const body = text.replace(/={1,2}$/, "");
  const size = Math.floor((body.length * 3) / 4);
  if (size % bytesPerFloat !== 0 || body.length % 4 === 1) return undefined;
  const view = new DataView(new ArrayBuffer(size));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < body.length; i++) {
    const value = values.get(body.charCodeAt(i));
    if (value === undefined) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    if (at < size) view.setUint8(at++, (bits >> held) & 0xff);
  }
  return Array.from({ length: size / bytesPerFloat }, (_, i) => view.getFloat32(i * bytesPerFloat, true));
}
