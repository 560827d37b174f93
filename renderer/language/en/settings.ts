// The settings, section by section. Switches, figures, the doctor, keys and the document have files of their own, which come together here.
import type { Config } from "../../../src-core/contract/config.ts";
import type { Quitting } from "../../../src-core/contract/desktop.ts";
import { figure } from "../../format.ts";
import { count } from "./count.ts";
import { doctor } from "./settings-doctor.ts";
import { effective, exchange, importing, resetting } from "./settings-document.ts";
import { figures } from "./settings-figures.ts";
import { keys } from "./settings-keys.ts";
import { switches } from "./settings-switches.ts";

const page = {
  title: "Settings",
  unread: "Settings were not read",
  reading: "Reading the settings…",
  from: (source: string) => `From ${source}.`,
  readOnly: "These settings cannot be changed here; edit the file they come from.",
  groups: {
    general: "General",
    network: "Network",
    nodes: "Nodes",
    routing: "Routing",
    privacy: "Privacy",
    notifications: "Notifications",
    keys: "Keys",
    advanced: "Advanced",
  },
} as const;

const themes: Readonly<Record<Config["desktop"]["theme"], string>> = { system: "As the system", light: "Light", dark: "Dark" };

const appearance = {
  title: "Appearance",
  about: "Colours of this window.",
  theme: "Theme",
  themes,
  saved: "Theme saved",
} as const;

const quittingChoices: Readonly<Record<Quitting, string>> = {
  ask: "ask me",
  finish: "finish them, then quit",
  now: "quit at once; they fail",
};

const quitting = {
  title: "Quitting",
  about: "Closing the window and quitting are two things; Quit is in the tray menu. Shutting down the computer never asks.",
  choice: "While requests run",
  choices: quittingChoices,
  saved: "Quitting saved",
} as const;

const gateway = {
  title: "Gateway",
  about: "The one address your clients use.",
  openaiClients: "OpenAI clients",
  openaiAddress: "address for OpenAI clients",
  ollamaClients: "Ollama clients",
  ollamaAddress: "address for Ollama clients",
  reachable: "Reachable from",
  reachableHere: "this computer only",
  reachableFurther: "other machines too",
  key: "Key",
  keyRequired: "required; clients send it as Bearer",
  keyFree: "none; any text is accepted",
  portTaken: (wanted: number, port: number) => `Port ${wanted} was taken by another program, so Homeport listens on ${port}.`,
  port: "Port",
  portHint: "4663 spells HOME. 0 takes any free port.",
  saveButton: "Save port",
  saved: "Gateway port saved",
} as const;

const callers = {
  title: "Callers",
  about: "Programs on this computer may call. Other names and pages are refused unless they stand here.",
  allowedHosts: { label: "Further names of this gateway", hint: "As apps write them in their address: home.lan, 192.168.1.10" },
  allowedOrigins: { label: "Pages that may call it", hint: "Pages in a browser, or extensions: http://localhost:3000" },
  saveButton: "Save callers",
  saved: "Callers saved",
} as const;

const houses = {
  title: "Workers and gateways",
  about: "Workers found over NATS, and gateways that share loads and budgets. Change them in the settings document, under Advanced.",
  workers: "Workers on NATS",
  noWorkers: "none are looked for",
  gateways: "Other gateways",
  noGateways: "none; this one decides alone",
  group: "group “{name}” at {address}",
  credentials: "Its credentials",
} as const;

const nodes = {
  title: "Nodes",
  about: "The servers that run your models. A disabled node keeps its settings and gets no requests.",
  name: "Name",
  kind: "Kind",
  address: "Address",
  state: "State",
  actions: "Actions",
  simulated: "simulated",
  addButton: "Add node",
} as const;

const capture = {
  title: "Capture requests",
  about: (minutes: number) =>
    `To see what an app really sends and gets. It is off until you switch it on, and ends by itself after ${minutes} minutes.`,
  kept: (requests: number) =>
    `At most ${requests} requests with their answers, in memory only and with keys hidden: never on disk, in the log or in an export, and never \
sent anywhere. When it ends, when you stop it and when Homeport quits, they are gone.`,
  app: "Of which app",
  keylessApps: "Apps without a key of their own",
  startButton: (minutes: number) => `Capture for ${minutes} minutes`,
  startFailed: "Nothing is captured",
  running: "Capturing {what}: {requests} so far, ends in {left}. Open a request in {activity} to read it.",
  requests: (requests: number) => count(requests, "request"),
  activity: "Activity",
  stopButton: "Stop and forget",
  stopFailed: "Capture was not stopped",
  stopped: "Captured requests are forgotten",
  prolongButton: (minutes: number) => `Restart the ${minutes} minutes`,
  prolongFailed: "The time was not prolonged",
} as const;

const kept = {
  title: "What is kept",
  about: "On this computer only. Homeport sends nothing to anybody but your nodes and the servers you name.",
  prompts: "Prompts and answers",
  ofPrompts:
    "not logged, not written to disk; what you capture stays in memory until capture ends, an answer that an app asks to keep until Homeport stops",
  requests: "Of each request",
  ofRequests: "when, which model and node, how long, how many tokens, what it cost",
  keys: "Keys",
  ofKeys: "never in the settings, the log or this window",
} as const;

/** What the schema calls a kind of value. */
const expectedKinds: Readonly<Record<string, string>> = { int: "a whole number", number: "a number", string: "a text" };

/** What is wrong with a value while it is typed. */
const issues = {
  empty: "Write something here.",
  chooseOne: "Choose at least one.",
  tooLong: "This is too long.",
  tooMany: "These are too many.",
  moreThan: (least: number | bigint) => `More than ${figure(least)}.`,
  atLeast: (least: number | bigint) => `At least ${figure(least)}.`,
  atMost: (most: number | bigint) => `At most ${figure(most)}.`,
  expectedKinds,
  expected: (what: string) => `Expected ${what}.`,
  expectedOther: "Expected another value.",
} as const;

export const settings = {
  page,
  appearance,
  quitting,
  gateway,
  callers,
  houses,
  nodes,
  capture,
  kept,
  issues,
  doctor,
  exchange,
  effective,
  importing,
  resetting,
  figures,
  keys,
  switches,
} as const;
