// Finding servers in the network: where to look, how far a search has come, and what it found.
import type { FindSource, OwnSubnet, SourceProgress } from "../../../src-core/contract/finding.ts";
import { figure } from "../../format.ts";
import { count } from "./count.ts";

const sources: Readonly<Record<FindSource, string>> = {
  "this-computer": "This computer",
  mdns: "Announcements",
  tailscale: "Tailscale",
  subnet: "A network",
  workers: "Workers on NATS",
};

const sourceHints: Readonly<Record<FindSource, string>> = {
  "this-computer": "The usual ports of model servers on this computer.",
  mdns: "Listens four seconds to who announces itself by multicast DNS. Few model servers do; Ollama does not.",
  tailscale: "The usual ports of your tailnet's machines that are online, as the tailscale command lists them.",
  subnet: "The usual ports of every address, about seven seconds for 254 of them. At most /22.",
  workers: "Homeport's workers at the NATS server of your settings.",
};

export const finding = {
  title: "Find on my network",
  promise: "Servers are only asked what they are. Nothing is loaded, no key is sent, and nothing is added without your click.",
  byAddressButton: "Add by address",
  lookButton: "Look",
  lookAgainButton: "Look again",
  cancelButton: "Cancel the search",
  cancelFailed: "The search was not cancelled",
  places: "Where to look",
  sources,
  sourceHints,
  network: "Network",
  noOwnNetwork: "This computer is in no private network. Give one that it can reach.",
  ownNetworks: (networks: readonly OwnSubnet[]) =>
    `This computer is in ${networks.map(({ cidr, interface: name }) => `${cidr} (${name})`).join(", ")}.`,
  looking: (source: string) => `Looking: ${source}`,
  progress: progressSays,
  results: "What was found",
  servers: "Found servers",
  foundSoFar: (servers: number) => `${count(servers, "server")} found so far`,
  found: (servers: number) => `${count(servers, "server")} found`,
  foundCancelled: (servers: number) => `Cancelled, ${count(servers, "server")} found`,
  nothingHint: "A server that listens only on its own computer is found by nobody else: Ollama needs OLLAMA_HOST=0.0.0.0 there.",
  server: {
    name: (kind: string, host: string) => `${kind} on ${host}`,
    thisComputer: "this computer",
    models: (models: number) => count(models, "model"),
    unlocked: "open to your network",
    unlockedHint: "It answers without a key, so anyone in your network can use it.",
    addButton: "Add",
    addLabel: (name: string) => `Add ${name}`,
    addFailed: (name: string) => `${name} was not added`,
    added: "Added",
    addedLabel: (name: string) => `Added: ${name}`,
    addDone: (name: string) => `${name} added`,
  },
} as const;

/** "1,204 of 4,064 ports asked", and what a person should know of its end. */
function progressSays({ source, state, asked, of, says }: SourceProgress): string {
  if (says !== undefined) return says;
  const asks = of === undefined ? "" : `${figure(asked)} of ${count(of, "port")} asked`;
  if (state === "running") return of === undefined ? (source === "mdns" ? "Listening" : "Asking") : asks;
  if (state === "cancelled") return asks === "" ? "Cancelled" : `Cancelled: ${asks}`;
  return of === undefined ? "Done" : `${count(of, "port")} asked`;
}
