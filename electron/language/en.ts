// The desktop app in English: tray, dialogs, notifications and what the app tells about its own place on the desktop. Sentences stand whole, with their
// figures put in here, so that another language may order them otherwise.
import type { Figures, LoadedModel, Loading, ModelUse } from "./facts.ts";

const oneDigit = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const count = (many: number, one: string, more: string) => `${many} ${many === 1 ? one : more}`;

/** In whole minutes, so that the menu does not change every second. */
function minutes(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 60_000));
  if (whole === 0) return "less than a minute";
  return whole < 120 ? count(whole, "minute", "minutes") : `${Math.round(whole / 60)} hours`;
}

function figures({ well, nodes, warm }: Figures): string {
  return `${well} of ${count(nodes, "node", "nodes")}, ${count(warm, "model", "models")} loaded`;
}

function useOf(use: ModelUse): string | undefined {
  if (use === "in-use") return "in use";
  return typeof use === "object" ? `idle ${minutes(use.idleMs)}` : use;
}

function progress({ percent, from }: Loading): string {
  if (percent === undefined) return "started";
  return from === undefined ? `${percent} %` : `${percent} % (${from})`;
}

const tray = {
  tooltip: (says: string) => `Homeport — ${says}`,
  status: {
    demo: (says: string) => `Demo. ${says}`,
    paused: "Routing is paused",
    pausedFor: (ms: number) => `Routing is paused for another ${minutes(ms)}`,
    noNodes: "No nodes yet: open Homeport to add one",
    healthy: (now: Figures) => `Healthy: ${figures(now)}`,
    degraded: (now: Figures) => `Degraded: ${figures(now)}`,
    down: (now: Figures) => `No node works: ${figures(now)}`,
  },
  copyAddress: (url: string) => `Copy address (${url})`,
  models: {
    none: "No model is loaded",
    loaded: ({ model, node, bytes, use }: LoadedModel) => {
      const held = bytes === undefined ? undefined : `${oneDigit.format(bytes / 1e9)} GB`;
      return `${model} — ${[node, held, useOf(use)].filter((fact) => fact !== undefined).join(", ")}`;
    },
    unload: "Unload",
    cannotUnload: "This node cannot unload models",
    keep: "Keep loaded",
    letGo: "Stop keeping it loaded",
    unloadAll: "Unload all",
    unloadAllBut: (inUse: number) => `Unload all but ${inUse} in use`,
  },
  loads: {
    underWay: (load: Loading) => `${load.model} — ${load.node}, loading: ${progress(load)}`,
    cancel: "Cancel loading",
    cancelWithWaiters: "Cancel loading and what waits for it",
    menu: "Load",
    offer: (model: string, node: string) => `${model} — ${node}`,
    none: "Models you use or pin appear here",
  },
  capture: {
    goesOn: (ms: number) => `Requests are captured for another ${minutes(ms)}`,
    stop: "Stop and forget captured requests",
  },
  routing: { pause: "Pause routing", resume: "Resume routing", untilResumed: "Until resumed" },
  lending: {
    menu: "Free the memory of",
    untilTakenBack: "Until taken back",
    takeBack: (node: string) => `Take ${node} back`,
  },
  /** How long routing is paused or memory lent. */
  forMinutes: (wish: number) => (wish % 60 === 0 ? `For ${count(wish / 60, "hour", "hours")}` : `For ${count(wish, "minute", "minutes")}`),
  open: "Open Homeport",
  connect: "Connect an app…",
  settings: "Settings…",
  /** Ending an app is called differently on each system. */
  quit: { darwin: "Quit Homeport", win32: "Exit", other: "Quit" },
  leaving: (requests: number) => `Finishing ${count(requests, "request", "requests")}, then quitting`,
};

const quit = {
  title: "Quit Homeport?",
  running: (requests: number) => (requests === 1 ? "One request is running." : `${requests} requests are running.`),
  detail: "Clients that wait for an answer lose it if Homeport quits now.",
  finish: "Finish, then quit",
  now: "Quit now",
  stay: "Cancel",
  notSavedTitle: "Settings were not saved",
  notSaved: (where: string) => `The disk refused ${where}. The last changes are lost when Homeport ends.`,
};

const window = {
  stillRunning: "Homeport is still running",
  stillInTray: "Its gateway goes on serving. Open or quit it from the tray.",
  stillMinimised: "Its gateway goes on serving. This desktop has no tray, so the window was minimised; quit with Ctrl+Q in it.",
  strangerRefused: "Only Homeport's own window may call Homeport.",
  noRequest: "That is no request this window may make.",
};

const desktop = {
  cannotStart: "Homeport cannot start",
  couldNot: "Homeport could not do that",
  settingsRepaired: "Settings were repaired",
  sandboxOffTitle: "The window runs without its sandbox",
  sandboxOff: (command: string) =>
    "This system does not let programs make user namespaces, so the window was started without one of its protections. The .deb and .rpm packages " +
    `bring what is needed; or allow it with: ${command}`,
  noTrayTitle: "This desktop shows no tray icons",
  noTray:
    "So Homeport keeps its window: closing it minimises it. On GNOME, the extension AppIndicator adds a tray; Homeport uses it as soon as it is there.",
  noNotificationsTitle: "Notifications are not shown on this desktop",
  noNotifications: (because: string) => `The system refused one (${because}). Everything is in the inbox of this window all the same.`,
};

const login = {
  title: "Start at login",
  /** Of the entry that starts the app, as desktops show it. One line. */
  comment: "One localhost port for every model in your home",
  notWritten: (because: string) => `Homeport will not start when you log in: the entry could not be written (${because}).`,
  notRemoved: (because: string) => `Homeport may still start when you log in: the entry could not be removed (${because}).`,
};

export const english = { tray, quit, window, desktop, login };
