// What all servers of the house have in common: calls pass as they are, refusals are read by the shared table, and what a server cannot do is
// said in words. A kind adds what it knows better.

import { type Failure, fail } from "../contract/failure.ts";
import type { ModelId } from "../contract/ids.ts";
import type { Sighting } from "../contract/sighting.ts";
import type { AdapterInput, LoadOptions, LoadProgress, NodeAdapter, UpstreamCall, UpstreamHandle, UpstreamSink } from "../engine/ports.ts";
import { get, parseJson } from "./calls.ts";
import { classifyRefusal, notA, probeRefusal } from "./classify.ts";
import { createNodeHttp, type NodeHttp } from "./http.ts";

/** An adapter whose `load` and `unload` say that they cannot be had, until a kind knows better. */
export abstract class HouseNode implements NodeAdapter {
  protected readonly http: NodeHttp;

  constructor({ id, url, key, certificate, instance }: AdapterInput) {
    this.http = createNodeHttp({ node: id, url, key, certificate, instance });
  }

  abstract probe(signal: AbortSignal): Promise<Sighting | { readonly failure: Failure }>;

  load(
    _model: ModelId,
    _options: LoadOptions,
    _onProgress: (progress: LoadProgress) => void,
    _signal: AbortSignal,
  ): Promise<Failure | undefined> {
    return Promise.resolve(this.unable());
  }

  unload(_model: ModelId, _signal: AbortSignal): Promise<Failure | undefined> {
    return Promise.resolve(this.unable());
  }

  send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle {
    return this.http.send(call, sink);
  }

  fetchJson(call: UpstreamCall, signal: AbortSignal) {
    return this.http.fetchJson(call, signal);
  }

  classify(status: number, headers: Readonly<Record<string, string>>, body: string): Failure | undefined {
    return classifyRefusal({ node: this.http.node, status, headers, body });
  }

  flush(calls: "cut" | "keep"): void {
    this.http.flush(calls);
  }

  close(): Promise<void> {
    return this.http.close();
  }

  /** The JSON at a path, in the shape that only this kind of server gives it. `as` is what was expected: "an LM Studio server". */
  protected async list<T>(
    path: string,
    shape: { safeParse(body: unknown): { readonly data?: T | undefined } },
    as: string,
    signal: AbortSignal,
  ): Promise<{ readonly list: T } | { readonly failure: Failure }> {
    const { node } = this.http;
    const answer = await this.http.read(get(path), signal);
    if ("failure" in answer) return answer;
    if (answer.status !== 200) return { failure: probeRefusal({ node, ...answer, body: answer.text }, as) };
    const list = shape.safeParse(parseJson(answer.text)).data;
    return list === undefined ? { failure: notA(node, as) } : { list };
  }

  protected unable(): Failure {
    return fail("unsupported", `${this.http.node} decides by itself what it loads; Homeport can neither load nor unload models there.`);
  }
}
