// `BrowserWindow` of the stand-in: bounds and visibility are remembered figures, the contents a real page.
import { EventEmitter } from "node:events";
import type { BrowserWindow, BrowserWindowConstructorOptions, Rectangle } from "electron";
import { app } from "./app.ts";
import { StandInContents } from "./contents.ts";
import { StandInEvent } from "./event.ts";
import { seen } from "./machine.ts";

type Part = Pick<
  BrowserWindow,
  | "show"
  | "showInactive"
  | "hide"
  | "focus"
  | "close"
  | "destroy"
  | "isDestroyed"
  | "isVisible"
  | "isFocused"
  | "isMinimized"
  | "restore"
  | "minimize"
> &
  Pick<BrowserWindow, "getNormalBounds" | "setBounds" | "loadURL">;

export class StandInWindow extends EventEmitter implements Part {
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents: StandInContents;
  #bounds: Rectangle;
  #state: "hidden" | "shown" | "minimized" | "destroyed" = "hidden";
  #focused = false;

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    this.options = options;
    this.#bounds = { x: options.x ?? 400, y: options.y ?? 100, width: options.width ?? 800, height: options.height ?? 600 };
    this.webContents = new StandInContents(options.webPreferences ?? {});
    seen.windows.push(this);
    if (options.show !== false) this.show();
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.load(url);
  }

  show(): void {
    this.#state = "shown";
    this.#focused = true;
  }

  showInactive(): void {
    this.#state = "shown";
  }

  hide(): void {
    this.#state = "hidden";
    this.#focused = false;
  }

  focus(): void {
    this.#focused = this.#state === "shown";
  }

  minimize(): void {
    this.#state = "minimized";
    this.#focused = false;
    this.emit("minimize");
  }

  restore(): void {
    this.show();
    this.emit("restore");
  }

  isVisible(): boolean {
    return this.#state === "shown";
  }

  isFocused(): boolean {
    return this.#focused;
  }

  isMinimized(): boolean {
    return this.#state === "minimized";
  }

  isDestroyed(): boolean {
    return this.#state === "destroyed";
  }

  getNormalBounds(): Rectangle {
    return { ...this.#bounds };
  }

  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
  }

  /** As a person's click on the window's close button. */
  close(): void {
    const event = new StandInEvent();
    this.emit("close", event);
    if (!event.defaultPrevented) this.destroy();
  }

  destroy(): void {
    if (this.#state === "destroyed") return;
    this.#state = "destroyed";
    seen.windows.splice(seen.windows.indexOf(this), 1);
    void this.webContents.destroy();
    this.emit("closed");
    if (seen.windows.length === 0) app.emit("window-all-closed");
  }
}
