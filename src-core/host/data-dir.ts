// Where Homeport keeps settings and history when nobody says otherwise: the folder each platform has for that.
import { homedir } from "node:os";
import { posix, win32 } from "node:path";

interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const thisMachine = (): Machine => ({ platform: process.platform, home: homedir(), env: process.env });

/** The default of `--data`; absolute. Nothing is created. */
export function defaultDataDir({ platform, home, env }: Machine = thisMachine()): string {
  if (platform === "darwin") return posix.join(home, "Library", "Application Support", "Homeport");
  if (platform === "win32") return win32.join(env["APPDATA"] || win32.join(home, "AppData", "Roaming"), "Homeport");
  const wished = env["XDG_DATA_HOME"];
  // The XDG rules ignore a relative path.
  return posix.join(wished?.startsWith("/") ? wished : posix.join(home, ".local", "share"), "homeport");
}
