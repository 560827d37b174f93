// The desktop app's own settings. Closing, quitting and logging in are three things, so each has its setting; headless use reads none of them.
import { z } from "zod";

/** What quitting does while requests run. `ask`: a person is asked once. */
export const Quitting = z.enum(["ask", "finish", "now"]);
export type Quitting = z.infer<typeof Quitting>;

export const DesktopSettings = z
  .strictObject({
    closeToTray: z.boolean().default(true).describe("Closing the window hides it; the gateway goes on. Off: closing quits."),
    minimizeToTray: z.boolean().default(false).describe("Minimising hides the window too."),
    startHidden: z.boolean().default(false).describe("No window at the start."),
    openAtLogin: z.boolean().default(false).describe("Starts with your session, without a window."),
    quitting: Quitting.default("ask").describe("While requests run: ask, finish them first, or quit now."),
    theme: z.enum(["system", "light", "dark"]).default("system"),
  })
  .prefault({});
