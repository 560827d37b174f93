// The habits of real servers, one row each: a simulated node has those that its options name. Every row is met by every client in
// test/conformance/quirks.test.ts.
import {
  answers,
  breaksWith,
  events,
  failsWith,
  frames,
  inCalls,
  inChoices,
  inSaid,
  type Json,
  objectOf,
  type Quirk,
  readJson,
  refusals,
  wholeCalls,
  without,
} from "./quirk-shapes.ts";

const sse = (data: string) => `data: ${data}\n\n`;
const crashText = "an error was encountered while running the model: unexpected EOF";

/** What a server says of tokens, in all three dialects. */
const tokenFields = ["usage", "timings", "prompt_eval_count", "prompt_eval_duration", "eval_count", "eval_duration"];
const untold = (event: Json) => {
  const message = objectOf(event["message"]);
  const bare = without(event, ...tokenFields);
  return "usage" in message ? { ...bare, message: without(message, "usage") } : bare;
};

/** An event is left out when it said nothing but usage. */
const saysNothing = (event: Json) => Array.isArray(event["choices"]) && event["choices"].length === 0;

const isFinish = (choice: Json) => typeof choice["finish_reason"] === "string";
const usage = { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 };
const numericCode = (message: string, code: number) => ({
  error: { code, message, type: code >= 500 ? "server_error" : "invalid_request_error" },
});
const flat = (message: string, code: number) => ({ object: "error", message, type: "BadRequestError", param: null, code });
const argumentsAsObject = (call: Json) => {
  const told = objectOf(call["function"]);
  const text = told["arguments"];
  return typeof text === "string" ? { ...call, function: { ...told, arguments: readJson(text) ?? text } } : call;
};
const thinkingField = (from: string, to: string) => (said: Json) => (from in said ? { ...without(said, from), [to]: said[from] } : said);

/** llama-swap's own words: no id, no model, no index, nothing but this. Written to stand before the model's first word. */
const loadingWords = [
  "━━━━━\n",
  "llama-swap ",
  "loading model: m\n",
  "\n",
  "Reticulating splines",
  " ",
  ".",
  ".",
  "\n",
  "Done! (1.25s)\n",
  "━━━━━\n",
  " \n",
];

export const quirks = {
  "missing-usage": {
    from: "Ollama's /v1 and its prompt cache; vLLM before 0.5 (apis.md 10, observed.md 3)",
    stream: events((event) => (saysNothing(event) ? [] : [untold(event)])),
    whole: answers(untold),
  },
  "usage-in-every-chunk": {
    from: "vLLM's continuous usage, xAI: counts grow with each chunk",
    stream: events((event, isLast) =>
      isLast || !("choices" in event) ? [event] : [{ ...event, usage: { ...usage, completion_tokens: 1 } }],
    ),
  },
  "usage-with-the-finish": {
    from: "Mistral, Groq, llama-server's timings: usage stands in the chunk with the finish, asked for or not (observed.md 1)",
    stream: events((event) => {
      if (saysNothing(event)) return [];
      let isEnd = false;
      inChoices(event, (choice) => {
        isEnd ||= isFinish(choice);
        return choice;
      });
      return [isEnd ? { ...event, usage } : event];
    }),
  },
  "null-usage": {
    from: "OpenAI: every chunk before the last says usage: null (apis.md 2.2)",
    stream: events((event) => ["choices" in event && !("usage" in event) ? { ...event, usage: null } : event]),
  },
  "content-null": {
    from: "llama-server: content is null in its first chunk (observed.md 1); others say so in the last too",
    stream: events((event) => [inSaid(event, (said) => ("content" in said ? said : { ...said, content: null }))]),
  },
  "role-in-every-chunk": {
    from: "OpenRouter, LM Studio, Ollama",
    stream: events((event) => [inSaid(event, (said) => ({ ...said, role: "assistant" }))]),
  },
  "role-and-content-together": {
    from: "Ollama's /v1: no chunk stands before the first word (observed.md 3)",
    stream: (script) =>
      events((event) => [inSaid(event, (said) => ({ role: "assistant", content: "", ...said }))])({ ...script, opening: [] }),
  },
  "no-finish-reason": {
    from: "older text-generation servers: [DONE], but never why",
    stream: events((event) => [inChoices(event, (choice) => ("finish_reason" in choice ? { ...choice, finish_reason: null } : choice))]),
  },
  "no-done": {
    from: "servers that end after the reason to finish, without [DONE]",
    stream: (script) => ({ ...script, closing: script.closing.filter((frame) => frame !== sse("[DONE]")) }),
  },
  "no-blank-line-after-done": {
    from: "servers that write [DONE] and hang up",
    stream: frames((frame) => (frame === sse("[DONE]") ? frame.trimEnd() : frame)),
  },
  "no-space-after-data": { from: "SSE allows it; FastChat, some proxies", stream: frames((frame) => frame.replace(/^data: /gm, "data:")) },
  "crlf-frames": { from: "sse-starlette: lines end with CR LF", stream: frames((frame) => frame.replaceAll("\n", "\r\n")) },
  "byte-order-mark": {
    from: ".NET servers: the body begins with U+FEFF",
    stream: (script) => {
      const [first = "", ...rest] = [...script.opening, ...script.paced];
      return { ...script, opening: [`\uFEFF${first}`], paced: rest };
    },
  },
  "keep-alive-comments": {
    from: "llama-server's --sse-ping-interval, OpenRouter (observed.md 1)",
    stream: (script) => ({
      ...script,
      opening: [": OPENROUTER PROCESSING\n\n", ":\n\n", ...script.opening],
      paced: script.paced.flatMap((frame) => [frame, ":\n\n"]),
    }),
  },
  "fake-reasoning-while-loading": {
    from: "llama-swap's sendLoadingState: its own words as reasoning while the model loads (apis.md 9)",
    stream: (script) => ({
      ...script,
      opening: [
        ...loadingWords.map((text) => sse(JSON.stringify({ choices: [{ delta: { reasoning_content: text } }] }))),
        ...script.opening,
      ],
    }),
  },
  "reasoning-field": {
    from: "Ollama's /v1, vLLM since 0.12, OpenRouter: reasoning, not reasoning_content (apis.md 1.10)",
    stream: events((event) => [inSaid(event, thinkingField("reasoning_content", "reasoning"))]),
    whole: answers((body) => inSaid(body, thinkingField("reasoning_content", "reasoning"))),
  },
  "reasoning-content-field": {
    from: "llama-server, DeepSeek, vLLM: reasoning_content (apis.md 4.1)",
    stream: events((event) => [inSaid(event, thinkingField("reasoning", "reasoning_content"))]),
    whole: answers((body) => inSaid(body, thinkingField("reasoning", "reasoning_content"))),
  },
  "load-progress-lines": {
    from: "a proposed change to Ollama: lines with load_progress before the words (apis.md 1.4)",
    stream: (script) => ({
      ...script,
      opening: [0, 50, 100].map(
        (done) =>
          `${JSON.stringify({ model: "m", created_at: "2026-11-21T10:00:00Z", load_progress: done, message: { role: "assistant", content: "" }, done: false })}\n`,
      ),
    }),
  },
  "done-reason-load": {
    from: "Ollama: a call that only loaded ends with done_reason load (observed.md 3)",
    stream: events((event) => [event["done"] === true ? { ...event, done_reason: "load" } : event]),
    whole: answers((body) => ({ ...body, done_reason: "load" })),
  },
  "done-reason-unload": {
    from: "Ollama: the runner was told to go while it answered (apis.md 1.6)",
    stream: events((event) => [event["done"] === true ? { ...event, done_reason: "unload" } : event]),
    whole: answers((body) => ({ ...body, done_reason: "unload" })),
  },
  "tool-calls-without-index": {
    from: "LM Studio and older Gemini proxies: fragments belong to the latest call",
    stream: events((event) => [inCalls(event, (call) => without(call, "index"))]),
  },
  "tool-arguments-as-object": {
    from: "LocalAI, older vLLM parsers: arguments are the object itself, not its text",
    stream: wholeCalls(argumentsAsObject),
    whole: answers((body) => inCalls(body, argumentsAsObject)),
  },
  "tool-calls-in-one-piece": {
    from: "Ollama's /v1, llama-server with some templates: a call comes whole (apis.md 1.7)",
    stream: wholeCalls((call) => call),
  },
  "empty-tool-id": {
    from: "llama.cpp before 2025, MLX: a call's id is an empty text",
    stream: events((event) => [inCalls(event, (call) => ({ ...call, id: "" }))]),
    whole: answers((body) => inCalls(body, (call) => ({ ...call, id: "" }))),
  },
  "no-tool-id": {
    from: "Ollama before 0.9: calls have no id at all (apis.md 1.7)",
    stream: events((event) => [inCalls(event, (call) => without(call, "id"))]),
    whole: answers((body) => inCalls(body, (call) => without(call, "id"))),
  },
  "finish-stop-after-tools": {
    from: "many templates: finish_reason is stop although tools were called",
    stream: events((event) => [inChoices(event, (choice) => (isFinish(choice) ? { ...choice, finish_reason: "stop" } : choice))]),
    whole: answers((body) => inChoices(body, (choice) => ({ ...choice, finish_reason: "stop" }))),
  },
  "numeric-error-code": {
    from: "llama-server: code is the HTTP number, not a word (apis.md 4.1)",
    whole: refusals(numericCode),
    stream: breaksWith(sse(JSON.stringify(numericCode("the slot was lost", 500)))),
  },
  "flat-vllm-error": {
    from: "older vLLM: the error stands without an envelope, and [DONE] follows it (apis.md 6)",
    whole: refusals(flat),
    stream: breaksWith(sse(JSON.stringify(flat("the engine died", 400))), sse("[DONE]")),
  },
  "string-error": {
    from: "LM Studio, vLLM's 401: the error is a bare text",
    whole: refusals((message) => ({ error: message })),
    stream: breaksWith(sse(JSON.stringify({ error: "the model crashed" }))),
  },
  "ndjson-error-line": {
    from: "Ollama: a last line with an error under 200 OK (apis.md 1.10, observed.md 3)",
    stream: breaksWith(`${JSON.stringify({ error: crashText })}\n`),
  },
  "error-without-data": {
    from: "LM Studio before 0.3.18: a bare JSON line in an event stream (apis.md 2.5)",
    stream: breaksWith(`${JSON.stringify({ error: { message: "the model crashed" } })}\n\n`),
  },
  "error-as-named-event": {
    from: "LM Studio: event: error, with OpenAI's object in its data",
    stream: breaksWith(`event: error\n${sse(JSON.stringify({ error: { message: "the model crashed" } }))}`),
  },
  "error-then-done": {
    from: "vLLM: [DONE] follows the error",
    stream: breaksWith(
      sse(JSON.stringify({ error: { message: "the engine died", type: "InternalServerError", code: 500 } })),
      sse("[DONE]"),
    ),
  },
  "error-beside-choices": {
    from: "OpenRouter: the error stands beside a last choice, whose finish_reason is error",
    stream: breaksWith(
      sse(
        JSON.stringify({
          id: "gen-1",
          object: "chat.completion.chunk",
          error: { code: 502, message: "upstream gone" },
          choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
        }),
      ),
      sse("[DONE]"),
    ),
  },
  "proxy-error-line": {
    from: "llama-server's router: a bare text in the event stream when its child died (observed.md 2)",
    stream: breaksWith("proxy error: Failed to read connection"),
    whole: (body) => (body.status >= 500 ? { ...body, text: "proxy error: Failed to read connection" } : body),
  },
  "200-with-error": {
    from: "LM Studio: an error under 200 OK (apis.md 11)",
    whole: () => ({ status: 200, text: JSON.stringify({ error: "Unexpected endpoint or method. (POST /v1/chat/completions)" }) }),
    stream: failsWith(sse(JSON.stringify({ error: { message: "Failed to load model" } }))),
  },
  "ends-in-silence": {
    from: "Ollama's /v1 when its runner crashed: an empty model, then a clean end (observed.md 3)",
    stream: (script) => ({ ...script, paced: script.paced.slice(0, 2), closing: script.crash === "cut" ? [] : script.crash }),
  },
  "no-last-line": {
    from: "Ollama after 31 equal tokens; its /v1/messages after a crash: the stream ends without its last line (observed.md 3)",
    stream: (script) => ({ ...script, closing: [] }),
  },
} as const satisfies Readonly<Record<string, Quirk>>;

/** The name of a habit. */
export type QuirkName = keyof typeof quirks;

/** Every name in the table. */
export const quirkNames: readonly QuirkName[] = Object.keys(quirks).filter((name): name is QuirkName => Object.hasOwn(quirks, name));
