// A worker's configuration: its runtimes, as nodes. Each is understood by what answers at its address; one that does not answer yet is asked again for
// ever and becomes a node when it does. Nothing of it is ever written down.
import { Config, NodeConfig } from "../contract/config.ts";
import { type Failure, fail } from "../contract/failure.ts";
import { NodeId } from "../contract/ids.ts";
import type { NodeKind } from "../contract/node-kinds.ts";
import type { Clock, ConfigSource, Draw, Log, Survey } from "./ports.ts";

const askMs = 3_000;
const firstPauseMs = 1_000;
const longestPauseMs = 15_000;

export interface RuntimesOptions {
  readonly urls: readonly string[];
  readonly survey: Pick<Survey, "fingerprint">;
  readonly clock: Clock;
  readonly draw: Draw;
  readonly log: Log;
}

/** Whoever calls brings the deadline; without one a job may take an hour. Runtimes on the same machine are cheap to ask. */
const settings = {
  affinity: { enabled: false },
  requests: { deadlineSeconds: 3_600 },
  polling: { activeSeconds: 5, idleSeconds: 10 },
};

export class Runtimes implements ConfigSource {
  readonly describe = "the worker's command line";
  readonly writable = false;
  readonly kept = "app";
  readonly extraNodes: readonly NodeConfig[] = [];
  readonly #options: RuntimesOptions;
  readonly #listeners = new Set<(config: Config) => void>();
  readonly #known = new Map<string, NodeConfig>();
  #config = Config.parse(settings);
  #stopped = false;
  readonly #forget = new Map<string, () => void>();

  constructor(options: RuntimesOptions) {
    this.#options = options;
  }

  current(): Config {
    return this.#config;
  }

  document(): Readonly<Record<string, unknown>> {
    return settings;
  }

  keepCopy(): { readonly failure: Failure } {
    return { failure: fail("unsupported", "A worker's settings are its command line: there is no document to copy.") };
  }

  async update(): Promise<Failure> {
    return fail("unsupported", "A worker's settings are its command line: start it again with others.");
  }

  subscribe(onChange: (config: Config) => void): () => void {
    this.#listeners.add(onChange);
    return () => void this.#listeners.delete(onChange);
  }

  /** Asks every runtime once; resolves when all have answered or not. Goes on asking those that did not. */
  async begin(): Promise<void> {
    await Promise.all(this.#options.urls.map((url) => this.#look(url, firstPauseMs)));
  }

  stop(): void {
    this.#stopped = true;
    for (const forget of this.#forget.values()) forget();
  }

  async #look(url: string, pauseMs: number): Promise<void> {
    const { survey, clock, draw, log } = this.#options;
    const found = await survey.fingerprint(url, AbortSignal.timeout(askMs));
    if (this.#stopped) return;
    if (found.kind === undefined) {
      if (pauseMs === firstPauseMs) log.warn({ url, says: found.label }, "a runtime is not understood yet; it is asked again");
      const next = Math.min(longestPauseMs, pauseMs * 2);
      const again = () => void this.#look(url, next);
      this.#forget.set(url, clock.after(pauseMs * (0.5 + draw() / 2), again));
      return;
    }
    log.info({ url, kind: found.kind, version: found.version }, "a runtime is understood");
    this.#known.set(url, NodeConfig.parse({ id: this.#idFor(found.kind), kind: found.kind, url }));
    this.#tell();
  }

  /** "ollama", then "ollama-2": what jobs and logs call it. */
  #idFor(kind: NodeKind): NodeId {
    const taken = new Set([...this.#known.values()].map(({ id }) => String(id)));
    let id: string = kind;
    for (let count = 2; taken.has(id); count++) id = `${kind}-${count}`;
    return NodeId.parse(id);
  }

  #tell(): void {
    const ordered = this.#options.urls.map((url) => this.#known.get(url)).filter((node) => node !== undefined);
    this.#config = { ...this.#config, nodes: ordered };
    for (const listener of [...this.#listeners]) listener(this.#config);
  }
}
