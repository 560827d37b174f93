// `webContents` of the stand-in: a real Chromium page whose every request, navigation and call passes through the handlers the app has set.
import { EventEmitter } from "node:events";
import type { WebContents, WebFrameMain, WebPreferences, WindowOpenHandlerResponse } from "electron";
import type { BrowserContext, Frame, Page, Request as PageRequest, Route } from "playwright";
import { fromPage, toPage } from "./address.ts";
import { app } from "./app.ts";
import { StandInEvent } from "./event.ts";
import { machine, seen } from "./machine.ts";
import { invokeBinding, preloadScript, pushFunction } from "./preload-host.ts";
import { ipcMain, protocol, session } from "./session.ts";

/** A frame as handlers see the one that called them. */
export interface StandInFrame extends Pick<WebFrameMain, "url"> {
  readonly parent: StandInFrame | null;
}

const frameOf = (frame: Frame): StandInFrame => {
  const parent = frame.parentFrame();
  return { url: fromPage(frame.url()), parent: parent === null ? null : frameOf(parent) };
};

type OpenHandler = (details: { readonly url: string }) => WindowOpenHandlerResponse;

class NavigationEvent extends StandInEvent {
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
  }
}

export class StandInContents extends EventEmitter implements Pick<WebContents, "send" | "getURL" | "isDestroyed"> {
  /** The real page; for tests to look at and to misuse. */
  readonly page: Promise<Page>;
  /** How many messages main sent to the page. */
  sent = 0;
  #context: BrowserContext | undefined;
  #url = "";
  #expected = "";
  #destroyed = false;
  #open: OpenHandler = () => ({ action: "allow" });

  constructor(preferences: WebPreferences) {
    super();
    app.emit("web-contents-created", new StandInEvent(), this);
    this.page = this.#start(preferences.preload);
    // A page that cannot start shows itself where it is awaited.
    this.page.catch(() => {});
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#open = handler;
  }

  getURL(): string {
    return this.#url;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  send(channel: string, ...args: readonly unknown[]): void {
    this.sent += 1;
    const push = async () => {
      const page = await this.page;
      await page.evaluate(([name, to, what]) => Reflect.get(window, name)?.(to, what), [pushFunction, channel, args] as const);
    };
    // A page that goes away while it is told something is no fault.
    push().catch(() => {});
  }

  async load(url: string): Promise<void> {
    const target = toPage(url);
    this.#expected = target;
    this.#url = url;
    await (await this.page).goto(target);
  }

  async destroy(): Promise<void> {
    this.#destroyed = true;
    await this.page.catch(() => undefined);
    // The browser may be closing too.
    await this.#context?.close().catch(() => {});
  }

  async #start(preload: string | undefined): Promise<Page> {
    if (machine.browser === undefined) throw new Error("the stand-in needs a browser");
    const context = await machine.browser.newContext({ serviceWorkers: "block" });
    this.#context = context;
    await context.exposeBinding(invokeBinding, ({ frame }, channel: string, args: readonly unknown[]) =>
      ipcMain.invoked(channel, { sender: this, senderFrame: frameOf(frame) }, args),
    );
    if (preload !== undefined) await context.addInitScript({ content: preloadScript(preload) });
    await context.route("**/*", (route) => this.#serve(route));
    const page = await context.newPage();
    context.on("page", (opened) => {
      if (!this.#mayOpen(fromPage(opened.url()))) void opened.close().catch(() => {});
    });
    return page;
  }

  async #serve(route: Route): Promise<void> {
    const request = route.request();
    const url = fromPage(request.url());
    if (request.isNavigationRequest() && this.#isPrevented(url, request)) return route.abort("aborted");
    if (session.defaultSession.isCancelled(url)) return route.abort("aborted");
    const handler = protocol.handlers.get(new URL(url).protocol.slice(0, -1));
    if (handler === undefined) return route.abort("namenotresolved");
    const response = await handler(new Request(url, { method: request.method() }));
    const headers = Object.fromEntries(response.headers);
    return route.fulfill({ status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) });
  }

  #mayOpen(url: string): boolean {
    const { action } = this.#open({ url });
    if (action === "deny") seen.refusedWindows.push(url);
    return action === "allow";
  }

  /** Asks the app about a navigation the page wants. One that the app itself ordered is not asked about, as in Electron. */
  #isPrevented(url: string, request: PageRequest): boolean {
    const frame = frameOfRequest(request);
    // Only a window that does not exist yet has no frame.
    if (frame === undefined) return !this.#mayOpen(url);
    const isTop = frame.parentFrame() === null;
    if (isTop && toPage(url) === this.#expected.split("#")[0]) return false;
    const event = new NavigationEvent(url);
    if (isTop) this.emit("will-navigate", event);
    this.emit("will-frame-navigate", event);
    return event.defaultPrevented;
  }
}

function frameOfRequest(request: PageRequest): Frame | undefined {
  try {
    return request.frame();
  } catch {
    return undefined;
  }
}
