// What stands around the pages: header, standing messages, inbox, toasts, dialogs, and the first screen of somebody without nodes.
import { figure } from "../../format.ts";
import { count } from "./count.ts";

/** The pages, by the name in their address. */
const pages = {
  nodes: "Nodes",
  models: "Models",
  activity: "Activity",
  routing: "Routing",
  usage: "Usage",
  connect: "Connect",
  settings: "Settings",
} as const;

/** As the keyboard names them. */
const keyNames = { control: "Ctrl", command: "Cmd" } as const;

/** The line to the engine, where the page would be and in a banner over it. */
const line = {
  connecting: "Connecting to Homeport",
  silentTitle: "Homeport is not answering",
  silentSays: "It may still be starting, or it was stopped. This window connects by itself as soon as it answers.",
  refusedTitle: "This window needs a new key",
  callSilent: "Homeport is not answering. It may have been stopped; start it again and this window reconnects by itself.",
  callRefused:
    "This window's key is not valid any more: Homeport makes a new one at every start. Open the address it printed when it started last.",
} as const;

const header = {
  brand: "Homeport",
  pages: "Pages",
  /** Heard behind the figure of requests under way. */
  running: " running",
  gateway: "Gateway",
  gatewayAddress: "gateway address",
} as const;

const pausing = {
  button: "Pause routing",
  quarterHour: "Pause for 15 minutes",
  hour: "Pause for 1 hour",
  open: "Pause until resumed",
  failed: "Routing was not paused",
  resumeButton: "Resume routing",
  resumed: "Routing resumed",
  resumeFailed: "Routing is still paused",
} as const;

const banners = {
  title: "Standing messages",
  demoTitle: "Demo: simulated nodes.",
  demoSays: "The nodes marked “simulated” are part of Homeport and answer with made-up text.",
  refusedTitle: "This window needs a new key.",
  silentTitle: "Homeport is not answering.",
  silentSays: "What you see is from {age}. This window reconnects by itself.",
  retryNatsFailed: "NATS was not tried again",
  captureTitle: "Requests are being captured.",
  captureStopButton: "Stop and forget",
  captureStopped: "Captured requests are forgotten",
  captureStopFailed: "Capture was not stopped",
  captureSays: "Kept in memory {left}: {what}. {soFar}",
  captureSoFar: (requests: number) => `${count(requests, "request")} so far.`,
  pausedTitle: "Routing is paused.",
  pausedResumeButton: "Resume now",
  pausedOpen: "New requests are answered with 503 until you resume.",
  pausedFor: "New requests are answered with 503 {left}.",
  /** `left`: as a clock shows it. */
  left: (left: string) => `for another ${left}`,
} as const;

const inbox = {
  title: "Inbox",
  emptyLabel: "Inbox, empty",
  unreadLabel: (notices: number) => `Inbox, ${figure(notices)} unread`,
  empty: "Nothing new. Breakers that trip and loads that fail or took long are listed here.",
  clearButton: "Mark all as read",
  clearFailed: "The inbox was not cleared",
} as const;

const toasts = { news: "Messages", errors: "Errors", dismiss: (title: string) => `Dismiss: ${title}` } as const;

/** `what`: "gateway address". */
const copying = {
  button: (what: string) => `Copy ${what}`,
  failed: (what: string) => `The ${what} was not copied`,
  byHand: (text: string) => `Your browser does not allow it here. Select it by hand: ${text}`,
} as const;

const noNodes = {
  title: "No nodes yet",
  says: "A node is a server that runs models: on this computer or anywhere in your network. Homeport puts them all behind one address.",
  scanButton: "Scan this computer",
  scanning: "Looking…",
  scanFailed: "This computer was not scanned",
  scanEmpty: "No model server answers on the usual ports of this computer. Start one, or add one by its address.",
  findButton: "Find on my network",
  addButton: "Add by address",
  startTitle: "No server running yet?",
  /** Ways to start a server, each beside its command. */
  starts: { ollama: "Ollama", oneModel: "llama-server, one model", allModels: "llama-server, all your models" },
  startCommand: (start: string) => `command for ${start}`,
} as const;

export const frame = {
  windowTitle: (page: string) => `${page} · Homeport`,
  skip: "Skip to content",
  pages,
  keyNames,
  line,
  header,
  pausing,
  banners,
  inbox,
  toasts,
  copying,
  noNodes,
} as const;
