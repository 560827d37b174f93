// `Notification` of the stand-in: shown ones are recorded; a test clicks by emitting "click".
import { EventEmitter } from "node:events";
import type { Notification, NotificationConstructorOptions } from "electron";
import { machine, seen } from "./machine.ts";

export class StandInNotification extends EventEmitter implements Pick<Notification, "show" | "close"> {
  readonly options: NotificationConstructorOptions;

  constructor(options: NotificationConstructorOptions = {}) {
    super();
    this.options = options;
  }

  static isSupported(): boolean {
    return machine.hasNotifications;
  }

  show(): void {
    seen.notifications.push(this);
  }

  close(): void {
    this.emit("close");
  }
}
