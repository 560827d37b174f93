// What is said around the routing draft: its bar, the document as text, the dry run, and the lists whose entries come, go and change places.
import type { RoutingKey } from "../../../src-core/contract/routing-document.ts";
import { figure } from "../../format.ts";
import { count } from "./count.ts";

const sections: Readonly<Record<RoutingKey, string>> = {
  profiles: "profiles",
  defaultProfile: "the default profile",
  rules: "auto-router rules",
  policies: "policies",
  policy: "the policy in use",
  aliases: "aliases",
  agents: "agents",
  budgets: "budgets",
  clients: "client keys",
  catalogue: "what is known of models",
};

const bar = {
  label: "Draft",
  undoKeys: (modifier: string) => `Undo (${modifier}+Z)`,
  redo: "Redo",
  redoKeys: (modifier: string) => `Redo (${modifier}+Shift+Z)`,
  mend: (things: number) => `${count(things, "thing")} to mend.`,
  unsaved: (keys: readonly RoutingKey[]) => `Not saved: ${keys.map((key) => sections[key]).join(", ")}.`,
  saved: "All saved.",
  discard: "Discard",
  saving: "Saving…",
  savedToast: "Routing saved",
} as const;

const editing = {
  reading: "Reading the settings…",
  editAs: "Edit as",
  forms: "Forms",
  contested: (places: readonly string[]) =>
    `${places.join(", ")} was changed elsewhere too, while you edited. The draft keeps yours: saving replaces theirs, discarding takes theirs.`,
} as const;

const dryRun = {
  title: "Dry run",
  beforeMistakes: "With the draft as it was before the mistakes.",
  asDrafted: "As if this draft were saved. Nothing is sent.",
  asConfigured: "As configured now. Nothing is sent.",
} as const;

const document = {
  label: (format: string) => `Routing as ${format}`,
  hint: "The same document as the forms: whatever you change here changes there. Defaults are left out. No key is in it, only where one is found.",
  notTaken: "This text is not taken yet: mend it, or throw it away to go back to the draft.",
  line: (line: number) => `Line ${figure(line)}`,
  issue: "{says}.",
  issueAt: "{field}: {says}.",
  discard: "Throw the text away",
} as const;

/** A list of things called `noun`. */
const list = (noun: string) => ({
  entry: (name: string) => `${noun} ${name}`,
  add: `Add ${noun}`,
  remove: (name: string) => `Remove ${noun} ${name}`,
  added: (place: number, entries: number) => `A new ${noun}, ${figure(place)} of ${figure(entries)}.`,
  removed: (name: string) => `Removed ${noun} ${name}. Undo brings it back.`,
});

const lists = {
  profile: list("profile"),
  link: list("link"),
  preferred: list("preferred name"),
  rule: list("rule"),
  alias: list("alias"),
  agent: list("agent"),
  policy: list("policy"),
  preference: list("preference"),
  budget: list("budget"),
  client: list("client"),
  model: list("model"),
} as const;

const moving = {
  up: (name: string) => `Move ${name} up`,
  down: (name: string) => `Move ${name} down`,
  upKeys: "Up (Alt+↑)",
  downKeys: "Down (Alt+↓)",
  moved: (name: string, place: number, entries: number) => `${name} is now ${figure(place)} of ${figure(entries)}.`,
} as const;

export const routingDraft = {
  bar,
  editing,
  dryRun,
  document,
  lists,
  moving,
  /** What the engine's own check wants, which it names so that it follows “expected”. */
  expected: (what: string) => `Expected ${what}.`,
} as const;
