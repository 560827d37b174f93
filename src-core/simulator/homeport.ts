// A simulated Homeport: another gateway, with one node behind it. Its list tells where its models are; it loads with the first request, and refuses
// a call that came through it already.
import type { KindParts, SimulatedServer } from "./kind.ts";
import { simulateOpenAiCompatible } from "./openai-compatible.ts";

const jsonType = "application/json; charset=utf-8";

export function simulateHomeport(parts: KindParts): SimulatedServer {
  const { options, residency, clock } = parts;
  const behind = simulateOpenAiCompatible(parts);
  const stateOf = (name: string) => {
    const state = residency.get(name)?.state;
    return state === "loaded" ? "warm" : (state ?? "cold");
  };
  return {
    headers: { "x-homeport-request": "simulated" },
    close: () => undefined,
    async handle(call) {
      if (call.method !== "GET" || call.path !== "/v1/models") return behind.handle(call);
      const created = Math.floor(clock.now() / 1000);
      const data = options.models.map(({ name, contextTokens }) => {
        const state = stateOf(name);
        const nodes = [{ node: "attic", model: name, state, health: "up" }];
        return {
          id: name,
          object: "model",
          created,
          owned_by: "homeport",
          context_length: contextTokens,
          homeport: { loaded: state === "warm", nodes },
        };
      });
      call.json(200, { object: "list", data }, jsonType);
    },
  };
}
