// Answers from memory: lists of models, liveness, version. They never wait for a node, whatever state the nodes are in (F02, F08).
import type { Config } from "../contract/config.ts";
import { fail } from "../contract/failure.ts";
import type { Fleet } from "../contract/fleet.ts";
import { anthropicModel, anthropicModels, type PageAsked } from "../dialects/anthropic-models.ts";
import { namedModel, namedModels, ollamaPs, ollamaTags, openaiList, openaiOne } from "../dialects/model-lists.ts";
import { countTokens } from "../dialects/token-count.ts";
import { firstModelOf } from "../dialects/virtual-models.ts";
import { answerJson, answerText } from "./answers.ts";
import type { Gate } from "./doors.ts";
import { refuse } from "./errors.ts";
import { parseBody } from "./inference.ts";
import type { Visit } from "./visit.ts";

/** `POST /v1/messages/count_tokens`: an estimate, and marked as one, since no node is asked (demands 3.23). */
export function answerTokenCount(visit: Visit, body: Buffer): void {
  const read = parseBody(body);
  if ("failure" in read) return refuse(visit, read.failure);
  answerJson(visit, countTokens(read.value));
}

/** What Ollama clients are told while no Ollama node is up: old enough to promise nothing that a node may lack. */
const plainOllamaVersion = "0.9.0";

/** `GET /`: the very words Ollama's clients look for. */
export function answerRoot(visit: Visit): void {
  answerText(visit, "Ollama is running");
}

/** `GET /health`: the gateway's own state. A dead node is told, but does not make the gateway unhealthy. */
export function answerHealth(visit: Visit, fleet: Fleet): void {
  const nodes = Object.values(fleet.nodes).filter((node) => node.enabled);
  const healthy = nodes.filter((node) => node.health.state === "up" && node.breaker.state !== "open").length;
  answerJson(visit, { status: "ok", nodes: { healthy, total: nodes.length } });
}

/** `GET /api/version`: the lowest among the Ollama nodes that are up, since a client may use whatever that version promises. */
export function answerVersion(visit: Visit, fleet: Fleet): void {
  let lowest: string | undefined;
  for (const node of Object.values(fleet.nodes)) {
    if (node.kind !== "ollama" || !node.enabled || node.version === undefined || node.health.state === "down") continue;
    if (lowest === undefined || olderThan(node.version, lowest)) lowest = node.version;
  }
  answerJson(visit, { version: lowest ?? plainOllamaVersion });
}

function olderThan(a: string, b: string): boolean {
  const [left, right] = [numbersIn(a), numbersIn(b)];
  for (let index = 0; index < 3; index++) {
    const step = (left[index] ?? 0) - (right[index] ?? 0);
    if (step !== 0) return step < 0;
  }
  return false;
}

function numbersIn(version: string): number[] {
  return version.split(/[.\-+]/, 3).map((part) => Number.parseInt(part, 10) || 0);
}

/** What a caller is shown: the fleet and the names as far as they are its to see. */
export interface Shown {
  fleet(): Fleet;
  config(): Config;
}

/** `GET /api/tags`. */
export function answerTags(visit: Visit, shown: Shown): void {
  answerJson(visit, ollamaTags(shown.fleet(), shown.config()));
}

/** `GET /api/ps`. */
export function answerPs(visit: Visit, fleet: Fleet): void {
  answerJson(visit, ollamaPs(fleet));
}

/** `GET /v1/models`, in the form of who asks: Anthropic's clients say so by a header, and may ask for pages. */
export function answerModels(visit: Visit, shown: Shown, createdMs: number): void {
  if (!speaksAnthropic(visit)) return answerJson(visit, openaiList(shown.fleet(), createdMs, shown.config()));
  visit.dialect = "anthropic";
  const page = anthropicModels(namedModels(shown.fleet(), createdMs, shown.config()), pageAsked(visit));
  if ("failure" in page) refuse(visit, page.failure);
  else answerJson(visit, page);
}

/** `GET /v1/models/{id}`: the id may hold slashes, as they are or percent-encoded. */
export function answerModel(visit: Visit, shown: Shown, rawId: string, createdMs: number): void {
  const id = decoded(rawId);
  const isAnthropic = speaksAnthropic(visit);
  if (isAnthropic) visit.dialect = "anthropic";
  const model = isAnthropic ? anthropicOne(shown, id, createdMs) : openaiOne(shown.fleet(), id, createdMs, shown.config());
  if (model !== undefined) return answerJson(visit, model);
  refuse(visit, fail("unknown-model", `No node lists a model called "${id.slice(0, 512)}". /v1/models has the names there are.`));
}

function anthropicOne(shown: Shown, id: string, createdMs: number): unknown {
  const model = namedModel(shown.fleet(), id, createdMs, shown.config());
  return model === undefined ? undefined : anthropicModel(model);
}

/** Whether a list that both dialects have at one path is meant for Anthropic's clients. */
export function speaksAnthropic({ headers }: Visit): boolean {
  return headers["anthropic-version"] !== undefined;
}

function pageAsked({ target, path }: Visit): PageAsked {
  const query = new URLSearchParams(target.slice(path.length));
  const asked = (key: string) => query.get(key) ?? undefined;
  return { limit: asked("limit"), after_id: asked("after_id"), before_id: asked("before_id") };
}

function decoded(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}

/** Ollama's answer about a name that leaves the model open: there is nothing to know but that it can be asked. */
const openModel = { modelfile: "", parameters: "", template: "", details: {}, model_info: {}, capabilities: ["completion"] };

/** `POST /api/show`: current Ollama clients send `model`, older ones `name`. A profile is shown as the first model it leads to. */
export async function answerShow(visit: Visit, gate: Gate, body: Buffer): Promise<void> {
  const read = parseBody(body);
  if ("failure" in read) return refuse(visit, read.failure);
  const { value } = read;
  const model = textOf(value, "model") ?? textOf(value, "name");
  if (model === undefined || model === "" || model.length > 512)
    return refuse(
      visit,
      fail("invalid-request", "You must provide a model parameter: a name of at most 512 characters.", { field: "model" }),
    );
  const meant = firstModelOf(model, gate.config());
  if (meant === undefined) return answerJson(visit, openModel);
  const shown = await gate.show(meant, typeof value === "object" && value !== null && "verbose" in value && value.verbose === true);
  // A key may use a profile and not the models behind it: then it is not shown them either.
  if ("failure" in shown && shown.failure.kind === "forbidden" && meant !== model) answerJson(visit, openModel);
  else if ("failure" in shown) refuse(visit, shown.failure);
  else answerJson(visit, shown.body);
}

function textOf(value: unknown, key: "model" | "name"): string | undefined {
  if (typeof value !== "object" || value === null || !(key in value)) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === "string" ? found : undefined;
}

/** `GET /metrics`: for this machine only, since it names every node (S-84). */
export async function answerMetrics(visit: Visit, gate: Gate): Promise<void> {
  if (!isLoopbackAddress(visit.remoteAddress))
    return refuse(visit, fail("forbidden", "Metrics are shown to this machine only. Read them through 127.0.0.1."));
  answerText(visit, await gate.metrics(), "text/plain; version=0.0.4; charset=utf-8");
}

/** True for peers on this machine. */
export function isLoopbackAddress(address: string): boolean {
  return address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127.");
}
