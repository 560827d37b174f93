// llama-server, alone with one model or as a router over many; which of the two it is shows in its own words at every probe, so that a server
// restarted in the other mode is understood without a change of settings.

import { type Failure, fail } from "../contract/failure.ts";
import type { ModelId } from "../contract/ids.ts";
import type { Capability, NodeAbilities } from "../contract/node-kinds.ts";
import type { Sighting } from "../contract/sighting.ts";
import type {
  AdapterInput,
  LoadOptions,
  LoadProgress,
  NodeAdapter,
  PullProgress,
  UpstreamCall,
  UpstreamHandle,
  UpstreamSink,
} from "../engine/ports.ts";
import { get, parseJson } from "./calls.ts";
import { classifyRefusal, lacksModel, notA, probeRefusal, unable } from "./classify.ts";
import { createNodeHttp, type NodeHttp } from "./http.ts";
import { LlamaRouter } from "./llama-router.ts";
import { isLlamaServerList, type Listed, ModelList, Props, sightedModel } from "./llama-server-shapes.ts";
import type { Answer } from "./read-answer.ts";
import { errorWords } from "./words.ts";

/** Before the first probe it may be either: what a router can do is claimed only once it is seen. */
export const llamaServerAbilities: NodeAbilities = {
  load: false,
  unload: false,
  loadsUnlisted: false,
  tellsUsage: true,
  dialects: ["openai"],
};

const as = "a llama-server";

export function createLlamaServer(input: AdapterInput): NodeAdapter {
  return new LlamaServer(createNodeHttp({ ...input, node: input.id }));
}

class LlamaServer implements NodeAdapter {
  readonly #http: NodeHttp;
  readonly #router: LlamaRouter;
  /** What this server refused to do for good: it tells only when asked. */
  readonly #refused = new Set<Capability>();
  #isRouter = false;
  #lastSeen: readonly Listed[] = [];

  constructor(http: NodeHttp) {
    this.#http = http;
    this.#router = new LlamaRouter(http);
  }

  async probe(signal: AbortSignal): Promise<Sighting | { readonly failure: Failure }> {
    const [props, list] = await Promise.all([
      this.#http.read(get("/props?autoload=false"), signal),
      this.#http.read(get("/v1/models"), signal),
    ]);
    if ("failure" in list) return list;
    if ("failure" in props) return props;
    if (isLoading(props) || isLoading(list)) return this.#stillLoading();
    if (list.status !== 200) return { failure: probeRefusal({ node: this.#http.node, ...list, body: list.text }, as) };
    const models = ModelList.safeParse(parseJson(list.text)).data?.data;
    const told = props.status === 200 ? Props.safeParse(parseJson(props.text)).data : undefined;
    const isOne = told?.role === "router" || told?.build_info !== undefined || isLlamaServerList(models ?? []);
    if (models === undefined || !isOne) return { failure: notA(this.#http.node, as) };
    this.#isRouter = told?.role === "router";
    this.#lastSeen = models;
    return this.#isRouter ? this.#router.sighting(models, told?.build_info, this.#refused, signal) : this.#single(models, told);
  }

  load(
    model: ModelId,
    _options: LoadOptions,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<Failure | undefined> {
    return this.#isRouter ? this.#router.load(model, onProgress, signal) : Promise.resolve(this.#unable());
  }

  unload(model: ModelId, signal: AbortSignal): Promise<Failure | undefined> {
    return this.#isRouter ? this.#router.unload(model, signal) : Promise.resolve(this.#unable());
  }

  pull(model: ModelId, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<Failure | undefined> {
    return this.#isRouter ? this.#router.pull(model, onProgress, signal) : Promise.resolve(this.#unable());
  }

  remove(model: ModelId, signal: AbortSignal): Promise<Failure | undefined> {
    return this.#isRouter ? this.#router.remove(model, signal) : Promise.resolve(this.#unable());
  }

  send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle {
    return this.#http.send(call, sink);
  }

  fetchJson(call: UpstreamCall, signal: AbortSignal) {
    return this.#http.fetchJson(call, signal);
  }

  classify(status: number, headers: Readonly<Record<string, string>>, body: string): Failure | undefined {
    const { node } = this.#http;
    const words = errorWords(body);
    const lacking = status === 501 ? lackingIn(words) : undefined;
    if (lacking !== undefined) {
      this.#refused.add(lacking);
      return unable(node, words);
    }
    if (status === 400 && /^model '.*' not found$/.test(words)) return lacksModel(node, words);
    if (status >= 500 && words.startsWith("proxy error:")) return fail("upstream-unavailable", `The model on ${node} crashed: ${words}`);
    return classifyRefusal({ node, status, headers, body });
  }

  flush(calls: "cut" | "keep"): void {
    this.#http.flush(calls);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #single(models: readonly Listed[], props: Props | undefined): Sighting {
    const residency = props?.is_sleeping === true ? ({ state: "sleeping" } as const) : ({ state: "warm" } as const);
    return {
      version: props?.build_info,
      variant: "single model",
      identity: this.#http.identity,
      can: llamaServerAbilities,
      models: models.map((listed) => sightedModel(listed, residency, props, this.#refused)).filter((model) => model !== undefined),
    };
  }

  /** While its model loads, the server tells nothing else; what it had before is what it loads now. */
  #stillLoading(): Sighting {
    const residency = { state: "loading" } as const;
    return {
      variant: "single model",
      identity: this.#http.identity,
      can: llamaServerAbilities,
      models: this.#lastSeen
        .map((listed) => sightedModel(listed, residency, undefined, this.#refused))
        .filter((model) => model !== undefined),
    };
  }

  #unable(): Failure {
    return fail(
      "unsupported",
      `${this.#http.node} serves the one model it was started with. Start llama-server without -m to let it load others.`,
    );
  }
}

/** What it says it was not started for. */
function lackingIn(words: string): Capability | undefined {
  if (/\bembeddings?\b/i.test(words)) return "embedding";
  return /\brerank/i.test(words) ? "rerank" : undefined;
}

/** 503 with "Loading model" on every route until the model is there. */
function isLoading({ status, text }: Answer): boolean {
  return status === 503 && /\bloading model\b/i.test(text);
}
