// The tray's pictures, drawn here instead of kept as files: the window's anchor, with a badge that tells the state by shape as well as by
// colour. Pure.
import type { TrayState } from "./tray-menu.ts";

/** A bitmap as Electron takes it: four bytes a pixel, blue, green, red, alpha, premultiplied. */
export interface Bitmap {
  readonly size: number;
  readonly pixels: Buffer;
}

type Colour = readonly [red: number, green: number, blue: number];
/** How much of the pixel at (x, y), both 0..1, is covered. */
type Shape = (x: number, y: number) => boolean;

/** Panels are light or dark and nobody tells which: each colour stands out from both by 3 to 1, so one picture serves both (UX-16). */
export const trayColours: Readonly<Record<TrayState, Colour>> = {
  healthy: [40, 150, 102],
  degraded: [190, 122, 10],
  down: [214, 66, 60],
  paused: [122, 130, 140],
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

/** Ring, shank, stock and arms. */
const anchor: Shape = (x, y) => {
  const armRadius = Math.hypot(x - 0.5, y - 0.5);
  const arms = y >= 0.5 && armRadius >= 0.3 && armRadius <= 0.42;
  return disc(0.5, 0.15, 0.12)(x, y) || box(0.44, 0.15, 0.56, 0.9)(x, y) || box(0.32, 0.31, 0.68, 0.42)(x, y) || arms;
};

const badge = { x: 0.77, y: 0.77, radius: 0.22, gap: 0.07 } as const;
const badgeDisc = disc(badge.x, badge.y, badge.radius);
const around = disc(badge.x, badge.y, badge.radius + badge.gap);

/** What stands at the lower right; nothing while all is well. */
const badges: Readonly<Record<TrayState, Shape | undefined>> = {
  healthy: undefined,
  degraded: (x, y) => badgeDisc(x, y) && !box(badge.x - 0.05, badge.y - 0.14, badge.x + 0.05, badge.y + 0.14)(x, y),
  down: (x, y) => badgeDisc(x, y) && Math.abs(Math.abs(x - badge.x) - Math.abs(y - badge.y)) <= 0.09,
  paused: (x, y) => Math.abs(y - badge.y) <= 0.2 && Math.abs(x - badge.x) >= 0.05 && Math.abs(x - badge.x) <= 0.16,
};

/** The anchor, cut free around the badge. */
function picture(state: TrayState): Shape {
  const mark = badges[state];
  return mark === undefined ? anchor : (x, y) => (around(x, y) ? mark(x, y) : anchor(x, y));
}

/** Draws `state` at `size` pixels. `template`: black with alpha only, for macOS to colour (UX-16). */
export function trayBitmap(state: TrayState, size: number, template: boolean): Bitmap {
  const pixels = Buffer.alloc(size * size * 4);
  const shape = picture(state);
  const [red, green, blue]: Colour = template ? [0, 0, 0] : trayColours[state];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const alpha = coverage(shape, column, row, size);
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
