// The stand-in for the module "electron": what our main process and electron-store use of it, over a real Chromium page instead of Electron.
// It cannot prove isolation, real trays, safeStorage or packaging; the `_electron` smoke does where there is a binary.
import { EventEmitter } from "node:events";
import type { Display, MessageBoxSyncOptions } from "electron";
import { app } from "./app.ts";
import { type Area, machine, seen } from "./machine.ts";
import { StandInMenu as Menu } from "./menu.ts";
import { StandInNotification as Notification } from "./notification.ts";
import { ipcMain, protocol, session } from "./session.ts";
import { nativeImage, StandInTray as Tray } from "./tray.ts";
import { StandInWindow as BrowserWindow } from "./window.ts";

const displayOf = (workArea: Area): Pick<Display, "workArea"> => ({ workArea });

export const screen = {
  getAllDisplays: () => machine.displays.map(displayOf),
  getPrimaryDisplay: () => displayOf(machine.displays[0] ?? { x: 0, y: 0, width: 800, height: 600 }),
};

export const dialog = {
  showErrorBox: (title: string, content: string) => void seen.errorBoxes.push({ title, content }),
  showMessageBoxSync: ({ message }: MessageBoxSyncOptions) => {
    seen.questions.push(message);
    return machine.answer;
  },
};

export const clipboard = {
  writeText: (text: string) => {
    seen.clipboard = text;
  },
};

/** Seals nothing: whether the system does is for the real binary to prove. */
export const safeStorage = {
  isAsyncEncryptionAvailable: async () => true,
  getSelectedStorageBackend: () => "gnome_libsecret" as const,
  encryptStringAsync: async (text: string) => Buffer.from(text).reverse(),
  decryptStringAsync: async (blob: Buffer) => ({ result: Buffer.from(blob).reverse().toString(), shouldReEncrypt: false }),
};

export const nativeTheme: { themeSource: Electron.NativeTheme["themeSource"] } = { themeSource: "system" };
export const powerMonitor = Object.assign(new EventEmitter(), { isOnBatteryPower: () => machine.onBattery });
export const shell = { openPath: async () => "not in the stand-in" };

export { app, BrowserWindow, ipcMain, Menu, Notification, nativeImage, protocol, session, Tray };

// biome-ignore lint/style/noDefaultExport: electron-store imports the default of the real module
export default { app, ipcMain, shell };
