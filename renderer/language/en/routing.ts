// The Routing page in English: the question, the answer under every policy, and the rules as configured. Its editor's words stand in routing-forms.ts.
import { figure } from "../../format.ts";
import { common } from "./everywhere.ts";
import { routingPhrases } from "./routing-phrases.ts";
import { routingReasons } from "./routing-reasons.ts";

const page = {
  title: "Routing",
  about: "Where would a request go now? Nothing is sent, and nothing changes.",
  editTitle: "Edit routing",
  editAbout: "Nothing is in force before you save it.",
  editAboutDemo: "Nothing is in force before you save it. In the demo it is kept until the demo ends.",
  reading: "Reading the settings…",
  unreadable: (why: string) => `The rules could not be read. ${why}`,
  unsaved: "There are changes that are not saved.",
  edit: "Edit routing",
  goOnEditing: "Go on editing",
  done: "Done",
} as const;

const question = {
  title: "Where would this go now?",
  name: "Model, profile or alias",
  kinds: { profile: "profile", alias: "alias", model: "model", auto: "auto-router" },
  dialect: "The client speaks",
  withBody: "With a request body",
  body: "Request body (JSON)",
  bodyHint: "Rules and abilities are judged by it: images, tools, length. It is looked at once and kept nowhere.",
  bodyTooLong: (limit: number) => `The body is longer than ${figure(limit)} letters; shorten its text.`,
  bodyWithoutModel: "The body names no model. Write one above, or add “model” to the body.",
  notJson: (why: string) => `This is not JSON: ${why}.`,
  notAnObject: "A request body is a JSON object: { … }.",
} as const;

/** All policies side by side. */
const policies = {
  title: "Which node each policy would choose",
  asConfigured: "as configured",
  asConfiguredHint: "The policy of the profile, or of the settings",
  noAnswer: "no answer",
  nobody: "nobody",
} as const;

const answer = {
  similarNames: (names: readonly string[]) => `Similar names: ${common.list(names)}`,
  policy: (name: string, preferences: readonly string[]) => `Policy ${name}: ${common.list(preferences)}.`,
  first: "First",
  next: "Then",
  profile: (name: string) => `profile ${name}`,
  nobody: "No node can serve this now.",
} as const;

/** The table of those who could serve it, and those passed over. */
const candidates = {
  caption: (model: string) => `Candidates for ${model}, in order`,
  columns: { node: "Node and model", ready: "Ready", counts: "What counts, in order", room: "Room", wait: "Wait (estimate)" },
  serviceReady: "Ready",
  decides: "(this decides)",
  behindForThis: "(behind for this)",
  needsNoRoom: "needs none",
  wouldUnload: (models: readonly string[]) => `would unload ${common.list(models)}`,
  waiting: (requests: number) => `${figure(requests)} waiting`,
  rejectedTitle: "Passed over",
} as const;

const configured = {
  title: "As configured",
  from: (source: string) => `From ${source}.`,
  readOnly: "These settings cannot be changed here; edit the file they come from.",
  profiles: {
    title: "Profiles",
    about: "Names of your own for a chain of models, or for any model that can do a thing.",
    none: "No profiles.",
    default: "default",
  },
  rules: {
    title: "Auto-router",
    about: "Where the model asked for is “auto”, the first rule that matches names it.",
    builtIn: "The built-in rules apply.",
    none: "No rules.",
  },
  names: {
    title: "Aliases and agents",
    about: "Other spellings of a name, and callers with a profile of their own.",
    none: "No aliases and no agents.",
    alias: (target: string) => `means ${target}`,
    agent: (profile: string, fallback: string | undefined) =>
      `agent: profile ${profile}${fallback === undefined ? "" : `, then ${fallback}`}`,
  },
  budgets: {
    title: "Budgets",
    about: "Spent, and set aside for requests under way. Over a budget, a node is passed over.",
    none: "No budgets.",
  },
  clients: {
    title: "Client keys",
    about: "Who may ask, and for what. The keys themselves are never shown.",
    none: "No client keys.",
  },
  policies: {
    title: "Policies",
    about: (policy: string) => `In use where a profile names no other: ${policy}.`,
    none: "No policies of your own; the six presets are always there.",
  },
} as const;

export const routing = {
  page,
  question,
  policies,
  answer,
  candidates,
  configured,
  reasons: routingReasons,
  phrases: routingPhrases,
} as const;
