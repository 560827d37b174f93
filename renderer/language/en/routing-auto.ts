// The form of the auto-router: what a person picks after “if it”, what it is measured by, and the sentence a whole rule makes at its place.
import { figure } from "../../format.ts";
import { count } from "./count.ts";

/** What a rule asks for, as it is picked from a list. */
const conditions = {
  image: "has an image",
  "no-image": "has no image",
  tools: "offers tools",
  "no-tools": "offers no tools",
  code: "holds much code",
  contains: "contains a text",
  pattern: "matches a pattern",
  model: "asks for a name like",
  long: "is long",
  short: "is short",
  anything: "is anything",
} as const;

/** The field beside it. */
const measure = {
  code: "Per cent or more",
  contains: "Text",
  pattern: "Pattern",
  model: "Pattern of the whole name",
  long: "Tokens or more",
  short: "Tokens or fewer",
} as const;

const length = (tokens: number | undefined) => (tokens === undefined ? "so many tokens" : `about ${count(tokens, "token")}`);

/** A condition within a rule's sentence. What it is measured by is undefined until it can be read. */
const clauses = {
  image: "it has an image",
  "no-image": "it has no image",
  tools: "it offers tools",
  "no-tools": "it offers no tools",
  code: (percent: number | undefined) => (percent === undefined ? "enough of it is code" : `at least ${figure(percent)} % of it is code`),
  contains: (text: string | undefined) => (text === undefined ? "it contains a text" : `it contains “${text}”`),
  pattern: (pattern: string | undefined) => (pattern === undefined ? "it matches a pattern" : `it matches /${pattern}/`),
  model: (pattern: string | undefined) =>
    pattern === undefined ? "it asks for a name like a pattern" : `it asks for a name like /${pattern}/`,
  long: (tokens: number | undefined) => `it is ${length(tokens)} or longer`,
  short: (tokens: number | undefined) => `it is ${length(tokens)} or shorter`,
} as const;

/** A whole rule: "Otherwise, if it has an image, vision answers." */
const says = {
  firstAlways: (target: string) => `Always, ${target} answers.`,
  nextAlways: (target: string) => `Otherwise, ${target} answers.`,
  firstIf: (clause: string, target: string) => `If ${clause}, ${target} answers.`,
  nextIf: (clause: string, target: string) => `Otherwise, if ${clause}, ${target} answers.`,
  noTarget: "nobody yet",
} as const;

export const routingAuto = {
  title: "Auto-router",
  about: "Where the model asked for is “auto”, the first rule that matches names it.",
  order: "The first rule that fits decides. Images, code, texts and patterns are looked for in the latest message of the person.",
  empty: "No rules: a request for “auto” goes to the default profile.",
  builtIn: "The built-in rules apply:",
  /** As `domain/auto-router.ts` has them: by profile where there is one of that name, else by any model of a type. */
  builtInRules: [
    "If it has an image, the profile multi answers, else any vision model.",
    "Otherwise, if at least 30 % of it is code, the profile coding answers, else any code model.",
    "Otherwise, the profile writing answers, else any language model.",
  ],
  useBuiltIn: "Use the built-in rules again",
  writeOwn: "Write rules of your own",
  condition: "If it",
  conditions,
  measure,
  clauses,
  says,
  /** Follows the rule's own sentence. */
  shadowed: (above: string) => `Nothing comes this far: “${above}” above takes it.`,
  target: "Answered by",
} as const;
