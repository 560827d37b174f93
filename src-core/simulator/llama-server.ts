// A simulated llama-server with one model: it loads when it starts and answers 503 until then. Held to test/fixtures/llama-server.
import type { Call } from "./call.ts";
import type { KindParts, SimulatedServer } from "./kind.ts";
import { type LlamaTurn, llamaAsked, llamaTasks, refuseLlama } from "./llama-inference.ts";
import { llamaMetrics, modelProps, singleList, slotList } from "./llama-shapes.ts";
import type { SimulatedModel } from "./options.ts";

/** Stand on every answer of llama-server; the empty one is no mistake (observed.md 1). */
export const llamaHeaders = { server: "llama.cpp", "access-control-allow-origin": "" };

/** Unknown path and wrong method are one and the same. */
export function notFound(call: Call): void {
  call.json(404, { error: { message: "File Not Found", type: "not_found_error", code: 404 } });
}

/** False when the refusal was sent: the key is wrong. `/health` never asks for it. */
export function keyFits(call: Call, key: string | undefined): boolean {
  if (key === undefined || call.path === "/health" || call.path === "/v1/health") return true;
  if (call.headers["authorization"] === `Bearer ${key}` || call.headers["x-api-key"] === key) return true;
  call.json(401, { error: { message: "Invalid API Key", type: "authentication_error", code: 401 } }, undefined, { connection: "close" });
  return false;
}

export function simulateLlamaServer(parts: KindParts): SimulatedServer {
  const model = parts.options.models[0];
  if (model === undefined) throw new Error("A llama-server needs one model.");
  const slots = parts.options.slots ?? 2;
  const loading = startLoading(parts, model);
  return {
    headers: llamaHeaders,
    close: () => undefined,
    async handle(call) {
      if (!keyFits(call, parts.options.key)) return;
      // A sleeping server wakes by itself; only the first load is answered with 503.
      if (loading.underWay) return refuseLlama(call, 503, "Loading model", "unavailable_error");
      await answer({ call, parts, model, slots, headers: {}, crash: "cut" });
    },
  };
}

/** The process begins with its load; one that fails ends the process. */
function startLoading({ residency, exit }: KindParts, model: SimulatedModel): { underWay: boolean } {
  const loading = { underWay: residency.get(model.name) === undefined };
  residency.listeners.add((event) => {
    if (event === "failed") exit();
    if (event === "loaded") loading.underWay = false;
  });
  if (loading.underWay) void residency.begin(model, model.contextTokens, AbortSignal.abort());
  return loading;
}

async function answer(turn: LlamaTurn): Promise<void> {
  const { call } = turn;
  if (call.method === "GET" || call.method === "HEAD") {
    const body = lookUp(turn);
    if (body === undefined) return notFound(call);
    return body();
  }
  const task = call.method === "POST" && Object.hasOwn(llamaTasks, call.path) ? llamaTasks[call.path] : undefined;
  if (task === undefined) return notFound(call);
  const asked = llamaAsked(call);
  if (asked !== undefined) await task(turn, asked);
}

/** The GET routes of the process that holds the model; undefined for an unknown path. */
export function lookUp({ call, parts, model, slots, headers }: LlamaTurn): (() => void) | undefined {
  const instance = parts.residency.get(model.name);
  const running = instance?.running ?? 0;
  const json = (body: unknown) => () => call.json(200, body, undefined, headers);
  switch (call.path) {
    case "/health":
    case "/v1/health":
      return json({ status: "ok" });
    case "/v1/models":
    case "/models":
      return json(singleList(model, slots, Math.floor(call.clock.now() / 1000)));
    case "/props":
      return json(modelProps(model, slots, instance?.state === "sleeping", parts.options));
    case "/slots":
      if (call.query.get("fail_on_no_slot") === "1" && running >= slots) {
        return () => refuseLlama(call, 503, "no slot available", "unavailable_error");
      }
      return json(slotList(model, slots, running));
    case "/metrics":
      return () => call.text(200, llamaMetrics(running, instance?.waiting ?? 0), "text/plain; version=0.0.4", headers);
    default:
      return undefined;
  }
}
