// The small form as a request to an Anthropic node (apis.md 3.1). What these messages cannot say is named; where leaving it out would change what
// is meant, the request is refused.
import { type Failure, fail } from "../contract/failure.ts";
import { answerTool, encodeToolChoice, encodeTools } from "./anthropic-messages-answer-tool.ts";
import { claudeHabits, type Habits } from "./anthropic-messages-habits.ts";
import { encodeTurns } from "./anthropic-messages-turns.ts";
import type { ChatRequest, Effort, EncodedRequest, Message } from "./canonical.ts";
import { cannotFillIn, turnsWithPrompt } from "./prompt-as-turn.ts";

/** Anthropic demands a length; who asked for none gets this. */
const defaultMaxTokens = 4096;
/** Budgets are no smaller (Anthropic's rule). */
const smallestBudget = 1024;

type Body = Record<string, unknown>;

/** A request for `/v1/messages`. Refuses with `invalid-request` naming the field. */
export function encodeRequest(request: ChatRequest): EncodedRequest {
  const failure = cannotSay(request) ?? cannotFillIn(request);
  if (failure !== undefined) return { failure };
  const dropped = new Set<string>();
  const habits = claudeHabits(request.model);
  const messages = turnsWithPrompt(request, dropped);
  const answer = answerTool(request, habits);
  const turns = encodeTurns(messages, dropped);
  const choice = encodeToolChoice(request, answer);
  const thinking = encodeThinking(request, habits, dropped, choice.forced || turns.unsignedLoop);
  const system = systemOf(messages);
  nameOthers(request, dropped);
  const body: Body = {
    model: request.model,
    max_tokens: thinking.maxTokens,
    ...(system === "" ? {} : { system }),
    messages: turns.turns,
    ...(request.stream ? { stream: true } : {}),
    ...encodeTools(request, answer, habits, dropped),
    ...choice.body,
    ...encodeSampling(request, habits, thinking.on, dropped),
    ...thinking.body,
    ...(request.user === undefined ? {} : { metadata: { user_id: request.user } }),
  };
  const output = outputOf(request, habits, thinking.effort);
  if (output !== undefined) body["output_config"] = output;
  return { path: "/v1/messages", body, dropped: [...dropped] };
}

function cannotSay(request: ChatRequest): Failure | undefined {
  const refuse = (field: string, why: string) => fail("invalid-request", `The field ${field} ${why}`, { field });
  if ((request.choices ?? 1) > 1) return refuse("n", "must be 1: this model's node gives one answer at a time.");
  if (request.messages.some(({ role, parts }) => role === "system" && parts.some(({ type }) => type !== "text"))) {
    return refuse("messages", "must hold only text in the system prompt for this model's node.");
  }
  const { format, model } = request;
  // Only objects fit into a tool's input.
  const root = format?.type === "schema" ? format.schema["type"] : undefined;
  if (root !== undefined && root !== "object" && !claudeHabits(model).schema) {
    return refuse("response_format", "must be a schema of an object for this model's node.");
  }
  return undefined;
}

/** Wherever they stood: these messages have one place for instructions. */
function systemOf(messages: readonly Message[]): string {
  return messages
    .filter(({ role }) => role === "system")
    .map(({ parts }) => parts.map((part) => (part.type === "text" ? part.text : "")).join("\n"))
    .filter((text) => text.trim() !== "")
    .join("\n\n");
}

interface Thinking {
  readonly on: boolean;
  readonly maxTokens: number;
  readonly effort?: Effort | undefined;
  readonly body: Body;
}

/** `barred`: Anthropic refuses thinking beside a forced tool, and inside a loop of tools whose earlier thoughts are not signed. */
function encodeThinking(request: ChatRequest, habits: Habits, dropped: Set<string>, barred: boolean): Thinking {
  const { reasoning, maxTokens } = request;
  const plain = { on: false, maxTokens: maxTokens ?? defaultMaxTokens, body: {} };
  if (reasoning === undefined) return plain;
  if (reasoning.effort === "none") return { ...plain, body: { thinking: { type: "disabled" } } };
  if (reasoning.effort === undefined && reasoning.budgetTokens === undefined) return plain;
  if (barred) return without(plain, dropped);
  if (habits.adaptive) {
    if (reasoning.budgetTokens !== undefined) dropped.add("thinking.budget_tokens");
    return { ...plain, on: true, effort: reasoning.effort ?? "medium", body: { thinking: { type: "adaptive" } } };
  }
  const wanted = reasoning.budgetTokens ?? budgets[reasoning.effort ?? "medium"];
  const total = maxTokens ?? defaultMaxTokens + wanted;
  // The answer needs its own room: a budget that somebody named keeps it, one that we made leaves half.
  const budget = Math.min(wanted, reasoning.budgetTokens === undefined ? Math.floor(total / 2) : total - 1);
  if (budget < smallestBudget) return without(plain, dropped);
  return { on: true, maxTokens: total, body: { thinking: { type: "enabled", budget_tokens: budget } } };
}

function without(plain: Thinking, dropped: Set<string>): Thinking {
  dropped.add("reasoning");
  return plain;
}

const budgets: Readonly<Record<Effort, number>> = { none: 0, minimal: 1024, low: 2048, medium: 8192, high: 16_384 };

/** Anthropic's numbers: temperature up to 1, and hardly any beside thinking. */
function encodeSampling(request: ChatRequest, habits: Habits, thinks: boolean, dropped: Set<string>): Body {
  const body: Body = {};
  const { temperature, topP, topK, stop } = request;
  const take = (name: string, value: unknown, takes: boolean) => {
    if (value === undefined) return;
    if (takes) body[name] = value;
    else dropped.add(name);
  };
  if (temperature !== undefined && temperature > 1 && !thinks) dropped.add("temperature");
  take("temperature", temperature === undefined ? undefined : Math.min(temperature, 1), !thinks || temperature === 1);
  take("top_p", topP, !thinks && !(habits.oneOfTemperatureAndTopP && temperature !== undefined));
  take("top_k", topK, !thinks);
  const stops = stop?.filter((text) => text.trim() !== "");
  if (stop !== undefined && stops?.length !== stop.length) dropped.add("stop");
  take("stop_sequences", stops?.length === 0 ? undefined : stops, true);
  return body;
}

function outputOf(request: ChatRequest, habits: Habits, effort: Effort | undefined): Body | undefined {
  const { format } = request;
  const native = habits.schema && format?.type === "schema";
  if (effort === undefined && !native) return undefined;
  return {
    ...(effort === undefined ? {} : { effort: effort === "minimal" ? "low" : effort }),
    ...(native ? { format: { type: "json_schema", schema: format.schema } } : {}),
  };
}

/** Names what has no word here. */
function nameOthers(request: ChatRequest, dropped: Set<string>): void {
  const others: readonly (readonly [string, unknown])[] = [
    ["seed", request.seed],
    ["min_p", request.minP],
    ["presence_penalty", request.presencePenalty],
    ["frequency_penalty", request.frequencyPenalty],
    ["repeat_penalty", request.repeatPenalty],
    ["logprobs", request.logprobs],
    ["keep_alive", request.keepAlive],
    ["num_ctx", request.contextTokens],
  ];
  for (const [name, value] of others) if (value !== undefined) dropped.add(name);
}
