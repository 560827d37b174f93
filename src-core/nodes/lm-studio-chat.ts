// A load by LM Studio's native chat stream, the only place where it tells how far a load is (apis.md 5.1). The chat is given up as soon as the
// model is there: nothing is generated, and nothing is kept.
import { createParser } from "eventsource-parser";
import { type Failure, fail } from "../contract/failure.ts";
import { saysOutOfMemory } from "../dialects/out-of-memory.ts";
import type { LoadProgress } from "../engine/ports.ts";
import { parseJson, postJson } from "./calls.ts";
import type { NodeHttp } from "./http.ts";
import { ChatEvent } from "./lm-studio-shapes.ts";
import { presentable } from "./words.ts";

/** `not-begun`: the stream was refused before anything was loaded, so that another way is free to be tried. */
export type ChatLoad = "loaded" | "not-begun" | { readonly failure: Failure };

const longestEventBytes = 64 * 1024;

/** Resolves when the stream says that the model is in memory, or why it will not be. */
export function loadByChat(
  http: NodeHttp,
  wish: { readonly model: string; readonly contextTokens: number | undefined },
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<ChatLoad> {
  const { model, contextTokens } = wish;
  const context = contextTokens === undefined ? {} : { context_length: contextTokens };
  const call = postJson("/api/v1/chat", { model, input: "Hi", stream: true, store: false, max_output_tokens: 1, ...context });
  return new Promise((resolve) => {
    let begun = false;
    const finish = (end: ChatLoad) => {
      signal.removeEventListener("abort", giveUp);
      handle.abort();
      resolve(end);
    };
    const giveUp = () => finish({ failure: fail("cancelled", `Loading ${model} on ${http.node} was given up.`) });
    const parser = createParser({
      maxBufferSize: longestEventBytes,
      onEvent: ({ data }) => {
        const event = ChatEvent.safeParse(parseJson(data)).data;
        if (event === undefined) return;
        if (event.type.startsWith("model_load.")) begun = true;
        if (event.type === "model_load.progress" && event.progress !== undefined)
          onProgress({ fraction: Math.min(1, Math.max(0, event.progress)) });
        if (event.type === "error") finish(begun ? { failure: loadFailure(http.node, model, event) } : "not-begun");
        else if (event.type === "model_load.end" || isPastLoading(event.type)) finish("loaded");
      },
    });
    const text = new TextDecoder();
    let isStream = false;
    const handle = http.send(call, {
      onHead: ({ status, headers }) => {
        isStream = status === 200 && headers["content-type"]?.startsWith("text/event-stream") === true;
        if (!isStream) queueMicrotask(() => finish("not-begun"));
      },
      onData: (chunk) => {
        if (isStream) parser.feed(text.decode(chunk, { stream: true }));
        return true;
      },
      onEnd: () =>
        finish(begun ? { failure: fail("load-failed", `${http.node} stopped loading ${model} without saying why.`) } : "not-begun"),
      onFailure: (failure) => finish({ failure }),
    });
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
  });
}

/** The model answers already: it was in memory, or is by now. */
function isPastLoading(type: string): boolean {
  return /^(?:prompt_processing|reasoning|message|tool_call)\./.test(type) || type === "chat.end";
}

/** LM Studio tells every failed load in the same general words; only its text may know more (apis.md 5.1). */
function loadFailure(node: string, model: string, { error }: ChatEvent): Failure {
  const words = presentable(error?.message ?? "it did not say why");
  return fail(saysOutOfMemory(words) ? "out-of-memory" : "load-failed", `${node} could not load ${model}: ${words}`);
}
