// What the stand-in pretends the machine to be, and what it saw the app do. One instance per app start: the modules are loaded afresh for each.
import type { Settings } from "electron";
import type { Browser } from "playwright";
import type { StandInMenu } from "./menu.ts";
import type { StandInNotification } from "./notification.ts";
import type { StandInTray } from "./tray.ts";
import type { StandInWindow } from "./window.ts";

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Set before the app's main module is loaded. */
export const machine: {
  browser: Browser | undefined;
  appPath: string;
  userData: string;
  packaged: boolean;
  /** False: another start of the app holds the single-instance lock. */
  hasLock: boolean;
  hasTray: boolean;
  /** Address of the session's D-Bus; empty: there is none, and nobody can say whether there is a tray. */
  sessionBus: string;
  /** Chromium's own switches the app was started with. */
  switches: readonly string[];
  hasNotifications: boolean;
  /** The bar of running apps on macOS. */
  hasDock: boolean;
  onBattery: boolean;
  displays: readonly Area[];
  /** The dearest first. */
  languages: readonly string[];
  /** The button somebody presses in a question. */
  answer: number;
} = {
  browser: undefined,
  appPath: "",
  userData: "",
  packaged: false,
  hasLock: true,
  hasTray: true,
  sessionBus: "",
  switches: [],
  hasNotifications: true,
  hasDock: false,
  onBattery: false,
  displays: [{ x: 0, y: 0, width: 1920, height: 1040 }],
  languages: ["en-GB"],
  answer: 0,
};

/** Everything the app did that a person would notice. */
interface Seen {
  readonly windows: StandInWindow[];
  readonly trays: StandInTray[];
  readonly menus: StandInMenu[];
  readonly notifications: StandInNotification[];
  readonly errorBoxes: { readonly title: string; readonly content: string }[];
  readonly questions: string[];
  readonly schemes: string[];
  /** Addresses a page wanted a new window for and was not let. */
  readonly refusedWindows: string[];
  readonly loginItems: Settings[];
  readonly dock: ("shown" | "hidden")[];
  clipboard: string;
  isSandboxed: boolean;
}

export const seen: Seen = {
  windows: [],
  trays: [],
  menus: [],
  notifications: [],
  errorBoxes: [],
  questions: [],
  schemes: [],
  refusedWindows: [],
  loginItems: [],
  dock: [],
  clipboard: "",
  isSandboxed: false,
};
