// The page of nodes: its head, and of each node's panel everything but its memory and models (`node-models.ts`).
import { age, countdown, figure } from "../../format.ts";
import { count } from "./count.ts";

/** What the head of the page counts. Who waits is counted also for a model that no node lists. */
interface Tally {
  readonly up: number;
  readonly nodes: number;
  readonly loaded: number;
  readonly loading: number;
  readonly waiting: number;
}

/** In the words the tray uses: "3 of 4 nodes up, 2 models loaded". */
function summary({ up, nodes: all, loaded, loading, waiting }: Tally): string {
  return [
    `${figure(up)} of ${count(all, "node")} up`,
    `${count(loaded, "model")} loaded`,
    ...(loading > 0 ? [`${figure(loading)} loading`] : []),
    ...(waiting > 0 ? [`${count(waiting, "request")} queued`] : []),
  ].join(", ");
}

/** The lines under a node's state: why little or nothing is sent there. */
const lines = {
  nextTry: (until: number, now: number) => `Next try in ${countdown(until, now)}`,
  nextIsTest: "The next request is the test.",
  unhealthy: "Unhealthy",
  degraded: "Degraded",
  failures: (failures: number) => `${count(failures, "failure")} in a row; one success heals it.`,
  demoted: "Demoted",
  demotedSays: (ranks: number) =>
    `By ${count(ranks, "rank")}: slower than the others lately, or failing more often. It is tried after those that are not.`,
  lent: "Memory lent",
  lentSays: (running: number, until: number | null, now: number) => {
    const takes = running === 0 ? "Takes no requests" : `Takes no new requests; ${figure(running)} still running,`;
    return `${takes} ${until === null ? "until you take it back." : `for ${countdown(until, now)} more.`}`;
  },
  takeBackLabel: (node: string) => `Take ${node} back`,
  quiet: "Quiet hours",
  quietSays: "Nothing new goes there for {time}.",
  pressure: "Out of memory lately",
  pressureSays: "{says} No load goes there for {time} more.",
  drained: "Drained",
  drainedSays: (running: number) => (running === 0 ? "Takes no new requests." : `Takes no new requests; ${figure(running)} still running.`),
  stillDrained: (node: string) => `${node} is still drained`,
  endDrainingLabel: (node: string) => `End draining ${node}`,
} as const;

/** What can be done with a node, and how it went. */
const acts = {
  menuLabel: (node: string) => `More for ${node}`,
  tryNow: "Try now",
  tryNowLabel: (node: string) => `Try now: ${node}`,
  notTried: (node: string) => `${node} was not tried`,
  stopSending: "Stop sending for a while",
  stillSent: (node: string) => `${node} still gets requests`,
  wake: "Wake it",
  didNotWake: (node: string) => `${node} did not wake`,
  awake: (node: string) => `${node} is awake`,
  lendMinutes: "Free its memory for 15 minutes",
  lendHour: "Free its memory for 1 hour",
  lendOpen: "Free its memory until I say so",
  notLent: (node: string) => `${node} was not freed`,
  nowLent: (node: string) => `${node} takes nothing new`,
  takeBack: "Take it back",
  stillLent: (node: string) => `${node} is still lent`,
  edit: "Edit node…",
  drain: "Drain",
  endDraining: "End draining",
  enable: "Enable",
  disable: "Disable",
  notChanged: (node: string) => `${node} was not changed`,
  remove: "Remove…",
  removeTitle: (node: string) => `Remove ${node}?`,
  removeText: (url: string) =>
    `Homeport forgets this node and sends nothing there any more. The server at ${url} and its models are not touched; you can add it again at any time.`,
  removeButton: "Remove",
  notRemoved: (node: string) => `${node} was not removed`,
  removed: (node: string) => `${node} removed`,
} as const;

export const nodes = {
  title: "Nodes",
  summary,
  searchLabel: "Find a node or model",
  addButton: "Add node",
  noMatchTitle: (search: string) => `No node or model matches “${search}”`,
  clearSearch: "Clear the search",
  simulated: "simulated",
  inCloud: { badge: "cloud", title: "Not in the house: what is asked leaves it" },
  latencyTitle: "Time of the last check, there and back",
  lastSeen: (at: number | undefined, now: number) => `last seen ${age(at, now)}`,
  lastSeenTitle: "The models shown are what this node said then",
  lines,
  acts,
} as const;
