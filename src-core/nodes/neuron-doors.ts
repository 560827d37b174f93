// Where a neuron's models answer: each may have a door of its own on the neuron's machine. An address is a word of the node, so only its own
// host is ever believed: loopback there means the neuron's machine, never ours, and any other host is not dialled (S-43).
import type { ModelId } from "../contract/ids.ts";
import { scanBody } from "../dialects/json-scan.ts";
import type { AdapterInput, UpstreamCall } from "../engine/ports.ts";
import { get, parseJson } from "./calls.ts";
import { createNodeHttp, type NodeHttp } from "./http.ts";
import { Endpoint } from "./neuron-shapes.ts";
import { isLoopbackName, parseNodeUrl } from "./node-url.ts";

/** So many doors are asked for per probe. */
const askedPerProbe = 8;

export class NeuronDoors {
  readonly #input: AdapterInput;
  readonly #own: NodeHttp;
  /** By address. */
  readonly #doors = new Map<string, NodeHttp>();
  /** By model: what was learned since it was loaded. */
  readonly #of = new Map<string, NodeHttp>();

  constructor(input: AdapterInput, own: NodeHttp) {
    this.#input = input;
    this.#own = own;
  }

  /** The door for a call: by the model that its body names, where not all models share the neuron's own. */
  doorOf({ body }: UpstreamCall): NodeHttp {
    if (this.#doors.size === 0 || body === undefined) return this.#own;
    const scan = scanBody(body);
    if (!scan.ok || scan.modelSpan === undefined) return this.#own;
    const name = parseJson(body.toString("utf8", scan.modelSpan.start, scan.modelSpan.end));
    return (typeof name === "string" ? this.#of.get(name) : undefined) ?? this.#own;
  }

  /** Asks where newly loaded models answer, and forgets those that are gone. */
  async learn(loaded: readonly ModelId[], signal: AbortSignal): Promise<void> {
    const there = new Set<string>(loaded);
    for (const model of this.#of.keys()) if (!there.has(model)) this.#of.delete(model);
    const unknown = loaded.filter((model) => !this.#of.has(model)).slice(0, askedPerProbe);
    await Promise.all(unknown.map((model) => this.#ask(model, signal)));
  }

  flush(calls: "cut" | "keep"): void {
    for (const door of this.#doors.values()) door.flush(calls);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#doors.values()].map((door) => door.close()));
  }

  async #ask(model: ModelId, signal: AbortSignal): Promise<void> {
    const answer = await this.#own.fetchJson(get(`/models/${encodeURIComponent(model)}/endpoint`), signal);
    if ("failure" in answer) return;
    const url = answer.status === 200 ? Endpoint.safeParse(answer.body).data?.url : undefined;
    this.#of.set(model, url === undefined ? this.#own : this.#doorAt(url));
  }

  #doorAt(url: string): NodeHttp {
    const told = parseNodeUrl(url);
    const home = parseNodeUrl(this.#input.url);
    if ("failure" in told || "failure" in home) return this.#own;
    if (!isLoopbackName(told.host) && told.host !== home.host) return this.#own;
    if (told.port === home.port) return this.#own;
    const host = home.host.includes(":") ? `[${home.host}]` : home.host;
    const address = `${home.origin.startsWith("https:") ? "https" : "http"}://${host}:${told.port}${told.prefix.replace(/\/v1$/, "")}`;
    const { id, key, certificate, instance } = this.#input;
    const door = this.#doors.get(address) ?? createNodeHttp({ node: id, url: address, key, certificate, instance });
    this.#doors.set(address, door);
    return door;
  }
}
