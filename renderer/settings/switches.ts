// The switches of the settings in a person's words, section by section: what each does, and which part of the configuration it changes.
import type { Config } from "../../src-core/contract/config.ts";
import type { NotificationSwitches } from "../../src-core/contract/notification-switches.ts";
import type { Switch } from "../parts/settings/SwitchesSection.tsx";

const advertises = "Other machines see its name, port and version by multicast DNS.";

/** `loopback`: it listens on this computer only. */
export function discoverySwitches({ discovery }: Config, loopback: boolean): readonly Switch[] {
  return [
    {
      label: "Look for model servers on this computer",
      name: "Discovery",
      checked: discovery.enabled,
      change: (enabled) => ({ discovery: { ...discovery, enabled } }),
    },
    {
      label: "Announce this gateway to the network",
      hint: loopback ? `${advertises} It listens on this computer only now, so nothing is announced.` : advertises,
      name: "Announcing",
      checked: discovery.advertise,
      change: (advertise) => ({ discovery: { ...discovery, advertise } }),
    },
  ];
}

export function modelFileSwitches({ modelFiles }: Config): readonly Switch[] {
  return [
    {
      label: "This window may have nodes fetch models",
      hint: "A fetch fills the node's disk and its line; what is fetched comes from that node's own library.",
      name: "Fetching",
      checked: modelFiles.pull,
      change: (pull) => ({ modelFiles: { ...modelFiles, pull } }),
    },
    {
      label: "This window may delete models from nodes",
      hint: "Never while a model is in use, and never without a question.",
      name: "Deleting",
      checked: modelFiles.remove,
      change: (remove) => ({ modelFiles: { ...modelFiles, remove } }),
    },
  ];
}

export function cloudSwitches({ cloud }: Config): readonly Switch[] {
  return [
    {
      label: "Prompts may be sent to nodes in the cloud",
      hint: "A profile, a client's key or a request can still keep its prompts at home.",
      name: "The cloud",
      checked: cloud.allowed,
      change: (allowed) => ({ cloud: { ...cloud, allowed } }),
    },
  ];
}

export function waitingSwitches({ loads }: Config): readonly Switch[] {
  return [
    {
      label: "Tell chats in words how far a load is",
      hint: "As the model's thinking, in chats that wait. An app may keep these words and send them back to the model.",
      name: "Words while loading",
      checked: loads.tellInReasoning,
      change: (tellInReasoning) => ({ loads: { ...loads, tellInReasoning } }),
    },
  ];
}

export function imageSwitches({ images }: Config): readonly Switch[] {
  return [
    {
      label: "Fetch pictures that apps name by an address",
      hint: "For nodes that take only the picture itself. The server at that address sees a request from this computer.",
      name: "Fetching pictures",
      checked: images.fetch,
      change: (fetch) => ({ images: { ...images, fetch } }),
    },
    {
      label: "Also from this computer and your network",
      hint: "Off: an app cannot use Homeport to read what only your house may see.",
      name: "Pictures from your network",
      checked: images.fetchPrivate,
      change: (fetchPrivate) => ({ images: { ...images, fetchPrivate } }),
    },
  ];
}

export function windowSwitches({ desktop }: Config): readonly Switch[] {
  return [
    {
      label: "Keep running in the tray when the window is closed",
      hint: "Off: closing the window quits.",
      name: "Close to tray",
      checked: desktop.closeToTray,
      change: (closeToTray) => ({ desktop: { ...desktop, closeToTray } }),
    },
    {
      label: "Minimising hides the window too",
      name: "Minimise to tray",
      checked: desktop.minimizeToTray,
      change: (minimizeToTray) => ({ desktop: { ...desktop, minimizeToTray } }),
    },
    {
      label: "Start when you log in",
      hint: "Without a window; the tray shows that it runs.",
      name: "Start at login",
      checked: desktop.openAtLogin,
      change: (openAtLogin) => ({ desktop: { ...desktop, openAtLogin } }),
    },
    {
      label: "Start without a window",
      name: "Start hidden",
      checked: desktop.startHidden,
      change: (startHidden) => ({ desktop: { ...desktop, startHidden } }),
    },
  ];
}

const news: readonly { readonly key: keyof NotificationSwitches; readonly label: string; readonly hint: string }[] = [
  {
    key: "breaker",
    label: "A node stops or starts getting requests",
    hint: "At most once in ten minutes for one node; many at once are told as one.",
  },
  { key: "loads", label: "A load failed, or finished after a long while", hint: "Only loads of more than 30 s." },
  { key: "fetches", label: "A model was fetched, or could not be", hint: "Fetches that somebody asked for in this window." },
  { key: "budgets", label: "A budget is nearly or wholly used up", hint: "Once each in its day, week or month." },
  { key: "surprises", label: "A node does other than it says", hint: "It cuts prompts, drops models, or keeps what it unloaded." },
  { key: "homeport", label: "Homeport itself", hint: "Settings repaired or refused, another port, servers found." },
];

export function notificationSwitches({ notifications }: Config): readonly Switch[] {
  return news.map(({ key, label, hint }) => ({
    label,
    hint,
    name: `“${label}”`,
    checked: notifications[key],
    change: (on) => ({ notifications: { ...notifications, [key]: on } }),
  }));
}
