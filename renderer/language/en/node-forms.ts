// Adding a node and editing one: the fields of both, and what the dialogs around them say.
import type { NodeKind } from "../../../src-core/contract/node-kinds.ts";
import { plural } from "../../format.ts";
import { count } from "./count.ts";
import { vocabulary } from "./vocabulary.ts";

const list = (parts: readonly string[], none: string) => (parts.length === 0 ? none : parts.join(", "));

/** A list in a form: each entry by its number, and the button that adds one. */
const rows = (noun: string) => ({
  label: (position: number) => `${noun} ${position}`,
  removeLabel: (position: number) => `Remove ${noun} ${position}`,
  addButton: `Add ${noun}`,
});

/** What adding and editing share. */
const fields = {
  address: "Address",
  name: "Name",
  kind: "Kind",
  place: "Place",
  placeFound: "found from the address",
  slots: "Requests at once per model",
  slotsHint: "Empty: learned from the node.",
} as const;

/** Where a node's key is found, and the key store. */
const key = {
  label: "Key",
  hint: "The name of an environment variable, or the path of a file that only you can read. Homeport's settings never hold the key itself.",
  keepLabel: "Or keep a key on this computer",
  keepHint: "Sealed by the system. It cannot be shown again.",
  keepButton: "Keep",
  kept: "Key kept by this computer",
} as const;

const add = {
  title: "Add a node",
  addressHint: "A server that runs models: Ollama, llama-server, or anything that speaks the OpenAI API.",
  memory: "Graphics memory in GB",
  memoryHint: "No server tells its total. One figure per device: 24, 24",
  memoryUnread: "Give the memory in gigabytes, one figure per device, like 24 or 24, 24.",
  more: "More",
  findButton: "Find on my network",
  checkButton: "Check address",
  checking: "Asking it…",
  addButton: "Add node",
  added: (node: string) => `${node} added`,
  noAnswer: "No answer",
  noAnswerSays: (because: string) => `${because} You can add it all the same; it is used as soon as it answers.`,
  unknownSays: "Something answers there, but not like a model server Homeport knows. If you are sure, say below what it is.",
  found: (kind: NodeKind, version: string | undefined, models: number | undefined) => {
    const server = version === undefined ? vocabulary.kinds[kind] : `${vocabulary.kinds[kind]} ${version}`;
    return `Found ${server}${models === undefined ? "" : ` with ${count(models, "model")}`}`;
  },
  knownAs: (node: string) => `This server is a node already, as “${node}”. Adding it twice sends nothing twice, but helps nobody.`,
} as const;

/** A service in the cloud, chosen by its name instead of an address. */
const service = {
  label: "Or a service in the cloud",
  none: "None",
  allowed: (service: string) => `${service}, in the cloud`,
  cloudOff: "The cloud is off",
  says: (host: string, keyVariable: string, allowed: boolean) =>
    [
      `Prompts that are sent to ${host} leave your house.`,
      ...(allowed ? [] : ["Nothing is sent there until the cloud is allowed in the settings."]),
      `Its key is looked for in ${keyVariable} unless you say otherwise below.`,
    ].join(" "),
} as const;

const edit = {
  title: (node: string) => `Edit ${node}`,
  saved: (node: string) => `${node} saved`,
  notInSettings: (node: string) => `${node} is not in the settings any more.`,
  mistakes: (fields: number) => plural(fields, { one: "One field needs another value.", other: `${fields} fields need other values.` }),
  drained: "Drained",
  drainedHint: "It takes no new requests; what runs there may end.",
  capacity: "Memory, slots and power",
  capacityHolds: (devices: number) => (devices === 0 ? "as the node tells" : count(devices, "device")),
  watts: "Watts while it answers",
  wattsHint: "From a meter or a data sheet; the energy in Usage is estimated from it. Empty: not counted.",
  devicesHint: "Total memory of each graphics device, as you know it. Few servers tell it.",
  devices: rows("device"),
  deviceMemory: "Memory in GB",
  deviceName: "Name, if you like",
  trust: "Key and certificate",
  trustHolds: (hasKey: boolean, isPinned: boolean) =>
    list([...(hasKey ? ["a key"] : []), ...(isPinned ? ["a pinned certificate"] : [])], "none"),
  fingerprint: "Pinned certificate (SHA-256)",
  fingerprintHint: (command: string) => `For a certificate the node made itself: this one is trusted, and no other. Shown by: ${command}`,
  onlyHttps: "Only an address that begins with https:// has a certificate.",
} as const;

/** When a node is woken, left in peace, and made ready. */
const hours = {
  waking: "Waking",
  wakingHolds: (isUsed: boolean) => (isUsed ? "by Wake-on-LAN" : "off"),
  wakingHint: "Asleep, it is woken for requests that no other node serves sooner. Its own settings must allow Wake-on-LAN.",
  mac: "Hardware address",
  macHint: "Of its network card. Empty: it is never woken.",
  broadcast: "Broadcast address",
  port: "Port",
  emptyMeans: (value: string) => `Empty: ${value}`,
  unicast: "Address of its own, if it is in another network",
  quiet: "Quiet hours",
  quietHolds: (spans: readonly { readonly from: string; readonly to: string }[]) =>
    list(
      spans.map(({ from, to }) => `${from} to ${to}`),
      "none",
    ),
  quietHint: "It takes no new requests, loads nothing and is not woken. An end before the beginning is on the next day.",
  spans: rows("hours"),
  from: "From",
  to: "To",
  spanDays: (position: number) => `Days of hours ${position}`,
  warm: "Ready before work",
  warmHolds: (models: number) => (models === 0 ? "none" : count(models, "model")),
  warmHint: "The model is in memory at this time: the node is woken where it sleeps, and loading begins early enough.",
  models: rows("model"),
  model: "Model",
  at: "At",
  modelDays: (position: number) => `Days of model ${position}`,
} as const;

export const nodeForms = { fields, key, add, service, edit, hours } as const;
