// What the doctor looks at on the computer itself: clock, disk, tray, what starts Homeport at login. Facts are gathered in `machine-facts.ts`; here they
// are judged. Pure.
import type { Finding } from "../contract/diagnosis.ts";

/** A file that starts a program at login. `runs`: its command line. `missing`: the program it names is not there. */
export interface StartEntry {
  readonly file: string;
  readonly runs: string;
  readonly missing: boolean;
}

/** `free` and `total` in bytes. */
export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly data: { readonly folder: string; readonly free: number; readonly total: number; readonly writable: boolean } | undefined;
  /** Files of the data folder that others may change, and those with keys that others may read. */
  readonly exposed: readonly string[];
  /** `unknown`: nobody could be asked. */
  readonly tray: "there" | "none" | "unknown" | "no-session";
  /** Entries that start a Homeport at login; undefined where the system keeps them where only it looks. */
  readonly starts: readonly StartEntry[] | undefined;
}

/** Homeport did not exist before; a clock that tells an earlier time was never set. */
const earliest = Date.UTC(2026, 0, 1);
const gigabyte = 1_000_000_000;
const littleBytes = gigabyte;
const hardlyBytes = gigabyte / 10;

export function machineFindings(facts: MachineFacts): readonly Finding[] {
  return [clockFinding(facts), diskFinding(facts), ...exposedFindings(facts), trayFinding(facts), ...startFindings(facts)];
}

function clockFinding({ now }: MachineFacts): Finding {
  const about = { id: "clock", title: "Clock" };
  const told = Number.isNaN(new Date(now).getTime()) ? "no time" : new Date(now).toISOString().slice(0, 16).replace("T", " ");
  if (now >= earliest) return { ...about, level: "ok", says: `It is ${told} UTC. Days of budgets begin at 00:00 UTC.` };
  return {
    ...about,
    level: "error",
    says: `This computer believes it is ${told} UTC, so budgets and certificates are judged wrongly.`,
    fix: { says: "Switch on the time service (NTP)." },
  };
}

function diskFinding({ data }: MachineFacts): Finding {
  const about = { id: "disk", title: "Disk" };
  if (data === undefined) return { ...about, level: "skipped", says: "This system does not tell how full its disk is." };
  const { folder, free, writable } = data;
  if (!writable)
    return {
      ...about,
      level: "error",
      says: `Homeport may not write to ${folder}: settings and history are lost at the end.`,
      fix: { says: `Give your account the right to write there, or start with --data FOLDER.` },
    };
  const left = `${(free / gigabyte).toFixed(1)} GB`;
  if (free >= littleBytes) return { ...about, level: "ok", says: `${left} are free where settings and history are kept.` };
  return {
    ...about,
    level: free < hardlyBytes ? "error" : "warning",
    says: `Only ${left} are free where settings and history are kept (${folder}).`,
    fix: { says: "Free some space on that disk." },
  };
}

function exposedFindings({ exposed }: MachineFacts): readonly Finding[] {
  if (exposed.length === 0) return [];
  const says = `Others on this computer can read or change ${exposed.join(", ")}.`;
  return [{ id: "files", level: "warning", title: "Homeport's files", says, fix: { says: `Run: chmod go= ${exposed.join(" ")}` } }];
}

function trayFinding({ platform, tray }: MachineFacts): Finding {
  const about = { id: "tray", title: "Tray" };
  if (platform !== "linux") return { ...about, level: "ok", says: "This system has a place for the icon." };
  switch (tray) {
    case "there":
      return { ...about, level: "ok", says: "This desktop shows tray icons." };
    case "no-session":
      return { ...about, level: "skipped", says: "No desktop session was found here, so there is no tray to look for." };
    case "unknown":
      return { ...about, level: "skipped", says: "The desktop could not be asked: none of busctl, gdbus and dbus-send is here." };
    case "none":
      return {
        ...about,
        level: "note",
        says: "This desktop shows no tray icons, so Homeport keeps its window.",
        fix: { says: "On GNOME, install the extension AppIndicator and KStatusNotifierItem Support." },
      };
  }
}

function startFindings({ starts }: MachineFacts): readonly Finding[] {
  const about = { id: "autostart", title: "Start at login" };
  if (starts === undefined)
    return [{ ...about, level: "skipped", says: "This system keeps its login items to itself; look in its settings." }];
  const [first] = starts;
  if (first === undefined) return [{ ...about, level: "ok", says: "Nothing starts Homeport at login." }];
  const findings: Finding[] = starts
    .filter(({ missing }) => missing)
    .map(({ file, runs }) => ({
      id: `autostart:${file}`,
      level: "warning",
      title: about.title,
      says: `${file} starts a program that is not there: ${runs}.`,
      fix: { says: `Remove ${file}, and switch on "Start at login" in the settings again.` },
    }));
  if (starts.length > 1)
    findings.push({
      ...about,
      level: "warning",
      says: `Homeport is started ${starts.length} times at login: ${starts.map(({ file }) => file).join(", ")}.`,
      fix: { says: `Keep ${first.file} and remove the others.` },
    });
  return findings.length > 0 ? findings : [{ ...about, level: "ok", says: `${first.file} starts it once.` }];
}
