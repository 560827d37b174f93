// What the app remembers of its own window between runs. Losing it costs nothing but a centred window, so any fault means "nothing remembered".
import { z } from "zod";
import type { Log } from "../src-core/engine/ports.ts";
import type { SettingsFile } from "../src-core/host/settings-file.ts";

const side = z.number().int().min(-100_000).max(100_000);
const Remembered = z.object({
  bounds: z.object({ x: side, y: side, width: side.positive(), height: side.positive() }).optional(),
  /** The first close was explained: Homeport goes on in the tray. */
  closeExplained: z.boolean().default(false),
});
type Remembered = z.infer<typeof Remembered>;

/** The remembered part, and how to change it. */
export interface WindowMemory {
  current(): Remembered;
  remember(part: Partial<Remembered>): void;
}

/** Opens the memory in `file`. */
export function openWindowMemory(file: SettingsFile, log: Log): WindowMemory {
  let current = read(file);
  return {
    current: () => current,
    remember(part) {
      current = { ...current, ...part };
      try {
        file.write(current);
      } catch (error) {
        log.warn({ path: file.path, error }, "The window's place could not be remembered.");
      }
    },
  };
}

function read(file: SettingsFile): Remembered {
  try {
    return Remembered.parse(JSON.parse(file.read() ?? "{}"));
  } catch {
    return Remembered.parse({});
  }
}
