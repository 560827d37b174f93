// Where the window opens: where it was last, if a person could still see and grab it there (P-14). Pure.

/** Screen coordinates in device-independent pixels, as Electron's own `Rectangle`. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const smallest = { width: 420, height: 480 } as const;
const usual = { width: 1080, height: 760 } as const;
/** This much of the title bar must be on a display to be grabbed. */
const grip = { width: 80, height: 24 } as const;

/** `areas` are the displays' work areas, the primary one first. Without a place that can be seen, the window is centred by the system. */
export function restoredBounds(
  saved: Bounds | undefined,
  areas: readonly Bounds[],
): Partial<Bounds> & { readonly width: number; readonly height: number } {
  const home = saved === undefined ? undefined : areas.find((area) => canGrab(saved, area));
  const area = home ?? areas[0];
  const width = Math.min(Math.max(saved?.width ?? usual.width, smallest.width), area?.width ?? usual.width);
  const height = Math.min(Math.max(saved?.height ?? usual.height, smallest.height), area?.height ?? usual.height);
  return saved === undefined || home === undefined ? { width, height } : { x: saved.x, y: saved.y, width, height };
}

/** True when enough of the window's top edge lies inside the area. */
function canGrab(window: Bounds, area: Bounds): boolean {
  const across = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  return across >= grip.width && window.y >= area.y && window.y + grip.height <= area.y + area.height;
}
