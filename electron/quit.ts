// The order in which the app ends: ask if work is running, refuse new work, drain, save, then go. The system's own shutdown asks nothing (P-13).
import { type App, dialog, powerMonitor } from "electron";
import type { Homeport } from "../src-core/homeport.ts";
import type { Settings } from "../src-core/host/settings.ts";

const drainMs = 30_000;
const shutdownMs = 2_000;

export interface QuitParts {
  readonly app: Pick<App, "on" | "exit">;
  readonly homeport: Pick<Homeport, "snapshot" | "stop">;
  readonly settings: Pick<Settings, "close" | "describe">;
  /** Everything else that must end: window, tray, demo fleet. */
  readonly release: () => Promise<void>;
}

/** Takes over the app's quitting. */
export function quitInOrder({ app, homeport, settings, release }: QuitParts): void {
  let leaving = false;
  let hurried = false;
  powerMonitor.on("shutdown", () => {
    hurried = true;
  });
  const leave = async (waitMs: number) => {
    await homeport.stop(waitMs);
    // The last moment in which an unsaved change can still be told of.
    if (!settings.close() && !hurried) {
      dialog.showErrorBox(
        "Settings were not saved",
        `The disk refused ${settings.describe}. The last changes are lost when Homeport ends.`,
      );
    }
    await release();
  };
  app.on("before-quit", (event) => {
    event.preventDefault();
    if (leaving) return;
    const answer = hurried ? "now" : ask(running(homeport));
    if (answer === "stay") return;
    leaving = true;
    const waitMs = answer === "drain" ? drainMs : hurried ? shutdownMs : 0;
    leave(waitMs).then(
      () => app.exit(0),
      () => app.exit(1),
    );
  });
}

function running(homeport: Pick<Homeport, "snapshot">): number {
  const counts = Object.values(homeport.snapshot().fleet.nodes).flatMap((node) => Object.values(node.inFlight));
  return counts.reduce((sum, count) => sum + count, 0);
}

function ask(requests: number): "drain" | "now" | "stay" {
  if (requests === 0) return "now";
  const chosen = dialog.showMessageBoxSync({
    type: "question",
    title: "Quit Homeport?",
    message: requests === 1 ? "One request is running." : `${requests} requests are running.`,
    detail: "Clients that wait for an answer lose it if Homeport quits now.",
    buttons: ["Finish, then quit", "Quit now", "Cancel"],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  });
  return chosen === 0 ? "drain" : chosen === 1 ? "now" : "stay";
}
