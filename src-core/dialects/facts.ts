// A client's request reduced to facts. Checked by hand rather than by schema because it runs on every request; only what routing reads is
// looked at, everything else passes through untouched. Fields that would choose the upstream (api_base, base_url) are never read (S-27).
import { type Failure, fail } from "../contract/failure.ts";
import type { RequestId } from "../contract/ids.ts";
import type { Capability, Dialect } from "../contract/node-kinds.ts";
import type { RequestFacts, Task } from "../contract/route.ts";
import type { AskedInHeaders } from "./asked-headers.ts";
import { wrongInBody } from "./body-checks.ts";
import { namesImages } from "./image-addresses.ts";
import { conversationOf, maxOutputTokens, turnsIn } from "./message-view.ts";
import { isObject, type JsonObject, listIn, textIn } from "./shapes.ts";

/** A route that leads to inference. `task` is what the path promises; an empty Ollama prompt makes it a load. */
export interface InferenceRoute {
  readonly dialect: Dialect;
  readonly task: Task;
  /** Ollama streams unless told otherwise, OpenAI only when asked. */
  readonly streams: boolean;
}

/** Path to route. Every one is a POST. */
export const routes: ReadonlyMap<string, InferenceRoute> = new Map([
  ["/v1/chat/completions", { dialect: "openai", task: "chat", streams: false }],
  ["/v1/completions", { dialect: "openai", task: "completion", streams: false }],
  ["/v1/responses", { dialect: "responses", task: "chat", streams: false }],
  ["/v1/messages", { dialect: "anthropic", task: "chat", streams: false }],
  ["/v1/embeddings", { dialect: "openai", task: "embedding", streams: false }],
  ["/v1/rerank", { dialect: "openai", task: "rerank", streams: false }],
  ["/rerank", { dialect: "openai", task: "rerank", streams: false }],
  ["/api/generate", { dialect: "ollama", task: "completion", streams: true }],
  ["/api/chat", { dialect: "ollama", task: "chat", streams: true }],
  ["/api/embed", { dialect: "ollama", task: "embedding", streams: false }],
  ["/api/embeddings", { dialect: "ollama", task: "embedding", streams: false }],
]);

export interface FactsInput {
  readonly id: RequestId;
  readonly at: number;
  readonly route: InferenceRoute;
  readonly path: string;
  readonly parsed: unknown;
  readonly bodyBytes: number;
  readonly deadline: number;
  /** What our own headers said. */
  readonly asked?: AskedInHeaders | undefined;
  /** Whether conversations are kept on their node: only then is one told from another. */
  readonly affinity?: boolean;
}

type Draft = { -readonly [K in keyof RequestFacts]: RequestFacts[K] };

const bytesPerToken = 4;
/** Zero as Go writes durations: "0", "0s", "0h0m0s", "0.0ms". */
const zeroDuration = /^[+-]?(?:0+|(?:0+(?:\.0*)?(?:ns|us|µs|ms|s|m|h))+)$/;

/** The facts, or why the request is refused. */
export function readFacts(input: FactsInput): RequestFacts | Failure {
  const { parsed: body, route } = input;
  if (!isObject(body)) return fail("invalid-request", "The request body must be a JSON object.", { field: "" });
  const wrong = wrongInBody(body, route);
  if (wrong !== undefined) return wrong;
  const options = isObject(body["options"]) ? body["options"] : {};
  const contextTokens = options["num_ctx"];
  const keepAlive = body["keep_alive"];
  const task = taskOf(body, route);
  const model = String(body["model"]);
  const { profile } = body;
  const maxOutput = maxOutputTokens(body);
  const remembers = input.affinity === true && (task === "chat" || task === "completion") && input.asked?.conversation === undefined;
  const conversation = remembers ? conversationOf(body, model) : undefined;
  const needs = needsOf(body, route);
  const facts: Draft = {
    id: input.id,
    at: input.at,
    dialect: route.dialect,
    task,
    path: input.path,
    model,
    stream: typeof body["stream"] === "boolean" ? body["stream"] : route.streams,
    needs,
    deadline: input.deadline,
    bodyBytes: input.bodyBytes,
    promptTokens: Math.ceil(input.bodyBytes / bytesPerToken),
  };
  if (route.dialect === "ollama") {
    if (typeof contextTokens === "number" && contextTokens > 0) facts.contextTokens = contextTokens;
    if (typeof keepAlive === "string" || typeof keepAlive === "number") facts.keepAlive = keepAlive;
  }
  if (maxOutput !== undefined) facts.maxOutputTokens = maxOutput;
  if (conversation !== undefined) facts.conversation = conversation;
  if (needs.includes("vision") && namesImages(body)) facts.imageUrls = true;
  if (input.asked !== undefined) Object.assign(facts, input.asked);
  if (typeof profile === "string") {
    facts.profile = profile;
    facts.profileFrom = "body";
  }
  return facts;
}

/** Ollama loads with an empty prompt and unloads with `keep_alive: 0` (apis.md 1.6, 1.7). */
function taskOf(body: JsonObject, route: InferenceRoute): Task {
  if (route.dialect !== "ollama" || route.task === "embedding") return route.task;
  const empty =
    route.task === "chat"
      ? listIn(body, "messages").length === 0
      : (textIn(body, "prompt") ?? "") === "" && listIn(body, "images").length === 0;
  if (!empty) return route.task;
  return isZero(body["keep_alive"]) ? "unload" : "load";
}

function isZero(keepAlive: unknown): boolean {
  return keepAlive === 0 || (typeof keepAlive === "string" && zeroDuration.test(keepAlive));
}

function needsOf(body: JsonObject, route: InferenceRoute): Capability[] {
  const needs: Capability[] = [];
  if (listIn(body, "tools").length > 0) needs.push("tools");
  if (hasImage(body)) needs.push("vision");
  // Chat and completion are not demanded: servers that cannot tell a model's kinds say nothing of them.
  if (route.task === "embedding" || route.task === "rerank") needs.push(route.task);
  return needs;
}

/** OpenAI's words, older and newer, and Anthropic's. */
const isImage = (type: string | undefined): boolean => type === "image_url" || type === "input_image" || type === "image";

/** Also a tool may answer with one, as Claude Code's do. */
function isPicture(part: unknown): boolean {
  const type = textIn(part, "type");
  return isImage(type) || (type === "tool_result" && listIn(part, "content").some(isPicture));
}

function hasImage(body: JsonObject): boolean {
  if (listIn(body, "images").length > 0) return true;
  for (const message of turnsIn(body)) {
    if (listIn(message, "images").length > 0) return true;
    for (const part of listIn(message, "content")) if (isPicture(part)) return true;
    // The result of a tool, where that is an item of its own.
    for (const part of listIn(message, "output")) if (isPicture(part)) return true;
  }
  return false;
}
