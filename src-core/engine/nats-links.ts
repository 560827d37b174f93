// Links to NATS servers, one per server and identity however many nodes share it. Opened by the first who needs it, closed with the last; who closes
// one only lets go of it. Every change of a link's state is told, so that a person sees when it is away (F63).
import type { NatsAddress, NatsLink, NatsState, OpenNats } from "./nats-port.ts";

interface Held {
  readonly link: NatsLink;
  users: number;
}

/** Told to the server, and the beginning of the subjects on which we are answered: permissions are written by it. */
const linkName = "gateway";

export class NatsLinks {
  readonly #open: OpenNats;
  readonly #onState: (url: string, state: NatsState | undefined) => void;
  readonly #held = new Map<string, Held>();

  /** `onState`: by the server's address; undefined once nobody needs it any more. */
  constructor(open: OpenNats, onState: (url: string, state: NatsState | undefined) => void) {
    this.#open = open;
    this.#onState = onState;
  }

  /** The link to a server. Its `close` lets go of it. */
  take(address: NatsAddress): NatsLink {
    const key = JSON.stringify([address.url, address.credentials ?? null, address.ca ?? null, address.plain ?? false]);
    const held = this.#held.get(key) ?? this.#opened(key, address);
    held.users += 1;
    return lent(held.link, () => this.#letGo(key, address.url, held));
  }

  /** Tries every server that is away again now. */
  retry(): void {
    for (const { link } of this.#held.values()) if (link.state().state === "away") link.retry();
  }

  #opened(key: string, address: NatsAddress): Held {
    const link = this.#open(address, linkName);
    const held = { link, users: 0 };
    this.#held.set(key, held);
    link.onState((state) => this.#onState(address.url, state));
    this.#onState(address.url, link.state());
    return held;
  }

  async #letGo(key: string, url: string, held: Held): Promise<void> {
    held.users -= 1;
    if (held.users > 0) return;
    this.#held.delete(key);
    await held.link.close();
    this.#onState(url, undefined);
  }
}

/** The same link for one user: closing it twice lets go once, and what this user subscribed to ends with it. */
function lent(link: NatsLink, letGo: () => Promise<void>): NatsLink {
  const stops = new Set<() => void>();
  let closed: Promise<void> | undefined;
  const kept = (stop: () => void) => {
    const once = () => {
      stops.delete(once);
      stop();
    };
    stops.add(once);
    return once;
  };
  return {
    state: () => link.state(),
    onState: (callback) => kept(link.onState(callback)),
    maxPayloadBytes: () => link.maxPayloadBytes(),
    request: (...asked) => link.request(...asked),
    gather: (...asked) => link.gather(...asked),
    publish: (...said) => link.publish(...said),
    subscribe: (...wanted) => kept(link.subscribe(...wanted)),
    inbox: () => link.inbox(),
    bucket: (...wanted) => link.bucket(...wanted),
    retry: () => link.retry(),
    close: () => {
      for (const stop of [...stops]) stop();
      closed ??= letGo();
      return closed;
    },
  };
}
