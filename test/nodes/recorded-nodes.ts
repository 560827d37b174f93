// Servers that behave like their recordings: each remembers only what its model's residency is, and answers with what the real one sent.
import type { ServerResponse } from "node:http";
import { type Asked, type ReplayServer, type Reply, recorded, reply, startReplay } from "../support/replay.ts";
import type { SuiteNode } from "./adapter-suite.ts";

const nameIn = (asked: Asked): string => /"model":"([^"]*)"/.exec(asked.body)?.[1] ?? "";
const routeOf = ({ method, path }: Asked): string => `${method} ${path.split("?", 1)[0]}`;
const isStream = (asked: Asked): boolean => /"stream":true/.test(asked.body);

export async function recordedOllama(): Promise<SuiteNode & { readonly replay: ReplayServer }> {
  const at = (name: string) => recorded("ollama", name);
  let loaded = false;
  const generate = (asked: Asked): Reply => {
    if (nameIn(asked) !== "tiny-a:latest") return at("api-chat-unknown");
    loaded = !/"keep_alive":0/.test(asked.body);
    return at(loaded ? "load-generate" : "unload");
  };
  const replay = await startReplay((asked) => {
    switch (routeOf(asked)) {
      case "GET /api/tags":
        return at("tags");
      case "GET /api/ps":
        return at(loaded ? "ps-loaded" : "ps-none");
      case "GET /api/version":
        return at("version");
      case "GET /":
        return at("root");
      case "GET /v1/models":
        return at("v1-models");
      case "POST /api/generate":
        return generate(asked);
      case "POST /v1/chat/completions":
        if (asked.body === "{}") return at("chat-empty-object");
        return at(isStream(asked) ? "chat-stream" : "chat");
      default:
        return at("unknown-path");
    }
  });
  return { url: replay.url, model: "tiny-a:latest", loads: true, tellsProgress: false, stop: replay.stop, replay };
}

export async function recordedLlamaServer(): Promise<SuiteNode & { readonly replay: ReplayServer }> {
  const at = (name: string) => recorded("llama-server", name);
  const replay = await startReplay((asked) => {
    switch (routeOf(asked)) {
      case "GET /props":
        return at("props");
      case "GET /health":
        return at("health");
      case "GET /v1/models":
        return at("v1-models");
      case "POST /v1/chat/completions":
        if (asked.body === "{}") return at("chat-empty-object");
        return at(isStream(asked) ? "chat-stream" : "chat");
      default:
        return at("unknown-path");
    }
  });
  return { url: replay.url, model: "models/tiny-a.gguf", loads: false, tellsProgress: false, stop: replay.stop, replay };
}

/** Lines of `/models/sse` as observed.md 2 gives them. */
export const routerEvents = {
  loading: { model: "tiny-a", event: "model_status", data: { status: "loading" } },
  loaded: { model: "tiny-a", event: "status_change", data: { status: "loaded", info: {} } },
  at: (value: number, current = "text_model", stages = ["text_model"]) => ({
    model: "tiny-a",
    event: "status_change",
    data: { status: "loading", progress: { stages, current, value } },
  }),
};

export async function recordedRouter(): Promise<SuiteNode & { readonly replay: ReplayServer }> {
  const at = (name: string) => recorded("llama-server-router", name);
  let list = "models-before";
  const watchers = new Set<ServerResponse>();
  const tell = (event: unknown) => {
    for (const watcher of watchers) watcher.write(`data: ${JSON.stringify(event)}\n\n`);
  };
  const load = (asked: Asked): Reply => {
    const name = nameIn(asked);
    if (name === "broken") {
      list = "models-after-broken";
      return at("load");
    }
    if (name !== "tiny-a") return at("load-unknown");
    if (list === "models-loaded") return at("load-again");
    list = "models-loading";
    tell(routerEvents.loading);
    for (const value of [0, 0.5, 1]) tell(routerEvents.at(value));
    return at("load");
  };
  const unload = (asked: Asked): Reply => {
    if (nameIn(asked) !== "tiny-a" || list !== "models-loaded") return at("unload-again");
    list = "models-unloaded";
    return at("unload");
  };
  const models = (): Reply => {
    const now = at(list);
    // The reader who saw it loading is the one who is told next that it is done.
    if (list === "models-loading") {
      list = "models-loaded";
      tell(routerEvents.loaded);
    }
    if (list === "models-after-broken") list = "models-loaded";
    return now;
  };
  const replay = await startReplay((asked, response) => {
    switch (routeOf(asked)) {
      case "GET /props":
        return at(asked.path.includes("model=") ? "props-model" : "props");
      case "GET /models":
      case "GET /v1/models":
        return models();
      case "GET /models/sse":
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.flushHeaders();
        watchers.add(response);
        response.on("close", () => watchers.delete(response));
        return undefined;
      case "POST /models/load":
        return load(asked);
      case "POST /models/unload":
        return unload(asked);
      case "POST /v1/chat/completions":
        if (asked.body === "{}") return at("chat-no-model");
        return at(isStream(asked) ? "chat-stream" : "chat");
      default:
        return reply(404, { error: { message: "File Not Found", type: "not_found_error", code: 404 } });
    }
  });
  return { url: replay.url, model: "tiny-a", broken: "broken", loads: true, tellsProgress: false, stop: replay.stop, replay };
}

/** A vLLM-like server; its words are the public contract (apis.md 6), its streams the recorded ones. */
export async function recordedOpenAi(): Promise<SuiteNode & { readonly replay: ReplayServer }> {
  const replay = await startReplay((asked) => {
    switch (routeOf(asked)) {
      case "GET /v1/models":
        return reply(200, { object: "list", data: [{ id: "qwen3-8b", object: "model", owned_by: "vllm", max_model_len: 32_768 }] });
      case "GET /version":
        return reply(200, { version: "0.11.1" });
      case "POST /v1/chat/completions":
        if (asked.body === "{}")
          return reply(400, { object: "error", message: "messages: field required", type: "BadRequestError", code: 400 });
        return recorded("llama-server", isStream(asked) ? "chat-stream" : "chat");
      default:
        return reply(404, { detail: "Not Found" });
    }
  });
  return { url: replay.url, model: "qwen3-8b", loads: false, tellsProgress: false, stop: replay.stop, replay };
}
