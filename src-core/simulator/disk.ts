// A simulated node's disk: which models are on it, how fast more come, and how full it is. Fetches go on where a broken-off one had stopped.
import { SimulatedModel, type SimulatedNodeOptions } from "./options.ts";

/** Parts of a model as Ollama fetches them: the weights, and small things after them. */
export interface Fetch {
  readonly model: SimulatedModel;
  /** Bytes on disk so far. */
  done: number;
}

export class Disk {
  /** The node's own list: models come to it and go from it. */
  readonly models: SimulatedModel[];
  readonly #options: SimulatedNodeOptions;
  readonly #fetches = new Map<string, Fetch>();

  /** `models` is the list that the server shows. */
  constructor(options: SimulatedNodeOptions, models: SimulatedModel[]) {
    this.#options = options;
    this.models = models;
  }

  /** What the library has by this name, begun or gone on with; undefined where it has nothing. */
  begin(name: string): Fetch | undefined {
    const known = this.#fetches.get(name);
    if (known !== undefined) return known;
    const model = this.#inLibrary(name);
    if (model === undefined) return undefined;
    const fetch = { model, done: 0 };
    this.#fetches.set(name, fetch);
    return fetch;
  }

  get bytesPerSecond(): number {
    return this.#options.pullBytesPerSecond;
  }

  /** Writes more of it. False: there is no room. */
  write(fetch: Fetch, bytes: number): boolean {
    const more = Math.min(bytes, fetch.model.bytes - fetch.done);
    const { diskBytes } = this.#options;
    if (diskBytes !== undefined && this.#used() + more > diskBytes) return false;
    fetch.done += more;
    return true;
  }

  /** It is whole: the node has it from now on. */
  finish({ model }: Fetch): void {
    this.#fetches.delete(model.name);
    const at = this.models.findIndex(({ name }) => name === model.name);
    if (at < 0) this.models.push(model);
    else this.models[at] = model;
  }

  remove(name: string): boolean {
    const at = this.models.findIndex((model) => model.name === name);
    if (at >= 0) this.models.splice(at, 1);
    return at >= 0;
  }

  /** What is being fetched, for servers that list it. */
  get fetches(): readonly Fetch[] {
    return [...this.#fetches.values()];
  }

  abandon(name: string): void {
    this.#fetches.delete(name);
  }

  #used(): number {
    const there = this.models.reduce((sum, { bytes }) => sum + bytes, 0);
    return this.fetches.reduce((sum, { done }) => sum + done, there);
  }

  #inLibrary(name: string): SimulatedModel | undefined {
    const { library } = this.#options;
    if (library !== undefined) return library.find((model) => model.name === name);
    const billions = Number(/(\d+(?:\.\d+)?)b\b/i.exec(name)?.[1] ?? 4);
    const bytes = Math.round(billions * bytesPerBillion);
    return SimulatedModel.parse({
      name,
      bytes,
      parameters: `${billions}B`,
      capabilities: ["completion", "tools"],
      loadMs: billions * 600,
      tokensPerSecond: 40,
    });
  }
}

/** Weights of four bits and a little. */
const bytesPerBillion = 610_000_000;
