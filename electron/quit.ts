// The order in which the app ends: ask if work is running, refuse new work, drain, save, then go. The system's own shutdown, a logoff and a
// signal ask nothing and are quick (P-13, F77).
import { type App, dialog, powerMonitor } from "electron";
import type { Quitting } from "../src-core/contract/desktop.ts";
import type { Homeport } from "../src-core/homeport.ts";
import type { Settings } from "../src-core/host/settings.ts";
import type { Words } from "./language/words.ts";

const drainMs = 30_000;
const shutdownMs = 2_000;
/** How a session manager or a terminal ends a program. */
const signals = ["SIGTERM", "SIGHUP", "SIGINT"] as const;

export interface QuitParts {
  readonly app: Pick<App, "on" | "exit" | "quit">;
  readonly homeport: Pick<Homeport, "snapshot" | "stop">;
  readonly settings: Pick<Settings, "close" | "describe" | "current">;
  readonly words: Words["quit"];
  /** Running requests are being finished. */
  readonly onDraining: (requests: number) => void;
  /** Everything else that must end: window, tray, demo fleet. */
  readonly release: () => Promise<void>;
}

/** Takes over the app's quitting. Returns what to call when the session ends by another word than `powerMonitor`'s. */
export function quitInOrder({ app, homeport, settings, words, onDraining, release }: QuitParts): () => void {
  let leaving = false;
  let hurried = false;
  const hurry = () => {
    hurried = true;
  };
  powerMonitor.on("shutdown", hurry);
  const onSignal = () => {
    hurry();
    app.quit();
  };
  for (const signal of signals) process.on(signal, onSignal);
  const leave = async (waitMs: number) => {
    await homeport.stop(waitMs);
    // The last moment in which an unsaved change can still be told of.
    if (!settings.close() && !hurried) {
      dialog.showErrorBox(words.notSavedTitle, words.notSaved(settings.describe));
    }
    await release();
    for (const signal of signals) process.off(signal, onSignal);
  };
  app.on("before-quit", (event) => {
    event.preventDefault();
    if (leaving) {
      // The system does not wait for answers that are being finished; what was set is kept all the same.
      if (hurried && settings.close()) app.exit(0);
      return;
    }
    const requests = running(homeport);
    const answer = hurried || requests === 0 ? "now" : chosen(settings.current().desktop.quitting, requests, words);
    if (answer === "stay") return;
    leaving = true;
    if (answer === "drain") onDraining(requests);
    const waitMs = answer === "drain" ? drainMs : hurried ? shutdownMs : 0;
    leave(waitMs).then(
      () => app.exit(0),
      () => app.exit(1),
    );
  });
  return hurry;
}

function running(homeport: Pick<Homeport, "snapshot">): number {
  const counts = Object.values(homeport.snapshot().fleet.nodes).flatMap((node) => Object.values(node.inFlight));
  return counts.reduce((sum, count) => sum + count, 0);
}

function chosen(quitting: Quitting, requests: number, words: Words["quit"]): "drain" | "now" | "stay" {
  if (quitting === "finish") return "drain";
  return quitting === "now" ? "now" : ask(requests, words);
}

function ask(requests: number, words: Words["quit"]): "drain" | "now" | "stay" {
  const pressed = dialog.showMessageBoxSync({
    type: "question",
    title: words.title,
    message: words.running(requests),
    detail: words.detail,
    buttons: [words.finish, words.now, words.stay],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  });
  return pressed === 0 ? "drain" : pressed === 1 ? "now" : "stay";
}
