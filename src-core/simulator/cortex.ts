// A simulated cortex (apis.md 7): its list tells where models are and where they could be; it loads with the first request.
import type { Call } from "./call.ts";
import type { KindParts, SimulatedServer } from "./kind.ts";
import { simulateOpenAiCompatible } from "./openai-compatible.ts";
import type { SimulatedModel } from "./options.ts";

const jsonType = "application/json";

export function simulateCortex(parts: KindParts): SimulatedServer {
  const behind = simulateOpenAiCompatible(parts);
  return {
    headers: {},
    close: () => undefined,
    async handle(call) {
      if (call.method === "GET" && call.path === "/v1/models") return list(call, parts);
      if (call.method === "GET" && call.path === "/health")
        return call.json(200, { status: "ok", nodes: { healthy: 1, total: 1 }, unservable: [] }, jsonType);
      await behind.handle(call);
    },
  };
}

function list(call: Call, { options, residency }: KindParts): void {
  const data = options.models.map((model) => {
    const state = residency.get(model.name)?.state;
    const loaded = state === "loaded";
    const status = model.hindrance === "recovering" ? "recovering" : loaded ? "loaded" : state === "loading" ? "loading" : undefined;
    const locations = status === undefined ? [] : [{ node: "beast", status, vram_estimate_mb: Math.round(model.bytes / 1e6) }];
    return { ...entryOf(model), loaded, feasible_on: model.hindrance === "not-servable" ? [] : ["beast"], locations };
  });
  call.json(200, { object: "list", data }, jsonType);
}

function entryOf({ name, contextTokens, capabilities }: SimulatedModel) {
  const limit = { context: contextTokens };
  return { id: name, object: "model", owned_by: "cortex", limit, max_model_len: contextTokens, tool_call: capabilities.includes("tools") };
}
