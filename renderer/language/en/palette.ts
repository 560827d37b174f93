// The palette and the list of keys. A command is found by the letters of its label, so labels say what a person would type.
import { count } from "./count.ts";

/** A label each; what it is about stands in it, since it is all that is searched. */
const commands = {
  openPage: (page: string) => `Open ${page}`,
  copyAddress: "Copy the gateway address",
  editRouting: "Edit routing",
  pauseQuarterHour: "Pause routing for 15 minutes",
  pauseHour: "Pause routing for 1 hour",
  pauseOpen: "Pause routing until resumed",
  resume: "Resume routing",
  showKeys: "Show all keys",
  goTo: (node: string) => `Go to ${node}`,
  showLog: (node: string) => `Show the log of ${node}`,
  wake: (node: string) => `Wake ${node}`,
  tryNow: (node: string) => `Try ${node} now`,
  drain: (node: string) => `Drain ${node}`,
  undrain: (node: string) => `End draining ${node}`,
  load: (model: string, node: string) => `Load ${model} on ${node}`,
  unload: (model: string, node: string) => `Unload ${model} from ${node}`,
  inUse: "in use",
} as const;

/** What a command did, or did not do. */
const done = {
  copied: (text: string) => `Copied: ${text}`,
  copyByHand: (text: string) => `It is not allowed here. Select it by hand: ${text}`,
  paused: "Routing paused",
  loading: (model: string, node: string) => `Loading ${model} on ${node}`,
  loadFailed: (model: string, node: string) => `${model} was not loaded on ${node}`,
  loadAnyway: "Load anyway",
  unloading: (model: string, node: string) => `Unloading ${model} from ${node}`,
  unloadFailed: (model: string) => `${model} was not unloaded`,
  awake: (node: string) => `${node} is awake`,
  wakeFailed: (node: string) => `${node} did not wake`,
  drained: (node: string) => `${node} takes no new requests`,
  undrained: (node: string) => `${node} takes requests again`,
  drainFailed: (node: string) => `${node} was not changed`,
  tryFailed: (node: string) => `${node} was not tried`,
} as const;

/** Asked before an unload that cuts requests short. */
const unload = {
  title: (model: string) => `Unload ${model}?`,
  button: "Unload",
  cutsShort: (requests: number, node: string) =>
    `${count(requests, "request")} ${requests === 1 ? "is" : "are"} using it on ${node} right now and may be cut short.`,
} as const;

const keys = {
  title: "Keys",
  find: "Find a command, a node or a model",
  search: "Search this page",
  close: "Close what lies on top, or empty the search",
  move: "Move in lists, menus and the requests",
  choose: "Choose, or open the details",
  next: "Go to the next control",
  undo: "Take back a change while editing the routing; with Shift, bring it again",
  save: "Save the routing that is edited",
  moveEntry: "Move an entry of a list that is edited",
  show: "Show these keys",
  /** As the keyboard names them. */
  names: { escape: "Esc", enter: "Enter", tab: "Tab", alternate: "Alt" },
} as const;

export const palette = {
  title: "Commands",
  placeholder: "Find a command, a node or a model",
  nothingFound: (typed: string) => `Nothing here is called “${typed}”.`,
  commands,
  done,
  unload,
  keys,
} as const;
