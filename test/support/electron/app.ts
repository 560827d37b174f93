// `app` of the stand-in: life cycle, lock and paths, in the order Electron keeps.
import { EventEmitter } from "node:events";
import type { App, Settings } from "electron";
import { StandInEvent } from "./event.ts";
import { machine, seen } from "./machine.ts";

type Part = Pick<
  App,
  | "requestSingleInstanceLock"
  | "whenReady"
  | "getPath"
  | "setPath"
  | "getAppPath"
  | "getVersion"
  | "setName"
  | "setAppUserModelId"
  | "enableSandbox"
  | "quit"
  | "exit"
  | "isPackaged"
  | "isReady"
  | "getPreferredSystemLanguages"
  | "setLoginItemSettings"
>;

class StandInApp extends EventEmitter implements Part {
  /** macOS only, as in Electron. */
  get dock() {
    if (!machine.hasDock) return undefined;
    return { show: async () => void seen.dock.push("shown"), hide: () => void seen.dock.push("hidden") };
  }

  readonly commandLine = { hasSwitch: (name: string) => machine.switches.includes(name) };
  #ready = false;
  #exit: (code: number) => void = () => {};
  /** Settles with the exit code once the app has ended. */
  readonly exited = new Promise<number>((resolve) => {
    this.#exit = resolve;
  });

  get isPackaged(): boolean {
    return machine.packaged;
  }

  isReady(): boolean {
    return this.#ready;
  }

  requestSingleInstanceLock(): boolean {
    return machine.hasLock;
  }

  async whenReady(): Promise<void> {
    // Electron is ready only after the main module has been evaluated.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    this.#ready = true;
  }

  getPath(): string {
    return machine.userData;
  }

  setPath(_name: string, path: string): void {
    machine.userData = path;
  }

  getAppPath(): string {
    return machine.appPath;
  }

  getVersion(): string {
    return "0.0.0-stand-in";
  }

  setName(): void {}

  getPreferredSystemLanguages(): string[] {
    return [...machine.languages];
  }

  setLoginItemSettings(settings: Settings): void {
    seen.loginItems.push(settings);
  }

  getLoginItemSettings(): { readonly wasOpenedAtLogin: boolean } {
    return { wasOpenedAtLogin: false };
  }

  setAppUserModelId(): void {}

  enableSandbox(): void {
    if (this.#ready) throw new Error("app.enableSandbox() can only be called before app is ready");
    seen.isSandboxed = true;
  }

  quit(): void {
    const event = new StandInEvent();
    this.emit("before-quit", event);
    if (event.defaultPrevented) return;
    for (const window of [...seen.windows]) window.close();
    this.exit(0);
  }

  exit(code = 0): void {
    for (const window of [...seen.windows]) window.destroy();
    this.#exit(code);
  }
}

export const app = new StandInApp();
