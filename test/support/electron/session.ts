// `session`, `protocol` and `ipcMain` of the stand-in: handlers are kept, and the window's real page is run through them.
import { EventEmitter } from "node:events";
import type { CustomScheme, IpcMain, OnBeforeRequestListenerDetails, Session } from "electron";
import { app } from "./app.ts";
import { seen } from "./machine.ts";

type RequestFilter = (details: Pick<OnBeforeRequestListenerDetails, "url">, answer: (response: { cancel?: boolean }) => void) => void;

class StandInSession
  extends EventEmitter
  implements Pick<Session, "setPermissionRequestHandler" | "setPermissionCheckHandler" | "setDevicePermissionHandler">
{
  permissionRequest: Parameters<Session["setPermissionRequestHandler"]>[0] = null;
  permissionCheck: Parameters<Session["setPermissionCheckHandler"]>[0] = null;
  devicePermission: Parameters<Session["setDevicePermissionHandler"]>[0] = null;
  #filter: RequestFilter | undefined;
  readonly webRequest = {
    onBeforeRequest: (filter: RequestFilter) => {
      this.#filter = filter;
    },
  };

  setPermissionRequestHandler(handler: typeof this.permissionRequest): void {
    this.permissionRequest = handler;
  }

  setPermissionCheckHandler(handler: typeof this.permissionCheck): void {
    this.permissionCheck = handler;
  }

  setDevicePermissionHandler(handler: typeof this.devicePermission): void {
    this.devicePermission = handler;
  }

  /** What the app's filter says of a request. */
  isCancelled(url: string): boolean {
    let cancelled = false;
    this.#filter?.({ url }, ({ cancel }) => {
      cancelled = cancel ?? false;
    });
    return cancelled;
  }
}

export const session = { defaultSession: new StandInSession() };

type SchemeHandler = (request: Request) => Response | Promise<Response>;

class StandInProtocol {
  readonly handlers = new Map<string, SchemeHandler>();

  registerSchemesAsPrivileged(schemes: readonly CustomScheme[]): void {
    if (app.isReady()) throw new Error("protocol.registerSchemesAsPrivileged should be called before app is ready");
    seen.schemes.push(...schemes.map(({ scheme }) => scheme));
  }

  handle(scheme: string, handler: SchemeHandler): void {
    if (!app.isReady()) throw new Error("protocol.handle can only be used after app is ready");
    this.handlers.set(scheme, handler);
  }
}

export const protocol = new StandInProtocol();

type InvokeHandler = (event: object, ...args: readonly unknown[]) => unknown;

class StandInIpcMain extends EventEmitter implements Pick<IpcMain, "removeHandler"> {
  readonly #handlers = new Map<string, InvokeHandler>();

  handle(channel: string, handler: InvokeHandler): void {
    if (this.#handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.#handlers.set(channel, handler);
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  /** As if a page had called `ipcRenderer.invoke`. */
  async invoked(channel: string, event: object, args: readonly unknown[]): Promise<unknown> {
    const handler = this.#handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    return handler(event, ...args);
  }
}

export const ipcMain = new StandInIpcMain();
