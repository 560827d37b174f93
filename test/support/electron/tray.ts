// `Tray` and `nativeImage` of the stand-in: recorded, with the checks that real ones make.
import { EventEmitter } from "node:events";
import type { AddRepresentationOptions, CreateFromBitmapOptions, NativeImage, Tray } from "electron";
import { machine, seen } from "./machine.ts";
import type { StandInMenu } from "./menu.ts";

export class StandInImage implements Pick<NativeImage, "addRepresentation" | "setTemplateImage" | "isEmpty"> {
  readonly bitmap: Buffer;
  isTemplate = false;

  constructor(bitmap: Buffer) {
    this.bitmap = bitmap;
  }

  addRepresentation({ buffer, width = 0, height = 0 }: AddRepresentationOptions): void {
    if (buffer !== undefined) checkSize(buffer, width, height);
  }

  setTemplateImage(option: boolean): void {
    this.isTemplate = option;
  }

  isEmpty(): boolean {
    return this.bitmap.length === 0;
  }
}

function checkSize(buffer: Buffer, width: number, height: number): void {
  if (buffer.length !== width * height * 4) throw new Error("invalid buffer size");
}

export const nativeImage = {
  createFromBitmap(buffer: Buffer, { width, height }: CreateFromBitmapOptions): StandInImage {
    checkSize(buffer, width, height);
    return new StandInImage(buffer);
  },
};

export class StandInTray extends EventEmitter implements Pick<Tray, "setToolTip" | "destroy" | "isDestroyed"> {
  image: StandInImage;
  menu: StandInMenu | undefined;
  menusSet = 0;
  toolTip = "";
  #destroyed = false;

  constructor(image: StandInImage) {
    super();
    if (!machine.hasTray) throw new Error("no tray on this desktop");
    this.image = image;
    seen.trays.push(this);
  }

  setContextMenu(menu: StandInMenu): void {
    this.menu = menu;
    this.menusSet += 1;
    this.emit("stand-in-menu");
  }

  setImage(image: StandInImage): void {
    this.image = image;
  }

  setToolTip(toolTip: string): void {
    this.toolTip = toolTip;
  }

  destroy(): void {
    this.#destroyed = true;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }
}
