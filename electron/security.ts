// Everything a page could ask of a browser beyond showing our own window, denied in one place and logged (S-53, S-54, S-83).
import type { App, Session, WebContents } from "electron";
import type { Log } from "../src-core/engine/ports.ts";
import { isOurs } from "./scheme.ts";

/** The one permission the window has: the copy buttons write text to the clipboard, which Chromium allows only on a click. */
const allowed = "clipboard-sanitized-write";

/** Applies to every page that is ever made, windows of a later version included. Call before the first one. */
export function denyEverythingElse(app: Pick<App, "on">, log: Log): void {
  app.on("web-contents-created", (_event, contents) => guardContents(contents, log));
}

/** Permissions, devices, downloads and requests of the session our window uses. `devTools`: their own scheme is let through. */
export function guardSession(session: Session, devTools: boolean, log: Log): void {
  const refuse = (what: string, detail: string) =>
    log.warn({ what, detail: detail.slice(0, 200) }, "The window asked for something it may not have.");
  session.setPermissionRequestHandler((contents, permission, answer) => {
    const granted = permission === allowed && isOurs(contents.getURL());
    if (!granted) refuse("permission", permission);
    answer(granted);
  });
  session.setPermissionCheckHandler((contents, permission) => permission === allowed && isOurs(contents?.getURL() ?? ""));
  session.setDevicePermissionHandler(() => false);
  session.on("will-download", (event, item) => {
    event.preventDefault();
    refuse("download", item.getURL());
  });
  session.webRequest.onBeforeRequest((details, answer) => {
    const granted = isOurs(details.url) || details.url.startsWith("data:") || (devTools && details.url.startsWith("devtools:"));
    if (!granted) refuse("request", details.url);
    answer({ cancel: !granted });
  });
}

function guardContents(contents: WebContents, log: Log): void {
  const refuse = (what: string, url: string) =>
    log.warn({ what, url: url.slice(0, 200) }, "The window tried to go elsewhere; it was stopped.");
  contents.setWindowOpenHandler(({ url }) => {
    refuse("new-window", url);
    return { action: "deny" };
  });
  contents.on("will-navigate", (event) => {
    if (isOurs(event.url)) return;
    event.preventDefault();
    refuse("navigation", event.url);
  });
  contents.on("will-frame-navigate", (event) => {
    if (isOurs(event.url)) return;
    event.preventDefault();
    refuse("frame-navigation", event.url);
  });
  contents.on("will-redirect", (event) => {
    event.preventDefault();
    refuse("redirect", event.url);
  });
  contents.on("will-attach-webview", (event) => {
    event.preventDefault();
    refuse("webview", contents.getURL());
  });
}
