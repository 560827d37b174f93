// The tray's pictures, drawn here instead of kept as files: a harbour light, whose lamp tells the state by shape as well as by colour. Pure.
import type { TrayState } from "./tray-menu.ts";

/** A bitmap as Electron takes it: four bytes a pixel, blue, green, red, alpha, premultiplied. */
export interface Bitmap {
  readonly size: number;
  readonly pixels: Buffer;
}

type Colour = readonly [red: number, green: number, blue: number];
/** How much of the pixel at (x, y), both 0..1, is covered. */
type Shape = (x: number, y: number) => boolean;

const colours: Readonly<Record<TrayState, Colour>> = {
  healthy: [46, 160, 110],
  degraded: [214, 148, 30],
  down: [208, 68, 62],
  paused: [128, 136, 146],
};
const samples = 4;

const disc =
  (cx: number, cy: number, radius: number): Shape =>
  (x, y) =>
    (x - cx) ** 2 + (y - cy) ** 2 <= radius ** 2;
const box =
  (left: number, top: number, right: number, bottom: number): Shape =>
  (x, y) =>
    x >= left && x <= right && y >= top && y <= bottom;

/** A tower that grows wider to its foot, on a quay. */
const tower: Shape = (x, y) =>
  (y >= 0.42 && y <= 0.86 && Math.abs(x - 0.5) <= 0.09 + (y - 0.42) * 0.28) || box(0.14, 0.86, 0.86, 0.96)(x, y);

const lamps: Readonly<Record<TrayState, Shape>> = {
  healthy: disc(0.5, 0.24, 0.2),
  degraded: (x, y) => disc(0.5, 0.24, 0.2)(x, y) && !(box(0.46, 0.1, 0.54, 0.26)(x, y) || disc(0.5, 0.34, 0.045)(x, y)),
  down: (x, y) => Math.abs(Math.abs(x - 0.5) - Math.abs(y - 0.24)) <= 0.075 && Math.abs(x - 0.5) <= 0.19 && Math.abs(y - 0.24) <= 0.19,
  paused: (x, y) => box(0.33, 0.06, 0.45, 0.42)(x, y) || box(0.55, 0.06, 0.67, 0.42)(x, y),
};

/** Draws `state` at `size` pixels. `template`: black with alpha only, for macOS to colour (UX-16). */
export function trayBitmap(state: TrayState, size: number, template: boolean): Bitmap {
  const pixels = Buffer.alloc(size * size * 4);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const lit = coverage(lamps[state], column, row, size);
      const alpha = Math.max(lit, coverage(tower, column, row, size));
      const [red, green, blue]: Colour = template ? [0, 0, 0] : colours[state];
      pixels.set([blue * alpha, green * alpha, red * alpha, 255 * alpha].map(Math.round), (row * size + column) * 4);
    }
  }
  return { size, pixels };
}

function coverage(shape: Shape, column: number, row: number, size: number): number {
  let inside = 0;
  for (let i = 0; i < samples; i++) {
    for (let j = 0; j < samples; j++) if (shape((column + (i + 0.5) / samples) / size, (row + (j + 0.5) / samples) / size)) inside += 1;
  }
  return inside / samples ** 2;
}
