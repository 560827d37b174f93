// The page of models, in English: the list over all homes, a model's homes one by one, and who has what.
import type { Residency } from "../../../src-core/contract/fleet.ts";
import { bytes, context, figure, wholeDuration } from "../../format.ts";
import { count } from "./count.ts";

const states: Readonly<Record<Residency["state"], string>> = {
  cold: "on disk",
  loading: "loading",
  warm: "in memory",
  sleeping: "sleeping",
  unloading: "unloading",
};

export const models = {
  title: "Models",
  summary: (all: number, nodes: number, inMemory: number) => `${count(all, "model")} on ${count(nodes, "node")}, ${inMemory} in memory`,
  showAs: "Show",
  list: "List",
  matrix: "Have on",
  search: "Find a model or node",
  fetchButton: "Fetch a model…",
  emptyTitle: "No models yet",
  emptyWaiting: "As soon as a node answers, its models appear here.",
  emptyNoNodes: "There are no nodes yet. {addNode}, and its models appear here.",
  addNode: "Add a node",
  nothingFound: (search: string) => `No model or node matches “${search}”`,
  clearSearch: "Clear the search",
  more: (next: number, all: number) => `Show ${next} more of ${figure(all)}`,

  arrange: {
    grouping: "Grouping",
    groupings: { none: "not grouped", family: "by family", node: "by node", capability: "by what it can do" },
    untold: { family: "Family not told", node: "On no node", capability: "Abilities not told" },
    groupSize: (all: number) => count(all, "model"),
    order: "Order",
    orders: { name: "by name", used: "last used first" },
  },

  columns: {
    model: "Model",
    inMemoryOn: "In memory on",
    on: "On",
    sizeAndContext: "Size, context",
    size: "Size",
    can: "Can",
    lastUsed: "Last used",
    load: "Load",
  },

  line: {
    nowhere: "nowhere",
    abilitiesUntold: "not told",
    context: (tokens: number) => `${context(tokens)} ctx`,
    unused: "not since the start",
    andMore: (names: string, more: number) => `${names} and ${more} more`,
    loadButton: "Load…",
    load: (model: string) => `Load ${model}…`,
    pin: (model: string) => `Pin ${model}`,
    pinHint: "Pin: show it first",
    pinnedHint: "Pinned: shown first",
    notPinned: (model: string) => `${model} was not pinned`,
    notUnpinned: (model: string) => `${model} was not unpinned`,
  },

  home: {
    states,
    service: "always ready",
    otherVersion: "another version than most",
    fetchNewest: "Fetch the newest",
    loadButton: "Load…",
    load: (model: string, node: string) => `Load ${model} on ${node}`,
    unloadButton: "Unload",
    unload: (model: string, node: string) => `Unload ${model} from ${node}`,
    notUnloaded: (model: string) => `${model} was not unloaded`,
    keep: (model: string, node: string) => `Keep ${model} loaded on ${node}`,
    keepHint: "Keep loaded",
    keptHint: "Kept loaded: no other model displaces it, and it is loaded again when it is gone",
    notKept: (model: string) => `${model} is not kept`,
    stillKept: (model: string) => `${model} is still kept`,
    deleteMenu: "Delete…",
    delete: (model: string, node: string) => `Delete ${model} from ${node}`,
    deleteTitle: (model: string, node: string) => `Delete ${model} from ${node}?`,
    deleteButton: "Delete",
    deleteFile: "Its file will be gone. To have it again it must be fetched again.",
    deleteBytes: (size: number, node: string) =>
      `${bytes(size)} on the disk of ${node} will be gone. To have it again it must be fetched again.`,
  },

  stays: {
    leaving: "leaving now",
    kept: "kept loaded by you",
    atWork: (requests: number) => `${count(requests, "request")} now`,
    sleeping: "sleeping, wakes on use",
    itsServerKeeps: "stays loaded: its server keeps it",
    unloadsIn: (ms: number) => `unloads in ${wholeDuration(ms)}`,
    overdue: "unloads any moment",
    untilRoomIsNeeded: "stays until it must make room",
    asLongAsItsServer: "stays as long as its server runs",
  },

  haveOn: {
    label: "Which node has which model",
    toMore: (nodes: number) => `to ${nodes} more`,
    fetchToMore: (model: string, nodes: number) => `Fetch ${model} to ${count(nodes, "more node")}`,
    fetch: (model: string, node: string) => `Fetch ${model} to ${node}`,
    has: (node: string) => `${node} has it`,
    inMemory: "in memory",
    anotherVersion: "another version",
    otherVersion: "other version",
    warm: "warm",
    coming: (node: string, says: string) => `${node}: ${says}`,
    failed: "failed",
    waiting: "waiting",
    noFigure: "…",
    absent: (node: string) => `not on ${node}`,
  },
} as const;
