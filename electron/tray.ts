// The tray icon: shows the snapshot's menu, rebuilt only when its content changed and at most once a second, because on Linux a rebuilt menu
// closes under the pointer (P-02). The icon changes at most once in two seconds (UX-18).
import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from "electron";
import type { Snapshot } from "../src-core/contract/api.ts";
import type { Clock } from "../src-core/engine/ports.ts";
import type { Words } from "./language/words.ts";
import { trayBitmap } from "./tray-image.ts";
import { type TrayAction, type TrayEntry, type TrayState, trayMenu, trayStatus } from "./tray-menu.ts";

const menuMs = 1_000;
const iconMs = 2_000;

export interface TrayParts {
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  readonly words: Words["tray"];
  readonly act: (action: TrayAction) => void;
}

/** The icon, from its creation to `destroy`. Throws on creation where the system has no tray. */
export class TrayIcon {
  readonly #parts: TrayParts;
  readonly #tray: Tray;
  readonly #menu: Paced<readonly TrayEntry[]>;
  readonly #icon: Paced<TrayState>;
  #isLeaving = false;

  constructor(parts: TrayParts, first: Snapshot) {
    this.#parts = parts;
    this.#tray = new Tray(image(trayStatus(first, parts.words).state, parts.platform));
    this.#menu = new Paced(parts.clock, menuMs, (entries) => this.#tray.setContextMenu(Menu.buildFromTemplate(this.#items(entries))));
    this.#icon = new Paced(parts.clock, iconMs, (state) => this.#tray.setImage(image(state, parts.platform)));
    // The menu stands before anyone can reach for it: on Linux there may be no click at all (P-01).
    this.show(first);
    if (parts.platform !== "darwin") this.#tray.on("click", () => parts.act({ do: "open" }));
  }

  show(snapshot: Snapshot): void {
    if (this.#isLeaving) return;
    const { platform, words } = this.#parts;
    const { state, says } = trayStatus(snapshot, words);
    this.#menu.want(trayMenu(snapshot, platform, words));
    this.#icon.want(state);
    this.#tray.setToolTip(words.tooltip(says));
  }

  /** The app ends once these requests have: nothing else can be asked for any more. */
  leaving(requests: number): void {
    this.#isLeaving = true;
    const { words } = this.#parts;
    const label = words.leaving(requests);
    this.#menu.want([{ kind: "words", label }]);
    this.#icon.want("paused");
    this.#tray.setToolTip(words.tooltip(label));
  }

  destroy(): void {
    this.#menu.stop();
    this.#icon.stop();
    this.#tray.destroy();
  }

  #items(entries: readonly TrayEntry[]): MenuItemConstructorOptions[] {
    return entries.map((entry) => this.#item(entry));
  }

  #item(entry: TrayEntry): MenuItemConstructorOptions {
    switch (entry.kind) {
      case "separator":
        return { type: "separator" };
      case "words":
        return { label: entry.label, enabled: false };
      case "action":
        return { label: entry.label, click: () => this.#parts.act(entry.action) };
      case "submenu":
        return { label: entry.label, submenu: this.#items(entry.entries) };
    }
  }
}

/** Applies the latest of many wishes: at once when it is new and the last change is old enough, else when it is. */
class Paced<T> {
  readonly #clock: Clock;
  readonly #gapMs: number;
  readonly #apply: (value: T) => void;
  #applied: string | undefined;
  #wanted: T | undefined;
  #forget: (() => void) | undefined;

  constructor(clock: Clock, gapMs: number, apply: (value: T) => void) {
    this.#clock = clock;
    this.#gapMs = gapMs;
    this.#apply = apply;
  }

  want(value: T): void {
    this.#wanted = value;
    if (this.#forget === undefined) this.#settle();
  }

  stop(): void {
    this.#forget?.();
  }

  #settle(): void {
    this.#forget = undefined;
    const content = JSON.stringify(this.#wanted);
    if (this.#wanted === undefined || content === this.#applied) return;
    this.#applied = content;
    this.#apply(this.#wanted);
    this.#forget = this.#clock.after(this.#gapMs, () => this.#settle());
  }
}

function image(state: TrayState, platform: NodeJS.Platform): Electron.NativeImage {
  const template = platform === "darwin";
  const base = template ? 18 : platform === "win32" ? 16 : 22;
  const bitmap = (scale: number) => trayBitmap(state, base * scale, template);
  const small = bitmap(1);
  const picture = nativeImage.createFromBitmap(small.pixels, { width: small.size, height: small.size, scaleFactor: 1 });
  const sharp = bitmap(2);
  picture.addRepresentation({ buffer: sharp.pixels, width: sharp.size, height: sharp.size, scaleFactor: 2 });
  picture.setTemplateImage(template);
  return picture;
}
