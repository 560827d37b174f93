// A simulated OpenAI: the dialect of a server of the house, behind a key, with the service's own errors, a bare list, and limits in every head.
import { readAsked } from "./asked.ts";
import type { Call } from "./call.ts";
import { CloudLimit, openAiLength } from "./cloud-limit.ts";
import type { KindParts, SimulatedServer } from "./kind.ts";
import { simulateOpenAiCompatible } from "./openai-compatible.ts";
import { answerResponses } from "./openai-responses.ts";

const jsonType = "application/json";

function refuse(call: Call, status: number, message: string, type: string, code: string | null): void {
  call.json(status, { error: { message, type, param: null, code } }, jsonType);
}

export function simulateOpenAi(parts: KindParts): SimulatedServer {
  const { key, ...open } = parts.options;
  const { models } = open;
  const behind = simulateOpenAiCompatible({ ...parts, options: open });
  const limit = open.limit === undefined ? undefined : new CloudLimit(open.limit, parts.clock);
  return {
    headers: { server: "cloudflare", "openai-version": "2020-10-01", "openai-processing-ms": "12" },
    close: () => behind.close(),
    async handle(call) {
      if (call.headers["authorization"] === undefined)
        return refuse(call, 401, "You didn't provide an API key.", "invalid_request_error", null);
      if (key !== undefined && call.headers["authorization"] !== `Bearer ${key}`)
        return refuse(call, 401, "Incorrect API key provided: sk-***.", "invalid_request_error", "invalid_api_key");
      if (call.method === "GET" && call.path === "/v1/models") return list(call, parts);
      if (call.method !== "POST") return refuse(call, 404, `Invalid URL (${call.method} ${call.path})`, "invalid_request_error", null);
      if (limit !== undefined && !counted(call, limit)) return;
      if (call.path === "/v1/responses") return answerResponses(call, parts);
      const asked = readAsked(call.body);
      if (asked.state === "ok" && !models.some(({ name }) => name === asked.asked.model)) {
        const message = `The model \`${asked.asked.model ?? ""}\` does not exist or you do not have access to it.`;
        return refuse(call, 404, message, "invalid_request_error", "model_not_found");
      }
      await behind.handle(call);
    },
  };
}

function list(call: Call, { options }: KindParts): void {
  const data = options.models.map(({ name }) => ({ id: name, object: "model", created: 1_715_367_049, owned_by: "system" }));
  call.json(200, { object: "list", data }, jsonType);
}

/** False: the call was one too many and is answered. */
function counted(call: Call, window: CloudLimit): boolean {
  const { limit, left, resetMs, retryAfterMs } = window.count();
  call.header("x-ratelimit-limit-requests", String(limit));
  call.header("x-ratelimit-remaining-requests", String(left));
  call.header("x-ratelimit-reset-requests", openAiLength(resetMs));
  if (retryAfterMs === undefined) return true;
  call.header("retry-after-ms", String(retryAfterMs));
  refuse(call, 429, `Rate limit reached: Limit ${limit}, Used ${limit}, Requested 1.`, "requests", "rate_limit_exceeded");
  return false;
}
