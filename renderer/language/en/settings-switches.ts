// The switches of the settings: each with what it does, and the name by which it is told once it was turned.
import type { NotificationSwitches } from "../../../src-core/contract/notification-switches.ts";

const advertising = "Other machines see its name, port and version by multicast DNS.";

const news: Readonly<Record<keyof NotificationSwitches, { readonly label: string; readonly hint: string }>> = {
  breaker: {
    label: "A node stops or starts getting requests",
    hint: "At most once in ten minutes for one node; many at once are told as one.",
  },
  loads: { label: "A load failed, or finished after a long while", hint: "Only loads of more than 30 s." },
  fetches: { label: "A model was fetched, or could not be", hint: "Fetches that somebody asked for in this window." },
  budgets: { label: "A budget is nearly or wholly used up", hint: "Once each in its day, week or month." },
  surprises: { label: "A node does other than it says", hint: "It cuts prompts, drops models, or keeps what it unloaded." },
  homeport: { label: "Homeport itself", hint: "Settings repaired or refused, another port, servers found." },
};

export const switches = {
  turned: (name: string, on: boolean) => `${name} turned ${on ? "on" : "off"}`,
  discovery: {
    title: "Discovery",
    about: "At its first start Homeport looks at the usual ports of this computer. Your network is searched only when you ask for it.",
    enabled: { label: "Look for model servers on this computer", name: "Discovery" },
    advertise: { label: "Announce this gateway to the network", hint: advertising, name: "Announcing" },
    advertiseInVain: `${advertising} It listens on this computer only now, so nothing is announced.`,
  },
  modelFiles: {
    title: "Model files",
    about: "What is on a node's disk is for good, so both are off until you turn them on.",
    pull: {
      label: "This window may have nodes fetch models",
      hint: "A fetch fills the node's disk and its line; what is fetched comes from that node's own library.",
      name: "Fetching",
    },
    remove: {
      label: "This window may delete models from nodes",
      hint: "Never while a model is in use, and never without a question.",
      name: "Deleting",
    },
  },
  cloud: {
    title: "Cloud",
    about: "Nodes outside your house. While this is off, they are listed and get nothing.",
    allowed: {
      label: "Prompts may be sent to nodes in the cloud",
      hint: "A profile, a client's key or a request can still keep its prompts at home.",
      name: "The cloud",
    },
  },
  loads: {
    title: "While a model loads",
    about: "Whoever waits hears a sign of life each five seconds, which no app shows.",
    tellInReasoning: {
      label: "Tell chats in words how far a load is",
      hint: "As the model's thinking, in chats that wait. An app may keep these words and send them back to the model.",
      name: "Words while loading",
    },
  },
  images: {
    title: "Pictures",
    about: "Some nodes take no addresses, only the picture itself.",
    fetch: {
      label: "Fetch pictures that apps name by an address",
      hint: "For nodes that take only the picture itself. The server at that address sees a request from this computer.",
      name: "Fetching pictures",
    },
    fetchPrivate: {
      label: "Also from this computer and your network",
      hint: "Off: an app cannot use Homeport to read what only your house may see.",
      name: "Pictures from your network",
    },
  },
  window: {
    title: "Window",
    about: "Closing, quitting and logging in are three things.",
    closeToTray: {
      label: "Keep running in the tray when the window is closed",
      hint: "Off: closing the window quits.",
      name: "Close to tray",
    },
    minimizeToTray: { label: "Minimising hides the window too", name: "Minimise to tray" },
    openAtLogin: { label: "Start when you log in", hint: "Without a window; the tray shows that it runs.", name: "Start at login" },
    startHidden: { label: "Start without a window", name: "Start hidden" },
  },
  notifications: {
    title: "Notifications",
    about: "Rare, and each kind can be turned off. Everything lands in the inbox as well.",
    news,
    newsName: (label: string) => `“${label}”`,
  },
} as const;
