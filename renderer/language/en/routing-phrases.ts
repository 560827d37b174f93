// Profiles, rules, client keys and budgets in English: each condition a short phrase, each limit a sentence.
import type { Capability, Place } from "../../../src-core/contract/node-kinds.ts";
import type { Budget, Lane, ModelType } from "../../../src-core/contract/routing.ts";
import { duration, figure, usd } from "../../format.ts";
import { common } from "./everywhere.ts";

type Per = Budget["per"];

/** What a rule of the auto-router asks of a request. */
const matches = {
  image: "has an image",
  noImage: "has no image",
  tools: "has tools",
  noTools: "has no tools",
  code: (share: number) => `at least ${Math.round(share * 100)} % fenced code`,
  contains: (text: string) => `contains “${text}”`,
  pattern: (pattern: string) => `matches /${pattern}/`,
  model: (pattern: string) => `model matches /${pattern}/`,
  anything: "anything",
  tokensAtLeast: (tokens: number) => `about ${figure(tokens)} tokens or more`,
  tokensAtMost: (tokens: number) => `about ${figure(tokens)} tokens or fewer`,
} as const;

const profile = {
  chain: (names: readonly string[]) => names.join(", then "),
  /** "any llm model, first phi-4-mini, then gemma3:4b" */
  requirement: (type: ModelType, first: readonly string[]) =>
    `any ${type} model${first.length === 0 ? "" : `, first ${first.join(", then ")}`}`,
  nothingYet: "nothing yet",
  policy: (policy: string) => `policy ${policy}`,
  mustDo: (abilities: readonly Capability[]) => `must do ${common.list(abilities)}`,
  contextOf: (tokens: number) => `context of ${figure(tokens)} tokens or more`,
  tokens: (tokens: number) => `${figure(tokens)} tokens`,
  timeout: (ms: number) => `${duration(ms)} for each answer`,
  deadline: (ms: number) => `${duration(ms)} in all`,
  checkedThings: { refusal: "refusals", empty: "emptiness", schema: "schema" },
  checks: (things: readonly string[]) => `checks ${things.join(" and ")}`,
  checkedFor: (things: readonly string[]) => `checked for ${common.list(things)}`,
  repaired: "repaired",
  shortened: "long conversations shortened",
  passedOn: "passed on as they come",
  noNeeds: "none",
  fallsBack: (name: string) => `falls back to ${name}`,
} as const;

const client = {
  revoked: "revoked",
  everyModel: "every model",
  lane: (lane: Lane) => `${lane} lane`,
  agent: (name: string) => `agent ${name}`,
  atOnce: (requests: number) => `${requests} at once`,
  perMinute: (requests: number) => `${requests} a minute`,
} as const;

const scopePlaces: Readonly<Record<Place, string>> = { "this-machine": "this computer", lan: "the local network", cloud: "the cloud" };

/** What a budget counts. */
const scope = {
  everything: "everything",
  node: (node: string) => `node ${node}`,
  places: scopePlaces,
  model: (model: string) => `model ${model}`,
  profile: (name: string) => `profile ${name}`,
  client: (name: string) => `client ${name}`,
} as const;

/** A window that a budget counts in, which is UTC's. */
const windows: Readonly<Record<Per, string>> = { day: "day", month: "month" };

const amounts = {
  usd,
  tokens: (amount: number) => `${figure(Math.round(amount))} tokens`,
} as const;

const budget = {
  /** "$3.20", "120,000 tokens" */
  amounts,
  /** "$3.20 of $5.00", "12,000 of 200,000 tokens" */
  spent: {
    usd: (spent: number, limit: number) => `${usd(spent)} of ${usd(limit)}`,
    tokens: (spent: number, limit: number) => `${figure(Math.round(spent))} of ${amounts.tokens(limit)}`,
  },
  /** `spent`: how much of how much. */
  spentPer: (spent: string, per: Per) => `${spent} a ${windows[per]}`,
  near: (percent: number) => `Over ${percent} %`,
  usedUp: "Used up",
  setAside: (amount: string) => `${amount} set aside for requests under way.`,
  nothingUsed: "Nothing used yet in this window (UTC).",
  window: (name: string) => `Window ${name} (UTC).`,
} as const;

const untilItEnds = (per: Per): string => `until the ${windows[per]} ends (UTC)`;
const onceSpent = (limit: string | undefined, per: Per): string => `Once ${limit ?? "this much"} is spent in a ${windows[per]}`;
const onceUsed = (limit: string | undefined, per: Per): string =>
  `Once ${limit === undefined ? "this much is" : `${limit} are`} used in a ${windows[per]}`;

/** What happens at a budget's limit, as a sentence. `limit`: undefined where nobody can read it yet. Without one, the limit is nothing at all. */
const limits = {
  money: (limit: string | undefined, per: Per) =>
    `${onceSpent(limit, per)}, what would cost more is passed over ${untilItEnds(per)}. What is free still answers.`,
  noMoney: "Always, what costs money is passed over. What is free still answers.",
  /** Tokens of a node, place or model: others can answer instead. */
  tokensOfSome: (limit: string | undefined, per: Per) => `${onceUsed(limit, per)}, it is passed over ${untilItEnds(per)}.`,
  noTokensOfSome: "Always, it is passed over.",
  tokensOfAll: (limit: string | undefined, per: Per) => `${onceUsed(limit, per)}, requests are refused ${untilItEnds(per)}.`,
  noTokensOfAll: "Always, requests are refused.",
} as const;

export const routingPhrases = {
  matches,
  profile,
  client,
  mayUseCloud: "may use the cloud",
  staysInHouse: "stays in the house",
  scope,
  budget,
  limits,
} as const;
