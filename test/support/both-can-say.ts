// What a dialect can say of a request and of an answer, as one readable row each: a translation has to keep exactly what both sides can say.
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import type { ChatEvent, ChatReply, ChatRequest, Effort, Finish, Format, Part, ToolChoice } from "../../src-core/dialects/canonical.ts";
import { parsed } from "../../src-core/dialects/shapes.ts";

/** What is asked, however it is cut into messages. Absent and undefined are the same. */
export interface Asked {
  readonly said: readonly Readonly<Record<string, unknown>>[];
  readonly tools: readonly {
    readonly name: string;
    readonly description: unknown;
    readonly parameters: unknown;
    readonly strict: boolean;
  }[];
  readonly toolChoice: ToolChoice | undefined;
  readonly parallelTools: boolean | undefined;
  readonly format: Format | undefined;
  readonly effort: Effort | undefined;
  readonly numbers: Readonly<Record<string, unknown>>;
  readonly stop: readonly string[] | undefined;
  readonly logprobs: unknown;
  readonly user: string | undefined;
  readonly rest: Readonly<Record<string, unknown>>;
}

/** The name that a schema without one gets where one is demanded. */
const unnamed = "answer";

export function meaningOf(request: ChatRequest): Asked {
  const { model, stream, maxTokens, temperature, topP, topK, minP, seed, presencePenalty, frequencyPenalty, repeatPenalty } = request;
  const { tools, toolChoice = "auto", parallelTools = true, format, reasoning, stop, logprobs, user, keepAlive, contextTokens } = request;
  return {
    said: request.messages.flatMap(({ role, parts }) => {
      const calls = parts.some(({ type }) => type === "tool-call");
      return parts.map((part) => ({ role, ...saidIn(part, calls) }));
    }),
    tools: tools.map((tool) => ({
      name: tool.name,
      description: tool.description,
      parameters: tool.parameters,
      strict: tool.strict ?? false,
    })),
    toolChoice,
    // No matter where no tool may be called.
    parallelTools: toolChoice === "none" || parallelTools,
    format: format?.type === "schema" ? { ...format, name: format.name ?? unnamed, strict: format.strict ?? false } : format,
    effort: reasoning?.effort,
    numbers: { maxTokens, temperature, topP, topK, minP, seed, presencePenalty, frequencyPenalty, repeatPenalty },
    stop,
    logprobs: logprobs === undefined ? undefined : { top: logprobs.top ?? 0 },
    user,
    rest: { model, stream, keepAlive, contextTokens },
  };
}

function saidIn(part: Part, besideCalls: boolean): Readonly<Record<string, unknown>> {
  switch (part.type) {
    case "text":
      return { text: part.text };
    case "image":
      return { image: part.source };
    case "thinking":
      return { thinking: part.text, besideCalls };
    case "tool-call":
      return { call: part.id, name: part.name, arguments: parsed(part.arguments) };
    case "tool-result":
      return { result: part.id, parts: part.parts };
  }
}

const dropping =
  (...names: readonly string[]) =>
  (asked: Asked): Asked => ({ ...asked, numbers: { ...asked.numbers, ...Object.fromEntries(names.map((name) => [name, undefined])) } });
const withoutThinking = (asked: Asked): Asked => ({ ...asked, said: asked.said.filter((one) => !("thinking" in one)) });
const notOllamas = (asked: Asked): Asked => ({ ...asked, rest: { ...asked.rest, keepAlive: undefined, contextTokens: undefined } });
const lowAtLeast = (asked: Asked): Asked => ({ ...asked, effort: asked.effort === "minimal" ? "low" : asked.effort });
/** Words about choosing a tool mean nothing without one. */
const choosesOnlyTools = (asked: Asked): Asked => (asked.tools.length > 0 ? asked : { ...asked, toolChoice: "auto", parallelTools: true });

const isClaude = (model: string) => model.startsWith("claude");

/**
 * A request without the one thing that is asked of Anthropic by other means: JSON without a schema, and a schema of a model that does not take one, are
 * a tool to be called there. That the answer comes back as text is proven with its reply, not by reading the tool again.
 */
export function askable(request: ChatRequest, a: Dialect, b: Dialect): ChatRequest {
  const { format, model } = request;
  const takes = a !== "anthropic" && b !== "anthropic";
  return takes || (format?.type === "schema" && isClaude(model)) ? request : { ...request, format: undefined };
}

/** Every dialect's row: what is left of a request once it was said in it. */
const requests: Readonly<Record<Dialect, (asked: Asked) => Asked>> = {
  // Thoughts go back only inside a loop of tools; templates look at no others.
  openai: (asked) => notOllamas({ ...asked, said: asked.said.filter((one) => !("thinking" in one) || one["besideCalls"] === true) }),
  ollama: (asked) => {
    const { toolChoice: choice, tools, format } = asked;
    const offered = choice === "none" ? [] : typeof choice === "object" ? tools.filter(({ name }) => name === choice.name) : tools;
    return lowAtLeast({
      ...asked,
      tools: offered.map((tool) => ({ ...tool, strict: false })),
      toolChoice: "auto",
      parallelTools: true,
      format: format?.type === "schema" ? { ...format, name: unnamed, strict: false } : format,
      user: undefined,
    });
  },
  anthropic: (asked) => {
    const thinks = asked.effort !== undefined && asked.effort !== "none";
    const said = withoutThinking(
      lowAtLeast(notOllamas(dropping("minP", "seed", "presencePenalty", "frequencyPenalty", "repeatPenalty")(asked))),
    );
    const { temperature } = asked.numbers;
    // Only newer models of Anthropic's take strict tools, and of temperature and top_p one. Beside thinking stands only the usual temperature.
    const isNew = isClaude(String(asked.rest["model"]));
    const numbers = thinks
      ? [...(temperature === 1 ? [] : ["temperature"]), "topP", "topK"]
      : isNew && temperature !== undefined
        ? ["topP"]
        : [];
    return {
      ...dropping(...numbers)(said),
      logprobs: undefined,
      tools: isNew ? said.tools : said.tools.map((tool) => ({ ...tool, strict: false })),
      format: asked.format?.type === "schema" ? { ...asked.format, name: unnamed, strict: false } : asked.format,
    };
  },
  responses: (asked) => ({
    ...withoutThinking(notOllamas(dropping("topK", "minP", "seed", "presencePenalty", "frequencyPenalty", "repeatPenalty")(asked))),
    stop: undefined,
  }),
};

/** What both dialects can say of a request. */
export function bothCanAsk(request: ChatRequest, a: Dialect, b: Dialect): Asked {
  return choosesOnlyTools(requests[b](requests[a](meaningOf(request))));
}

/** What an answer says, however it came. */
export interface Answered {
  readonly text: string;
  readonly thinking: string;
  readonly signature: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: unknown }[];
  readonly finish: Finish | undefined;
  readonly stopText: string | undefined;
  readonly tokens: Readonly<Record<string, number | undefined>>;
  readonly ended: boolean;
}

export function essenceOf(events: readonly ChatEvent[]): Answered {
  let [text, thinking, signature, ended] = ["", "", "", false];
  let finish: Finish | undefined;
  let stopText: string | undefined;
  let tokens: ChatReply["tokens"] = {};
  const calls: { id: string; name: string; text: string }[] = [];
  for (const event of events) {
    if (event.type === "text") text += event.text;
    else if (event.type === "thinking") thinking += event.text;
    else if (event.type === "thinking-signature") signature += event.signature;
    else if (event.type === "tool-call") calls[event.index] = { id: event.id, name: event.name, text: "" };
    else if (event.type === "tool-arguments") {
      const call = calls[event.index];
      if (call !== undefined) call.text += event.text;
    } else if (event.type === "finish") ({ finish, stopText } = event);
    else if (event.type === "tokens") tokens = { ...tokens, ...event.tokens };
    else if (event.type === "end") ended = true;
  }
  const { input, output, cacheRead = 0, reasoning = 0 } = tokens;
  const called = calls.map((call) => ({ id: call.id, name: call.name, arguments: parsed(call.text || "{}") }));
  return { text, thinking, signature, calls: called, finish, stopText, tokens: { input, output, cacheRead, reasoning }, ended };
}

const plain = (finish: Finish | undefined): Finish | undefined => (finish === "refusal" || finish === "content-filter" ? "stop" : finish);
const unsigned = (said: Answered): Answered => ({ ...said, signature: "", stopText: undefined });

/** Every dialect's row: what is left of an answer once it was said in it. */
const answers: Readonly<Record<Dialect, (said: Answered) => Answered>> = {
  openai: unsigned,
  ollama: (said) => {
    const finish = plain(said.finish);
    // Ollama says stop after calls, and the calls say the rest.
    const told = finish === "stop" && said.calls.length > 0 ? "tool-calls" : finish;
    return unsigned({ ...said, finish: told, tokens: { ...said.tokens, cacheRead: 0, reasoning: 0 } });
  },
  anthropic: (said) => ({
    ...said,
    finish: said.finish === "content-filter" ? "refusal" : said.finish,
    tokens: { ...said.tokens, reasoning: 0 },
  }),
  responses: (said) => ({ ...said, stopText: undefined }),
};

/** In a stream the words are out before the node says that they were a refusal: some dialects then have one word for both endings. */
export function asStreamed(said: Answered): Answered {
  return { ...said, finish: said.finish === "refusal" ? "content-filter" : said.finish };
}

/** What both dialects can say of an answer. */
export function bothCanAnswer(said: Answered, a: Dialect, b: Dialect): Answered {
  return answers[b](answers[a](said));
}
