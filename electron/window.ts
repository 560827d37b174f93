// The one window: made when it is wanted, hidden when it is closed, its place remembered. The engine lives without it.
import { BrowserWindow, type BrowserWindowConstructorOptions, type Display, screen } from "electron";
import type { NodeId } from "../src-core/contract/ids.ts";
import { restoredBounds, smallest } from "./bounds.ts";
import { windowUrl } from "./scheme.ts";
import type { WindowMemory } from "./window-memory.ts";

export interface WindowParts {
  readonly preload: string;
  readonly packaged: boolean;
  readonly memory: WindowMemory;
  /** True while closing the window shall only hide it. */
  readonly staysInTray: () => boolean;
  /** The window was hidden by its close button for the first time ever. */
  readonly onFirstHide: () => void;
  readonly onShown: () => void;
  readonly onHidden: () => void;
}

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

  constructor(parts: WindowParts) {
    this.#parts = parts;
  }

  get contents(): Electron.WebContents | undefined {
    return this.#window === undefined || this.#window.isDestroyed() ? undefined : this.#window.webContents;
  }

  get isFocused(): boolean {
    return this.#window?.isFocused() ?? false;
  }

  /** Creates the window if there is none, brings it back and to the front (P-06). With a node: shows that node. */
  open(node?: NodeId): void {
    const window = this.#window ?? this.#create();
    // Ours is a route behind "#", so a window that shows us already only moves inside the page.
    if (node !== undefined || window.webContents.getURL() === "") void load(window, node);
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
    this.#parts.onShown();
  }

  /** For the end of the app: no hiding any more. */
  destroy(): void {
    if (this.#window !== undefined && !this.#window.isDestroyed()) this.#window.destroy();
    this.#window = undefined;
  }

  #create(): BrowserWindow {
    const { preload, packaged, memory } = this.#parts;
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
    window.on("closed", () => {
      this.#window = undefined;
      this.#parts.onHidden();
    });
    this.#window = window;
    return window;
  }

  #closing(event: { preventDefault(): void }, window: BrowserWindow): void {
    const { memory, staysInTray, onFirstHide, onHidden } = this.#parts;
    if (!window.isMinimized()) memory.remember({ bounds: window.getNormalBounds() });
    if (!staysInTray()) return;
    event.preventDefault();
    window.hide();
    onHidden();
    if (memory.current().closeExplained) return;
    memory.remember({ closeExplained: true });
    onFirstHide();
  }
}

/** A load that a guard stopped or a newer one replaced rejects; the window then shows what it showed. */
async function load(window: BrowserWindow, node: NodeId | undefined): Promise<void> {
  try {
    await window.loadURL(node === undefined ? windowUrl : `${windowUrl}#/nodes/${encodeURIComponent(node)}`);
  } catch {
    // Told by "did-fail-load".
  }
}
