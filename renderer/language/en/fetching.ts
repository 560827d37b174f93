// Models on their way to nodes' disks, and off them, in English: the question which to where, what each fetch does, and the leave for both.
import { bytes, duration } from "../../format.ts";
import { count } from "./count.ts";

export const fetching = {
  title: "Fetch a model",
  name: "Name in the library",
  nameHint: "As ollama.com writes it; for others as their own library does.",
  nameWrong: "That is no model's name. Write it as its library does, such as llama3.2:3b.",
  nodes: "On these nodes",
  allNodes: (nodes: number) => `All ${count(nodes, "node")}`,
  /** How much lies there already. */
  modelsThere: (size: number) => `${bytes(size)} of models`,
  fetchButton: (nodes: number) => `Fetch to ${count(nodes, "node")}`,

  underWay: "Models being fetched",
  to: (node: string) => `to ${node}`,
  bar: (model: string, node: string) => `Fetching ${model} to ${node}`,
  again: (model: string, node: string) => `Try fetching ${model} to ${node} again`,
  dismissHint: "Dismiss",
  dismiss: (model: string, node: string) => `Dismiss: ${model} was not fetched to ${node}`,
  stopHint: "Stop",
  stop: (model: string, node: string) => `Stop fetching ${model} to ${node}`,

  beginning: "beginning",
  waiting: "waiting for other fetches to end",
  failed: "It failed.",
  part: (done: number, all: number) => `${bytes(done)} of ${bytes(all)}`,
  speed: (bytesPerSecond: number) => `${bytes(bytesPerSecond)}/s`,
  left: (ms: number) => `about ${duration(ms)} left`,

  notBegun: (model: string) => `${model} is not being fetched`,
  refused: "One node does not fetch it",
  notStopped: (model: string) => `${model} is still being fetched`,
  stopped: "Stopped",
  deleted: (model: string, node: string) => `${model} was deleted from ${node}`,
  notDeleted: (model: string) => `${model} was not deleted`,

  allow: {
    pull: {
      title: "Let this window fetch models?",
      says: "It is switched off. Once allowed, nodes can be told here to fetch models from the library they use: gigabytes over your line, onto their disks. Clients of the gateway still cannot.",
      button: "Allow fetching",
    },
    remove: {
      title: "Let this window delete models?",
      says: "It is switched off. Once allowed, a model can be deleted from a node's disk here, after a question each time.",
      button: "Allow deleting",
    },
    failed: "The setting was not changed",
  },
} as const;
