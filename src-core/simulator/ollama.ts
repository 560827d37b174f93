// A simulated Ollama: routes, Host and Origin checks, lists. What it sends is held to test/fixtures/ollama and observed.md 3.
import { isIP } from "node:net";
import { type Asked, type AskedResult, readAsked } from "./asked.ts";
import type { Call } from "./call.ts";
import type { KindParts, SimulatedServer } from "./kind.ts";
import { embedTexts, infer, loadOrUnload, refuse } from "./ollama-inference.ts";
import { filedName, findFiled } from "./ollama-names.ts";
import { deleteModel, pullModel } from "./ollama-pull.ts";
import { loadedOf, shownOf, tagOf } from "./ollama-shapes.ts";

const startedAt = Date.UTC(2026, 8, 1);

/** Handlers by method and path. GET answers HEAD as well. */
type Routes = Readonly<Record<string, (call: Call) => Promise<void> | void>>;

export function simulateOllama(parts: KindParts): SimulatedServer {
  const routes = ollamaRoutes(parts);
  return {
    headers: {},
    close: () => undefined,
    async handle(call) {
      if (!hostAllowed(call.headers["host"]) || !originAllowed(call.headers["origin"])) return call.text(403, "", "");
      if (parts.options.key !== undefined && call.headers["authorization"] !== `Bearer ${parts.options.key}`) {
        return refuse(call, 401, "unauthorized");
      }
      const path = call.path.startsWith("/v1/models/") ? "/v1/models/" : call.path;
      const wanted = `${call.method === "HEAD" ? "GET" : call.method} ${path}`;
      const route = Object.hasOwn(routes, wanted) ? routes[wanted] : undefined;
      if (route === undefined) {
        const known = ["GET", "POST"].some((method) => Object.hasOwn(routes, `${method} ${path}`));
        return known ? call.text(405, "405 method not allowed", "text/plain") : call.text(404, "404 page not found", "text/plain");
      }
      await route(call);
    },
  };
}

function ollamaRoutes(parts: KindParts): Routes {
  const { models } = parts.options;
  const listed = () =>
    models.map((model) => ({ id: filedName(model.name), object: "model", created: startedAt / 1000, owned_by: "library" }));
  const v1 = (call: Call, body: unknown) => call.text(200, `${JSON.stringify(body)}\n`, "application/json");
  return {
    "GET /": (call) => call.text(200, "Ollama is running", "text/plain; charset=utf-8"),
    "GET /api/version": (call) => call.json(200, { version: parts.options.version ?? "0.33.0" }),
    "GET /api/tags": (call) => call.json(200, { models: models.map((model) => tagOf(model, startedAt)) }),
    "GET /api/ps": (call) => call.json(200, { models: inMemory(parts) }),
    "POST /api/show": withAsked((call, asked) => show(call, parts, asked)),
    "POST /api/generate": withAsked((call, asked) => native(call, parts, asked, "native-generate")),
    "POST /api/chat": withAsked((call, asked) => native(call, parts, asked, "native-chat")),
    "POST /api/embed": withAsked((call, asked) => embedTexts(call, parts, asked)),
    "POST /api/embeddings": withAsked((call, asked) => embedTexts(call, parts, asked)),
    "POST /api/pull": (call) => pullModel(call, parts),
    "DELETE /api/delete": (call) => deleteModel(call, parts),
    "GET /v1/models": (call) => v1(call, { object: "list", data: listed() }),
    "GET /v1/models/": (call) => {
      const name = decodeURIComponent(call.path.slice("/v1/models/".length));
      const found = listed().find((entry) => entry.id === filedName(name));
      if (found === undefined) refuse(call, 404, `model '${filedName(name)}' not found`);
      else v1(call, found);
    },
    "POST /v1/chat/completions": withAsked((call, asked) => {
      if (asked.messages === undefined || asked.messages.length === 0) return refuseEarly(call, "[] is too short - 'messages'");
      return infer(call, parts, asked, "v1-chat");
    }),
    "POST /v1/completions": withAsked((call, asked) => infer(call, parts, asked, "v1-completion")),
    "POST /v1/embeddings": withAsked((call, asked) => embedTexts(call, parts, asked)),
  };
}

/** Loaded models, longest remaining life first. One that is still loading is not listed (seen). */
function inMemory({ residency }: KindParts) {
  const loaded = residency.instances.filter((instance) => instance.state === "loaded");
  const life = (expiresAt: number | null) => expiresAt ?? Number.MAX_SAFE_INTEGER;
  return loaded.sort((a, b) => life(b.expiresAt) - life(a.expiresAt)).map(loadedOf);
}

function show(call: Call, parts: KindParts, asked: Asked): void {
  const name = asked.model ?? asked.name ?? "";
  const model = findFiled(parts.options.models, name);
  if (model === undefined) return refuse(call, 404, `model '${filedName(name)}' not found`);
  call.json(200, shownOf(model, startedAt), "application/json; charset=utf-8", { "transfer-encoding": "chunked" });
}

function native(call: Call, parts: KindParts, asked: Asked, task: "native-chat" | "native-generate"): Promise<void> {
  const empty = task === "native-chat" ? (asked.messages ?? []).length === 0 : (asked.prompt ?? "") === "";
  return empty ? loadOrUnload(call, parts, asked, task) : infer(call, parts, asked, task);
}

/** Errors of reading the body come before the routes' own encoder: no newline, and the charset is named. */
function refuseEarly(call: Call, message: string): void {
  if (!call.path.startsWith("/v1/")) return call.json(400, { error: message });
  call.json(400, { error: { message, type: "invalid_request_error", param: null, code: null } });
}

function withAsked(handler: (call: Call, asked: Asked) => Promise<void> | void) {
  return async (call: Call): Promise<void> => {
    const result = readAsked(call.body);
    if (result.state === "ok") await handler(call, result.asked);
    else refuseEarly(call, wrongBody(call, result));
  };
}

function wrongBody(call: Call, result: Exclude<AskedResult, { state: "ok" }>): string {
  if (result.state === "empty") return "missing request body";
  if (result.state === "bad-json") return `invalid character '${result.at}' looking for beginning of object key string`;
  const request = call.path === "/v1/chat/completions" ? "ChatCompletionRequest" : "ChatRequest";
  return `json: cannot unmarshal ${result.found} into Go struct field ${request}.${result.field} of type ${result.wanted === "number" ? "int" : result.wanted}`;
}

/** Bound to loopback, Ollama answers only to addresses, localhost and names that cannot be public. */
function hostAllowed(host: string | undefined): boolean {
  const name = (host ?? "")
    .replace(/:\d+$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
  return name === "" || isIP(name) !== 0 || name === "localhost" || /\.(local|internal|localhost)$/.test(name);
}

function originAllowed(origin: string | undefined): boolean {
  if (origin === undefined) return true;
  return /^(https?:\/\/(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(:\d+)?|(app|file|tauri|vscode-webview|vscode-file):\/\/.*)$/.test(
    origin,
  );
}
