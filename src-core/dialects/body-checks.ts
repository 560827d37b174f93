// What is wrong with a client's body, before any node sees it: fields that the door reads must be of their kind, and numbers that some server
// takes for a length, an offset or a size must be sane (S-29). Runs on every request, so it looks and builds nothing; the rest is the node's to judge.
import { type Failure, fail } from "../contract/failure.ts";
import type { InferenceRoute } from "./facts.ts";
import { wrongRerank } from "./rerank.ts";
import { isObject, type JsonObject } from "./shapes.ts";

/** S-11. */
const mostMessages = 10_000;
const longestName = 512;

/** Words for one thing: a model's name that holds these could forge a line on a screen (S-31). */
const unfitForNames = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** `least` is below zero where -1 or -2 is a server's own and common word for "no limit" or "all". `flag`: true and false are known as well. */
interface NumberRule {
  readonly least: number;
  readonly most: number;
  readonly flag?: true;
}

/** Every server behind us counts in 32 bits: beyond that a number wraps into a negative one. */
const int32 = 2 ** 31 - 1;
const count: NumberRule = { least: 0, most: int32 };
const countOrAll: NumberRule = { least: -1, most: int32 };

/** By the field's name, at the top of a body and in Ollama's `options`. */
const numberRules: ReadonlyMap<string, NumberRule> = new Map([
  ...["n", "best_of", "n_discard", "n_probs", "top_logprobs", "min_keep", "n_cmpl", "dimensions"].map((key) => [key, count] as const),
  ...["num_ctx", "n_ctx", "num_batch", "n_batch", "num_thread", "main_gpu", "mirostat"].map((key) => [key, count] as const),
  ...["max_tokens", "max_completion_tokens", "max_output_tokens", "n_keep", "num_keep", "num_gpu", "top_k"].map(
    (key) => [key, countOrAll] as const,
  ),
  ...["repeat_last_n", "dry_penalty_last_n", "id_slot", "t_max_predict_ms", "t_max_prompt_ms"].map((key) => [key, countOrAll] as const),
  ["n_predict", { least: -2, most: int32 }],
  ["num_predict", { least: -2, most: int32 }],
  ["logprobs", { ...count, flag: true }],
  ["seed", { least: -(2 ** 63), most: 2 ** 64 }],
]);

const roles: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["openai", new Set(["system", "developer", "user", "assistant", "tool", "function"])],
  ["anthropic", new Set(["user", "assistant", "system"])],
  // Granite's templates switch reasoning by a role of their own.
  ["ollama", new Set(["system", "developer", "user", "assistant", "tool", "control"])],
]);

/** The first thing that is wrong, naming its field. */
export function wrongInBody(body: JsonObject, route: InferenceRoute): Failure | undefined {
  return (
    wrongModel(body["model"]) ??
    wrongKind(body, "stream", "true or false") ??
    wrongNumbers(body, "") ??
    wrongProfile(body["profile"]) ??
    wrongWords(body, route) ??
    (route.dialect === "ollama" ? wrongForOllama(body) : undefined)
  );
}

function invalid(field: string, says: string): Failure {
  return fail("invalid-request", `${field}: ${says}`, { field });
}

function typeName(value: unknown): string {
  if (value === undefined) return "nothing";
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

function wrongModel(model: unknown): Failure | undefined {
  if (model === undefined) return fail("invalid-request", "You must provide a model parameter.", { field: "model" });
  if (typeof model !== "string") return invalid("model", `expected a string, got ${typeName(model)}.`);
  if (model === "") return invalid("model", "expected a name, got an empty string.");
  if (model.length > longestName) return invalid("model", `expected at most ${longestName} characters, got ${model.length}.`);
  return unfitForNames.test(model) ? invalid("model", "expected a name without control characters.") : undefined;
}

/** The body's own word for a profile: it goes before the header's, so it must be one. */
function wrongProfile(profile: unknown): Failure | undefined {
  if (profile == null) return undefined;
  if (typeof profile !== "string") return invalid("profile", `expected a string, got ${typeName(profile)}.`);
  return profile === "" || profile.length > longestName ? invalid("profile", `expected 1 to ${longestName} characters.`) : undefined;
}

type Kind =
  | "true or false"
  | "a string"
  | "an array"
  | "a string or an array"
  | "a string or an object"
  | "a string or a number"
  | "an object";

function isOf(kind: Kind, value: unknown): boolean {
  const type = typeof value;
  switch (kind) {
    case "true or false":
      return type === "boolean";
    case "a string":
      return type === "string";
    case "an array":
      return Array.isArray(value);
    case "a string or an array":
      return type === "string" || Array.isArray(value);
    case "a string or an object":
      return type === "string" || isObject(value);
    case "a string or a number":
      return type === "string" || (type === "number" && Number.isFinite(value));
    case "an object":
      return isObject(value);
  }
}

/** A field that may be left out, or null, as the official clients write it. */
function wrongKind(body: JsonObject, key: string, kind: Kind): Failure | undefined {
  const value = body[key];
  return value == null || isOf(kind, value) ? undefined : invalid(key, `expected ${kind}, got ${typeName(value)}.`);
}

function wrongOrAbsent(body: JsonObject, key: string, kind: Kind): Failure | undefined {
  const value = body[key];
  return isOf(kind, value) ? undefined : invalid(key, `expected ${kind}, got ${typeName(value)}.`);
}

function wrongNumbers(body: JsonObject, at: string): Failure | undefined {
  for (const key in body) {
    const rule = numberRules.get(key);
    if (rule === undefined) continue;
    const value = body[key];
    if (value == null || (rule.flag === true && typeof value === "boolean")) continue;
    const field = at + key;
    if (typeof value !== "number") return invalid(field, `expected a number, got ${typeName(value)}.`);
    // 1e999 is JSON, and reads as Infinity.
    if (value > rule.most) return invalid(field, "expected a smaller number.");
    if (value < rule.least) {
      return invalid(field, `expected no negative number${rule.least === 0 ? "" : " but -1"}, got ${value}.`);
    }
  }
  return undefined;
}

/** What is said to the model, by the route's own names. */
function wrongWords(body: JsonObject, route: InferenceRoute): Failure | undefined {
  const isOllama = route.dialect === "ollama";
  switch (route.task) {
    case "chat":
      return (
        (route.dialect === "responses" ? wrongForResponses(body) : wrongMessages(body, route.dialect)) ??
        wrongKind(body, "tools", "an array")
      );
    case "completion":
      return isOllama ? wrongKind(body, "prompt", "a string") : wrongOrAbsent(body, "prompt", "a string or an array");
    case "embedding":
      if (isOllama) return wrongKind(body, "input", "a string or an array") ?? wrongKind(body, "prompt", "a string");
      // llama-server's own word for it.
      return wrongOrAbsent(
        body,
        body["input"] === undefined && body["content"] !== undefined ? "content" : "input",
        "a string or an array",
      );
    case "rerank":
      return wrongRerank(body);
    default:
      return undefined;
  }
}

function wrongMessages({ messages }: JsonObject, dialect: string): Failure | undefined {
  const known = roles.get(dialect);
  if (known === undefined || (messages == null && dialect === "ollama")) return undefined;
  if (!Array.isArray(messages)) return invalid("messages", `expected an array, got ${typeName(messages)}.`);
  if (messages.length > mostMessages) return invalid("messages", `expected at most ${mostMessages}, got ${messages.length}.`);
  for (let at = 0; at < messages.length; at++) {
    const message: unknown = messages[at];
    if (!isObject(message)) return invalid(`messages.${at}`, `expected an object, got ${typeName(message)}.`);
    const { role, content } = message;
    if (typeof role !== "string" || !known.has(role)) return invalid(`messages.${at}.role`, `expected one of ${[...known].join(", ")}.`);
    if (content == null || typeof content === "string") continue;
    if (!Array.isArray(content)) return invalid(`messages.${at}.content`, `expected a string or an array, got ${typeName(content)}.`);
  }
  return undefined;
}

function wrongForOllama(body: JsonObject): Failure | undefined {
  const { options } = body;
  return (
    wrongKind(body, "options", "an object") ??
    wrongKind(body, "keep_alive", "a string or a number") ??
    wrongKind(body, "format", "a string or an object") ??
    wrongKind(body, "images", "an array") ??
    (isObject(options) ? wrongNumbers(options, "options.") : undefined)
  );
}

/** Its turns are items of many kinds, and it can ask for work that would go on behind a closed connection. */
function wrongForResponses(body: JsonObject): Failure | undefined {
  const { input } = body;
  const wrong =
    wrongOrAbsent(body, "input", "a string or an array") ??
    wrongKind(body, "instructions", "a string") ??
    wrongKind(body, "previous_response_id", "a string") ??
    wrongKind(body, "store", "true or false") ??
    wrongKind(body, "background", "true or false") ??
    wrongKind(body, "reasoning", "an object") ??
    wrongKind(body, "text", "an object");
  if (wrong !== undefined) return wrong;
  if (body["background"] === true) return invalid("background", "expected false: Homeport answers while the client waits.");
  if (!Array.isArray(input)) return undefined;
  if (input.length > mostMessages) return invalid("input", `expected at most ${mostMessages} items, got ${input.length}.`);
  const bad = input.findIndex((item) => !isObject(item));
  return bad < 0 ? undefined : invalid(`input.${bad}`, `expected an object, got ${typeName(input[bad])}.`);
}
