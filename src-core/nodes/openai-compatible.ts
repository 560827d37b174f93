// Any server that speaks the OpenAI dialect and whose own interface we do not know. It has no notion of loading that we know either, so what it lists
// counts as served; what it does not say stays unknown.
import { z } from "zod";
import { type Failure, fail } from "../contract/failure.ts";
import type { NodeAbilities } from "../contract/node-kinds.ts";
import type { SightedModel, Sighting } from "../contract/sighting.ts";
import type { AdapterInput, NodeAdapter, UpstreamCall, UpstreamHandle, UpstreamSink } from "../engine/ports.ts";
import { get, parseJson } from "./calls.ts";
import { classifyRefusal, notA, probeRefusal } from "./classify.ts";
import { createNodeHttp, type NodeHttp } from "./http.ts";
import { listOf, modelIdOf, Positive } from "./model-list.ts";

export const openAiCompatibleAbilities: NodeAbilities = { load: false, unload: false, loadsUnlisted: false, dialects: ["openai"] };

const as = "an OpenAI-compatible server";

const Listed = z.object({ id: z.string(), max_model_len: Positive, context_length: Positive, max_context_length: Positive });
type Listed = z.infer<typeof Listed>;

export const OpenAiList = z.object({ data: listOf(Listed) });

export function createOpenAiCompatible(input: AdapterInput): NodeAdapter {
  return new OpenAiCompatible(createNodeHttp({ ...input, node: input.id }));
}

class OpenAiCompatible implements NodeAdapter {
  readonly #http: NodeHttp;

  constructor(http: NodeHttp) {
    this.#http = http;
  }

  async probe(signal: AbortSignal): Promise<Sighting | { readonly failure: Failure }> {
    const { node } = this.#http;
    const answer = await this.#http.read(get("/v1/models"), signal);
    if ("failure" in answer) return answer;
    if (answer.status !== 200) return { failure: probeRefusal({ node, ...answer, body: answer.text }, as) };
    const list = OpenAiList.safeParse(parseJson(answer.text));
    if (!list.success) return { failure: notA(node, as) };
    const models = list.data.data.map(sighted).filter((model) => model !== undefined);
    return { identity: this.#http.identity, can: openAiCompatibleAbilities, models };
  }

  load(): Promise<Failure | undefined> {
    return Promise.resolve(this.#unable());
  }

  unload(): Promise<Failure | undefined> {
    return Promise.resolve(this.#unable());
  }

  send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle {
    return this.#http.send(call, sink);
  }

  fetchJson(call: UpstreamCall, signal: AbortSignal) {
    return this.#http.fetchJson(call, signal);
  }

  classify(status: number, headers: Readonly<Record<string, string>>, body: string): Failure | undefined {
    return classifyRefusal({ node: this.#http.node, status, headers, body });
  }

  flush(calls: "cut" | "keep"): void {
    this.#http.flush(calls);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #unable(): Failure {
    return fail("unsupported", `${this.#http.node} decides by itself what it loads; Homeport can neither load nor unload models there.`);
  }
}

function sighted(listed: Listed): SightedModel | undefined {
  const id = modelIdOf(listed.id);
  const contextTokens = listed.max_model_len ?? listed.context_length ?? listed.max_context_length;
  return id === undefined ? undefined : { id, residency: { state: "warm" }, contextTokens, maxContextTokens: contextTokens };
}
