// What the forms of the Routing page say: each section's frame, its fields and its hints.
import type { ContextGuard, Lane } from "../../../src-core/contract/routing.ts";
import { bytes, figure } from "../../format.ts";

const lanes: Readonly<Record<Lane, string>> = { interactive: "interactive: before others", batch: "batch: after others" };

const contextGuards: Readonly<Record<ContextGuard, string>> = {
  fixed: "always this context",
  "at-least": "grows, and never shrinks",
  pass: "as each client asks",
};

/** What several forms say. */
const field = {
  name: "Name",
  model: "Model",
  profile: "Profile",
  first: "First",
  next: "Then",
  chooseOne: "choose one",
  any: "any",
  none: "none",
  nobody: "nobody",
  nothing: "nothing",
  notThere: (name: string) => `${name} (not there)`,
  asManyAsItLikes: "Empty: as many as it likes",
} as const;

/** What keeps a name from being taken. */
const names = {
  empty: "Write a name.",
  letters: "Letters, digits, dot, dash and underscore; at most 64, and no dash first.",
  auto: "“auto” asks for the rules; choose another name.",
  taken: (other: string) => `There is “${other}” already.`,
  keeps: (problem: string, name: string) => `${problem} Still called “${name}”.`,
  emptyKeeps: (name: string) => `Write a name; it is still called “${name}”.`,
  takenKeeps: (wanted: string, name: string) => `“${wanted}” is there already; this is still called “${name}”.`,
} as const;

const profiles = {
  title: "Profiles",
  about: "Names of your own for a chain of models, or for any model that can do a thing.",
  empty: "No profiles: requests name models.",
  fallbackForAll: "Answers for names that nobody knows",
  aim: (profile: string) => `What ${profile} tries`,
  aims: { chain: "These models", requires: "Any of a kind" },
  kind: "Kind of model",
  fallback: "If all of them fail, ask",
  policy: "Policy",
  noPolicy: "as configured below",
  cloud: "Requests may leave the house",
  cloudHint: "Only where the settings and the client's key allow the cloud too.",
  answers: "Answers",
  needs: "Needs and limits",
  can: "Every model must be able to do",
  context: "Context of at least (tokens)",
  timeout: "Each answer within (seconds)",
  timeoutHint: "Loading does not count.",
  deadline: "The whole request within (seconds)",
  furtherLink: (place: number) => `Then (${figure(place)})`,
  newModel: "No node has this model now; it is tried once one has.",
} as const;

/** What becomes of a profile's answers. */
const answers = {
  refusal: "Try the next model when one refuses to answer",
  empty: "Try the next model when the answer is empty",
  schema: "Try the next model when the answer does not fit its schema",
  schemaOfProfile: "The schema of this profile stands in the text.",
  schemaOfRequest: "The schema that the request asks for.",
  toolCalls: "Make tool calls that a model wrote as text into real ones",
  thinking: "Move thinking out of the answer",
  stopMarkers: "Take stop markers out of the answer",
  contextRescue: "Leave out the oldest turns of a conversation that no node can hold",
  contextRescueHint: "Off: such a request is refused, with the numbers.",
} as const;

const aliases = { title: "Aliases", about: "Other spellings of a name.", empty: "No aliases.", means: "Means" } as const;

const agents = { title: "Agents", about: "Callers with a profile of their own.", empty: "No agents.", fallback: "Then" } as const;

const policies = {
  title: "Policies",
  about: "What is compared first when several nodes could serve.",
  empty: "No policies of your own; the six presets are always there.",
  inUse: "In use where a profile names no other",
  unused: "Nobody uses it yet.",
  usedBy: (users: readonly string[]) => `Used by ${users.join(", ")}.`,
  everywhere: "wherever nothing else is named",
  holds: (preferences: readonly string[]) => preferences.join(", "),
} as const;

const budgets = {
  title: "Budgets",
  about: "Over a budget, a node is passed over.",
  nameHint: "A budget's count goes with its name: under another name it begins anew.",
  empty: "No budgets: nothing is limited.",
  atMost: "At most",
  of: "Of",
  units: { usd: "US dollars", tokens: "tokens" },
  each: "Each",
  windows: { day: "day", month: "month" },
  counts: "Counts",
  unused: "Nothing used yet in this window (UTC).",
  used: (spent: string) => `Used now: ${spent}.`,
  node: "Node",
  place: "Place",
  client: "Client",
} as const;

const clients = {
  title: "Client keys",
  about: "Who may ask, and for what. The keys themselves are never shown.",
  empty: "No client keys.",
  limits: (limits: readonly string[]) => limits.join(" · "),
  models: "May ask for",
  modelsHint: "Commas between; * stands for any letters",
  lane: "Lane",
  lanes,
  enabled: "Its key works",
  cloud: "May use the cloud",
  keyAndLimits: "Key and limits",
  concurrency: "Requests at once",
  perMinute: "Requests a minute",
  agent: "Agent",
} as const;

const catalogue = {
  title: "What is known of models",
  about: "Figures that no server tells: memory, nodes, context, price.",
  empty: "Nothing is known beside what the nodes tell.",
  memory: "Memory in GB",
  memoryHint: "Empty: as the nodes tell or it is estimated",
  pinnedOn: "Only on these nodes",
  pinnedOnHint: "None chosen: on any",
  more: "More",
  moreHolds: "context, what it displaces, price",
  context: "Context in tokens",
  contextGuard: "Its context",
  contextGuards,
  priority: "Importance",
  priorityHint: `Displaces equals and lesser. Empty: 100, or ${figure(1_000)} where it is bound to nodes`,
  price: { input: "US dollars per million tokens in", output: "US dollars per million tokens out" },
  priceHint: "Empty: unknown; 0: free",
  /** "Needs 5.9 GB. Only on rack, studio." Only what is known is said. */
  says: (entry: {
    readonly bytes?: number | undefined;
    readonly nodes: readonly string[];
    readonly contextTokens?: number | undefined;
  }) => {
    const parts = [
      ...(entry.bytes === undefined ? [] : [`Needs ${bytes(entry.bytes)}.`]),
      ...(entry.nodes.length === 0 ? [] : [`Only on ${entry.nodes.join(", ")}.`]),
      ...(entry.contextTokens === undefined ? [] : [`Context of ${figure(entry.contextTokens)} tokens.`]),
    ];
    return parts.length === 0 ? "As the nodes tell." : parts.join(" ");
  },
} as const;

export const routingForms = { field, names, profiles, answers, aliases, agents, policies, budgets, clients, catalogue } as const;
