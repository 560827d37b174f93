// The one window: made when it is wanted, hidden when it is closed and given up a minute later, its place remembered. The engine lives without it.
import { BrowserWindow, type BrowserWindowConstructorOptions, type Display, screen } from "electron";
import type { Clock, Log } from "../src-core/engine/ports.ts";
import type { Place } from "./arguments.ts";
import { restoredBounds, smallest } from "./bounds.ts";
import { windowUrl } from "./scheme.ts";
import type { WindowMemory } from "./window-memory.ts";

export interface WindowParts {
  readonly preload: string;
  readonly packaged: boolean;
  readonly memory: WindowMemory;
  readonly clock: Clock;
  readonly log: Log;
  /** What the close button does now. */
  readonly onClose: () => "hide" | "minimise" | "quit";
  /** The close button quits. The window stays until that is decided: a person may be asked and say no. */
  readonly onQuit: () => void;
  /** True where minimising hides the window as well. */
  readonly minimisesToTray: () => boolean;
  /** The close button did not quit for the first time ever. */
  readonly onFirstHide: (did: "hide" | "minimise") => void;
  readonly onShown: () => void;
  readonly onHidden: () => void;
  /** Windows ends the session: nothing may be asked any more. */
  readonly onSessionEnd: () => void;
}

/** A window that nobody looks at keeps a whole browser in memory; for a while it comes back faster (UX-17). */
const keepMs = 60_000;
/** A page that crashes again and again is not made anew for ever (F72). */
const mostCrashes = 3;
const crashWindowMs = 60_000;

/** What a page of ours is given: nothing but itself (S-50). */
function preferences(preload: string, packaged: boolean): NonNullable<BrowserWindowConstructorOptions["webPreferences"]> {
  return {
    preload,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    spellcheck: false,
    navigateOnDragDrop: false,
    devTools: !packaged,
  };
}

export class MainWindow {
  readonly #parts: WindowParts;
  #window: BrowserWindow | undefined;
  /** Forgets that the hidden window is given up soon. */
  #forgetKept: () => void = () => {};
  #crashes: readonly number[] = [];
  /** Minimised in place of a tray, and not looked at since. */
  #standsIn = false;

  constructor(parts: WindowParts) {
    this.#parts = parts;
  }

  get contents(): Electron.WebContents | undefined {
    return this.#window === undefined || this.#window.isDestroyed() ? undefined : this.#window.webContents;
  }

  get isFocused(): boolean {
    return this.#window?.isFocused() ?? false;
  }

  /** Creates the window if there is none, brings it back and to the front (P-06). With a place: shows that. */
  open(place?: Place): void {
    const window = this.#ready(place);
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
    this.#parts.onShown();
  }

  /** For a desktop without a tray, where a hidden app could not be reached: the window is there, but in nobody's way. Never lowers one that is seen. */
  stayReachable(): void {
    if (this.#window?.isVisible() === true || this.#window?.isMinimized() === true) return;
    const window = this.#ready(undefined);
    // A window that was never shown has no place in the task bar on some systems.
    window.showInactive();
    window.minimize();
    this.#standsIn = true;
    this.#parts.onShown();
  }

  /** The tray is there after all: a window that only stood in for it goes. */
  leaveToTray(): void {
    if (this.#standsIn && this.#window?.isMinimized() === true) this.#hide(this.#window);
    this.#standsIn = false;
  }

  /** For the end of the app: no hiding any more. */
  destroy(): void {
    this.#forgetKept();
    if (this.#window !== undefined && !this.#window.isDestroyed()) this.#window.destroy();
    this.#window = undefined;
  }

  #ready(place: Place | undefined): BrowserWindow {
    this.#forgetKept();
    const window = this.#window ?? this.#create();
    // Ours is a route behind "#", so a window that shows us already only moves inside the page.
    if (place !== undefined || window.webContents.getURL() === "") void load(window, place);
    return window;
  }

  #create(): BrowserWindow {
    const { preload, packaged, memory, minimisesToTray, onSessionEnd } = this.#parts;
    const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map((display: Display) => display.workArea);
    const window = new BrowserWindow({
      ...restoredBounds(memory.current().bounds, areas),
      minWidth: smallest.width,
      minHeight: smallest.height,
      title: "Homeport",
      show: false,
      autoHideMenuBar: true,
      webPreferences: preferences(preload, packaged),
    });
    window.on("close", (event) => this.#closing(event, window));
    window.on("minimize", () => {
      if (minimisesToTray()) this.#hide(window);
    });
    window.on("restore", () => {
      this.#standsIn = false;
    });
    window.on("query-session-end", onSessionEnd);
    window.on("closed", () => {
      this.#forgetKept();
      if (this.#window !== window) return;
      this.#window = undefined;
      this.#parts.onHidden();
    });
    window.webContents.on("render-process-gone", (_event, { reason }) => this.#crashed(window, reason));
    this.#window = window;
    return window;
  }

  #closing(event: { preventDefault(): void }, window: BrowserWindow): void {
    const { memory, onClose, onQuit, onFirstHide } = this.#parts;
    if (!window.isMinimized()) memory.remember({ bounds: window.getNormalBounds() });
    const does = onClose();
    event.preventDefault();
    if (does === "quit") return onQuit();
    if (does === "hide") this.#hide(window);
    else window.minimize();
    if (memory.current().closeExplained) return;
    memory.remember({ closeExplained: true });
    onFirstHide(does);
  }

  #hide(window: BrowserWindow): void {
    const { clock, onHidden } = this.#parts;
    window.hide();
    onHidden();
    this.#forgetKept();
    this.#forgetKept = clock.after(keepMs, () => {
      if (!window.isDestroyed() && !window.isVisible()) window.destroy();
    });
  }

  /** Traffic does not pass through the window, so nothing but the view is lost; it starts again from a snapshot. */
  #crashed(window: BrowserWindow, reason: string): void {
    const { clock, log } = this.#parts;
    if (reason === "clean-exit" || window.isDestroyed()) return;
    const now = clock.monotonic();
    this.#crashes = [...this.#crashes.filter((at) => now - at < crashWindowMs), now];
    const givesUp = this.#crashes.length > mostCrashes;
    log.warn(
      { reason, crashes: this.#crashes.length },
      givesUp ? "The window crashed too often; it is closed." : "The window crashed; it is loaded anew.",
    );
    if (givesUp) window.destroy();
    else void load(window, undefined);
  }
}

/** A load that a guard stopped or a newer one replaced rejects; the window then shows what it showed. */
async function load(window: BrowserWindow, place: Place | undefined): Promise<void> {
  try {
    await window.loadURL(`${windowUrl}${routeOf(place)}`);
  } catch {
    // Told by "did-fail-load".
  }
}

function routeOf(place: Place | undefined): string {
  if (place === undefined) return "";
  return "node" in place ? `#/nodes/${encodeURIComponent(place.node)}` : `#/${place.page}`;
}
