// The Connect page in English: the address, the key, the test, and what to do where the app runs somewhere else. The apps have a file of their own.
import { duration, latency } from "../../format.ts";
import { connectApps } from "./connect-apps.ts";
import { common } from "./everywhere.ts";

const page = {
  title: "Connect",
  about: "Point an app at this address and it can use every model of the house.",
  find: "Find an app",
  facts: "What apps need to know",
  /** The address of each dialect. */
  openai: "OpenAI",
  anthropicAndOllama: "Anthropic, Ollama",
  addressFor: (dialects: string) => `address for ${dialects}`,
  key: "Key",
  apps: "Apps",
  noSuchApp: (search: string) => `No app here is called “${search}”. Whatever it is, it can be set up like any other app.`,
  showOther: "Show any other app",
  elsewhere: "When the app runs somewhere else",
} as const;

/** The model that stands in the examples. */
const model = {
  label: "Model in the examples and tests",
  hint: "Apps can ask for any name of the Models page. A test loads nothing without asking you.",
  groups: { warm: "In memory now", cold: "Loaded when asked for", cloud: "In the cloud" },
  none: "No node tells of a model yet. The address works already; {addNode} and its models can be used.",
  addNode: "add a node",
} as const;

/** Where the gateway's key is found: the sentence that goes with every app. */
const key = {
  open: "No key is asked for: any text does where an app wants one.",
  /** `place`: the sentence that tells where it is. */
  asked: (place: string) => `The gateway asks for a key. ${place} Homeport never shows it.`,
  inVariable: (name: string) => `It is kept in the environment variable ${name}, which your shell needs too.`,
  inFile: (path: string) => `It is kept in ${path}.`,
  inStore: (name: string) => `It is kept in "${name}" in the key store.`,
  inSettings: "The settings name the key.",
  ofEachApp: (clients: readonly string[]) => `Each app has a key of its own: ${common.list(clients)}.`,
} as const;

/** A request of one token, as the app would send it. */
const test = {
  button: "Test",
  running: "Testing…",
  /** Read out after the button's word. */
  as: (app: string) => `as ${app}`,
  underWay: "A request of a few words is on its way through the gateway.",
  loadAndTest: "Load it and test",
  sendAndTest: "Send it and test",
  failed: "The gateway was not tested",
  headers: "What the answer told about itself",
  answered: "It works",
  /** Times are measured; `coldLoadMs` undefined: it was in memory. */
  answeredSays: (name: string, node: string | undefined, firstByteMs: number, totalMs: number, coldLoadMs: number | undefined) => {
    const who = node === undefined ? name : `${name} on ${node}`;
    const loaded = coldLoadMs === undefined ? "It was in memory already." : `It was loaded first, which took ${duration(coldLoadMs)}.`;
    return `${who} answered: first byte after ${latency(firstByteMs)}, all of it after ${latency(totalMs)}. ${loaded}`;
  },
  refused: (status: number | undefined) => (status === undefined ? "No answer" : `Refused (${status})`),
  notInMemory: "Not in memory",
  inCloud: "In the cloud",
  nothingToAsk: "Nothing to ask",
} as const;

/** Where 127.0.0.1 does not lead here. */
const places = {
  container: "In a container (Docker, Podman)",
  containerAddress: (address: string) =>
    `There 127.0.0.1 is the container itself. Use ${address}, and name host.docker.internal under Callers in the settings.`,
  /** The gateway listens for this computer alone. */
  containerNear:
    "Docker Desktop leads that name here. On Linux the container needs --network=host with 127.0.0.1, or a gateway that listens wider.",
  containerWide: "On Linux, start the container with --add-host=host.docker.internal:host-gateway.",
  wsl: "In WSL",
  wslMirrored: "With WSL's mirrored network, 127.0.0.1 leads here and nothing is to do.",
  wslNear: "Otherwise WSL needs the address of Windows, and a gateway that listens wider.",
  wslWide: "Otherwise use the address of Windows as WSL sees it, and name it under Callers in the settings.",
  computer: "On another computer",
  computerNear: "The gateway listens for this computer alone, so it has to listen wider first.",
  computerWide: (port: string) => `Use this computer's address with port ${port}, and name that address under Callers in the settings.`,
  computerTunnel: (command: string) => `A tunnel needs no change here: start ${command} there, to this computer, and use 127.0.0.1.`,
  browser: "In a web page or a browser extension",
  browserOrigins: "Browsers tell where a page comes from, and Homeport answers only pages that are named under Callers in the settings.",
  browserExtensions: "Extensions are named the same way: chrome-extension:// and the extension's id.",
  /** How a gateway comes to listen beyond this computer, and what that means. */
  wider:
    "To listen wider, set gateway.host to 0.0.0.0 in the settings. Homeport then insists on a key, because every computer of the network can knock.",
  settings: "Open the settings",
} as const;

export const connect = { page, model, key, test, places, ...connectApps } as const;
