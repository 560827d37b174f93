// Desktop notifications. When to tell is decided by the engine; here is only how. The window's inbox has every notice as well, because no
// system promises to deliver (UX-21).
import { Notification } from "electron";
import type { Notice } from "../src-core/contract/api.ts";
import type { Log } from "../src-core/engine/ports.ts";

/** Old systems cut longer texts in odd places (UX-23). */
const longest = 199;

export interface NotifierParts {
  readonly log: Log;
  /** A click: open the window, at the node the notice is about. */
  readonly onClick: (notice: Pick<Notice, "node">) => void;
  readonly isWindowFocused: () => boolean;
  /** The system refused one: unsigned apps on macOS, a missing daemon on Linux (P-09). `undefined`: one was shown again. */
  readonly onTrouble: (because: string | undefined) => void;
}

/** Shows notices until nobody calls it any more. */
export class Notifier {
  readonly #parts: NotifierParts;
  /** A notification that is not referenced loses its click. */
  readonly #shown = new Set<Notification>();

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  tell(notice: Pick<Notice, "kind" | "title" | "body" | "urgent" | "node">): void {
    // Somebody who looks at the window has seen the load finish.
    if (notice.kind === "load-finished" && this.#parts.isWindowFocused()) return;
    this.#show(notice.title, notice.body, notice.urgent, () => this.#parts.onClick(notice));
  }

  /** Something about the app itself: a person who used the tray has no window to read it in. A click opens the window. */
  say(title: string, body: string): void {
    this.#show(title, body, false, () => this.#parts.onClick({}));
  }

  #show(title: string, body: string, urgent: boolean, onClick: () => void): void {
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body: shortened(body), silent: !urgent, urgency: urgent ? "critical" : "normal" });
    this.#shown.add(notification);
    notification.on("click", () => {
      this.#shown.delete(notification);
      onClick();
    });
    notification.on("close", () => this.#shown.delete(notification));
    notification.on("show", () => this.#parts.onTrouble(undefined));
    notification.on("failed", (_event, error) => {
      this.#shown.delete(notification);
      this.#parts.log.warn({ error }, "The system did not show a notification; the window has it.");
      this.#parts.onTrouble(error);
    });
    notification.show();
  }
}

function shortened(body: string): string {
  return body.length > longest ? `${body.slice(0, longest - 1)}…` : body;
}
