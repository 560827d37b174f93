// Asks open doors what they are: each door once, however many sources lead to it, and few at a time. Only fingerprints: nothing is loaded and no
// key is sent (S-44).
import { isIP } from "node:net";
import type { FindSource, Fingerprint, FoundServer } from "../../contract/finding.ts";
import type { Clock } from "../../engine/ports.ts";
import type { Door } from "./knock.ts";
import type { SearchMeans } from "./means.ts";
import { Pace } from "./pace.ts";

/** Each server is asked a dozen questions at once. */
const askedAtOnce = { perSecond: 200, inFlight: 8 } as const;

interface Looked {
  readonly sources: Set<FindSource>;
  readonly answer: Promise<Fingerprint | undefined>;
  host: string | undefined;
}

export class Lookups {
  readonly #means: SearchMeans;
  readonly #signal: AbortSignal;
  readonly #found: (server: FoundServer) => void;
  readonly #pace: Pace;
  readonly #looked = new Map<string, Looked>();

  /** `found` hears of a server again when another source leads to it. */
  constructor(means: SearchMeans, clock: Clock, signal: AbortSignal, found: (server: FoundServer) => void) {
    this.#means = means;
    this.#signal = signal;
    this.#found = found;
    this.#pace = new Pace(clock, signal, askedAtOnce);
  }

  /** Ends when the server behind this door is told, or is none. `host`: what its machine was called, if anybody said. */
  async look(door: Door, source: FindSource, host?: string): Promise<void> {
    const url = urlOf(door);
    const looked: Looked = this.#looked.get(url) ?? { sources: new Set(), answer: this.#ask(url), host: undefined };
    this.#looked.set(url, looked);
    looked.sources.add(source);
    looked.host ??= host;
    const server = await looked.answer;
    if (server?.kind === undefined || this.#signal.aborted) return;
    if (looked.host === undefined && source !== "this-computer") looked.host = await this.#means.hostName(door.address);
    const { host: name } = looked;
    this.#found({ ...server, sources: [...looked.sources], ...(name === undefined ? {} : { host: plainName(name) }) });
  }

  async #ask(url: string): Promise<Fingerprint | undefined> {
    const leave = await this.#pace.turn();
    if (leave === undefined) return undefined;
    try {
      return await this.#means.fingerprint(url, this.#signal);
    } finally {
      leave();
    }
  }
}

function urlOf({ address, port }: Door): string {
  return `http://${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
}

const longestName = 80;

/** "studio.local." → "studio". The name came from the network: only what a name can hold is shown. */
function plainName(name: string): string {
  const first = name.replace(/\.$/, "").split(".")[0] ?? "";
  return first.replace(/[^\p{L}\p{N} _()-]/gu, "").slice(0, longestName);
}
