// What an answer of a model says about its server: pure judgements, one per question (source-systems.md 5.13). A fix is exact, or there is none.
import type { ConfigChange, Finding, FindingLevel } from "../contract/diagnosis.ts";
import type { ModelId, NodeId } from "../contract/ids.ts";
import type { Repair } from "../contract/routing.ts";
import { repairsFor } from "../dialects/answer-repairs.ts";
import type { ChatEvent, ChatRequest, Tokens } from "../dialects/canonical.ts";
import { truncationOf } from "../domain/truncation.ts";
import type { Heard } from "./asking.ts";
import { longTokens, reportTool } from "./questions.ts";

/** A model in the memory of a node. Contexts in tokens; absent is unknown. */
export interface Subject {
  readonly node: NodeId;
  readonly nodeName: string;
  readonly model: ModelId;
  readonly contextTokens?: number | undefined;
  readonly maxContextTokens?: number | undefined;
}

export type ProbeName = "streams" | "reasoning" | "tools" | "vision" | "context" | "prompt-cache" | "keep-alive";

const titles: Readonly<Record<ProbeName, string>> = {
  streams: "Streaming",
  reasoning: "Reasoning and markers in answers",
  tools: "Calling tools",
  vision: "Reading pictures",
  context: "Long prompts",
  "prompt-cache": "Reading a prompt once",
  "keep-alive": "Staying in memory",
};

/** A finding about one thing of one model. */
export function ofModel(subject: Subject, probe: ProbeName, level: FindingLevel, says: string, fix?: Finding["fix"]): Finding {
  const { node, nodeName, model } = subject;
  const title = `${titles[probe]}: ${model} on ${nodeName}`;
  return { id: `${probe}:${node}/${model}`, level, title, says, node, ...(fix === undefined ? {} : { fix }) };
}

/** What stands for every answer that is none; undefined where there is one. */
function unheard(subject: Subject, probe: ProbeName, heard: Heard): Finding | undefined {
  switch (heard.state) {
    case "answered":
      return undefined;
    case "unspoken":
      return ofModel(subject, probe, "skipped", "This cannot be asked in a language that this server speaks.");
    case "late":
      return ofModel(
        subject,
        probe,
        "warning",
        "No whole answer came in a minute. The machine is busy, or the model is too large for it.",
        {
          says: `Look at what else runs on ${subject.nodeName}, or take a smaller model.`,
        },
      );
    case "failed":
      return ofModel(subject, probe, "warning", `The server refused: ${heard.failure.message}`, {
        says: `Ask ${subject.nodeName} the same with curl, and look at the log of its server.`,
      });
  }
}

const textOf = (events: readonly ChatEvent[]) => events.map((event) => (event.type === "text" ? event.text : "")).join("");

/** Enough that a stream must have come in pieces. */
const manyLetters = 24;

export function judgeStream(subject: Subject, heard: Heard): Finding {
  const none = unheard(subject, "streams", heard);
  if (none !== undefined || heard.state !== "answered") return none ?? ofModel(subject, "streams", "skipped", "");
  const { events } = heard;
  const broken = events.find((event) => event.type === "error");
  if (broken !== undefined)
    return ofModel(subject, "streams", "warning", `The stream broke off: ${broken.failure.message}`, {
      says: `Look at the log of the server on ${subject.nodeName}; apps see such an answer as an error.`,
    });
  const pieces = events.filter(({ type }) => type === "text" || type === "thinking").length;
  const atOnce = !heard.streamed || (pieces === 1 && textOf(events).length > manyLetters);
  if (atOnce)
    return ofModel(subject, "streams", "warning", "It was asked for a stream and answered in one piece: apps show nothing until the end.", {
      says: `If a proxy stands before ${subject.nodeName}, switch its buffering off (nginx: proxy_buffering off). Otherwise update the server.`,
    });
  if (pieces === 0)
    return ofModel(subject, "streams", "warning", "The answer was empty.", { says: "Load the model again, or fetch it anew." });
  return ofModel(subject, "streams", "ok", "Answers come piece by piece and end as they should.");
}

const leaks: Readonly<Record<Repair, string>> = {
  thinking: "its thinking, between <think> tags",
  "stop-markers": "markers such as <|im_end|>",
  "tool-calls": "tool calls as text",
};

/** What of all answers should not have stood in their text. */
export function judgeLeaks(subject: Subject, heards: readonly Heard[]): Finding {
  const found = new Set(heards.flatMap((heard) => (heard.state === "answered" ? leaksIn(heard.events, []) : [])));
  const [repair] = found;
  if (repair === undefined) {
    const isAny = heards.some(({ state }) => state === "answered");
    return isAny
      ? ofModel(subject, "reasoning", "ok", "Answers hold neither thinking nor markers.")
      : ofModel(subject, "reasoning", "skipped", "There was no answer to look at.");
  }
  const words = [...found].map((one) => leaks[one]).join(" and ");
  return ofModel(subject, "reasoning", "warning", `The model writes ${words} into its answers.`, repairFix(subject, repair));
}

function repairFix({ model }: Subject, repair: Repair): Finding["fix"] {
  const change: ConfigChange = { what: "repair", model, repair };
  return { says: `Let Homeport put it right in the answers of ${model}, or start the server with the model's own template.`, change };
}

function leaksIn(events: readonly ChatEvent[], tools: ChatRequest["tools"]): readonly Repair[] {
  const repairs = repairsFor({ thinking: true, stopMarkers: true, toolCalls: tools.length > 0 }, { tools }, "doctor");
  for (const event of events) repairs?.push(event);
  return repairs?.applied ?? [];
}

export function judgeTools(subject: Subject, heard: Heard, tools: ChatRequest["tools"], claimed: boolean): Finding {
  if (heard.state === "failed" && heard.status !== undefined && heard.status < 500 && !claimed)
    return ofModel(subject, "tools", "note", `It takes no tools: ${heard.failure.message}`);
  const none = unheard(subject, "tools", heard);
  if (none !== undefined || heard.state !== "answered") return none ?? ofModel(subject, "tools", "skipped", "");
  const { events } = heard;
  const called = events.some((event) => event.type === "tool-call" && event.name === reportTool);
  if (called) {
    const told = events.map((event) => (event.type === "tool-arguments" ? event.text : "")).join("");
    if (isJson(told)) return ofModel(subject, "tools", "ok", "It calls tools as apps expect it.");
    return ofModel(subject, "tools", "warning", "It called the tool, but with arguments that are no JSON.", {
      says: "Take a larger model or a finer quantisation for tools.",
    });
  }
  if (leaksIn(events, tools).includes("tool-calls"))
    return ofModel(subject, "tools", "warning", "It writes tool calls as text, so apps do not see them.", repairFix(subject, "tool-calls"));
  const says = "It was asked to call a tool and answered in words.";
  return ofModel(subject, "tools", claimed ? "warning" : "note", says, { says: "Use another model for apps that need tools." });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text === "" ? "{}" : text);
    return true;
  } catch {
    return false;
  }
}

export function judgePicture(subject: Subject, heard: Heard): Finding {
  return (
    unheard(subject, "vision", heard) ?? ofModel(subject, "vision", "ok", "It takes pictures. Whether it sees them rightly was not judged.")
  );
}

/** What a context is enlarged to where the model can do more. */
const goodContext = 32_768;

export function judgeLong(subject: Subject, heard: Heard): Finding {
  if (heard.state === "failed" && heard.failure.kind === "context-too-long")
    return ofModel(subject, "context", "ok", "It refuses a prompt that is too long instead of cutting it in silence.");
  const none = unheard(subject, "context", heard);
  if (none !== undefined || heard.state !== "answered") return none ?? ofModel(subject, "context", "skipped", "");
  const saw = tokensIn(heard.events)?.input;
  if (saw === undefined)
    return ofModel(subject, "context", "note", "The server does not tell how much it read, so a cut prompt would not be noticed.");
  const cut = truncationOf(saw, longTokens, subject.contextTokens) ?? truncationOf(saw, longTokens, undefined);
  if (cut === undefined) return ofModel(subject, "context", "ok", `A prompt of about ${longTokens} tokens was read whole.`);
  const tokens = Math.min(goodContext, subject.maxContextTokens ?? goodContext);
  const says = `It read ${saw} of about ${longTokens} tokens and said nothing: what is longer than its context of ${cut.contextTokens} is cut in silence.`;
  if (tokens <= cut.contextTokens)
    return ofModel(subject, "context", "warning", says, { says: "Use a model with a longer context for long conversations." });
  const change: ConfigChange = { what: "context", model: subject.model, tokens };
  return ofModel(subject, "context", "warning", says, {
    says: `Load it with a context of ${tokens} tokens. It then needs more memory.`,
    change,
  });
}

/** What the node itself told of tokens, at last. */
function tokensIn(events: readonly ChatEvent[]): Tokens | undefined {
  const told = events.flatMap((event) => (event.type === "tokens" && event.tokens.estimated !== true ? [event.tokens] : []));
  return told.at(-1);
}

/** How much of a prompt was in the server's cache, where it tells. */
export function cachedIn(heard: Heard): number | undefined {
  return heard.state === "answered" ? tokensIn(heard.events)?.cacheRead : undefined;
}

/** `heard`: the answer to a question that was asked right before, word by word. A server reads at least its last token again. */
export function judgeCache(subject: Subject, heard: Heard): Finding {
  const none = unheard(subject, "prompt-cache", heard);
  if (none !== undefined || heard.state !== "answered") return none ?? ofModel(subject, "prompt-cache", "skipped", "");
  const cached = cachedIn(heard);
  const read = tokensIn(heard.events)?.input;
  if (cached === undefined || read === undefined)
    return ofModel(subject, "prompt-cache", "skipped", "The server does not tell what of a prompt it still had from before.");
  if (cached * 2 >= read) return ofModel(subject, "prompt-cache", "ok", "What it has read of a conversation it does not read again.");
  const says = `Asked the same twice, it read ${read - cached} of ${read} tokens again: in long conversations every answer begins late.`;
  return ofModel(subject, "prompt-cache", "warning", says, {
    says: `Start the server on ${subject.nodeName} without --no-cache-prompt; for a model with sliding-window attention, such as Gemma, try --swa-full.`,
  });
}

/** Instants tell apart no better than this: asking took time. */
const nearMs = 30_000;

/** `before` and `after`: when it was to leave memory, before the questions and after them; null: never. */
export function judgeStay(subject: Subject, before: number | null, after: number | null | undefined): Finding {
  if (after === undefined)
    return ofModel(subject, "keep-alive", "warning", "It was in memory before the questions and is not any more.", {
      says: `Look whether another app unloads models on ${subject.nodeName}.`,
    });
  const isSame = before === null || after === null ? before === after : Math.abs(after - before) < nearMs;
  if (isSame) return ofModel(subject, "keep-alive", "ok", "The server keeps to the time it is told to keep a model.");
  return ofModel(subject, "keep-alive", "warning", "The server changed how long it keeps the model, although it was told the same time.", {
    says: `Look whether OLLAMA_KEEP_ALIVE or a proxy on ${subject.nodeName} decides instead.`,
  });
}
