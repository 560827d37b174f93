// What parts of Homeport need of a NATS server. `host/nats.ts` supplies it over the official client, tests supply a real server. A link never
// gives up: while the server is away it answers with failures at once, and nothing waits for it (F63).
import type { Failure } from "../contract/failure.ts";
import type { SecretRef } from "../contract/secret-ref.ts";

/** How to reach a server. Credentials are references; never part of an address (S-90). */
export interface NatsAddress {
  /** `nats://host:4222`, `tls://host:4222`. */
  readonly url: string;
  /** The content of a credentials file, or an nkey seed; whichever it is shows in its form. */
  readonly credentials?: SecretRef | undefined;
  /** A certificate authority of one's own, as PEM. */
  readonly ca?: string | undefined;
  /** Lets a connection off loopback go without TLS. */
  readonly plain?: boolean | undefined;
}

export type NatsState =
  | { readonly state: "connecting" }
  | { readonly state: "connected"; readonly server: string; readonly version: string; readonly jetstream: boolean }
  /** `since`: epoch milliseconds. It is tried again for ever, but after an auth error only at `retry` (F70). */
  | { readonly state: "away"; readonly since: number; readonly because: Failure; readonly needsPerson: boolean };

export interface NatsMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly reply: string | undefined;
  /** A header by its name, as it was set. */
  header(name: string): string | undefined;
  respond(data: Uint8Array): void;
}

export interface NatsSend {
  readonly reply?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** One value of a bucket. `revision` is what a compare-and-set names. */
export interface NatsEntry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision: number;
  /** Epoch milliseconds, by the server's clock. */
  readonly at: number;
}

export interface NatsBucket {
  get(key: string): Promise<NatsEntry | undefined | { readonly failure: Failure }>;
  /** Sets where the latest revision is this one; 0: where there is none. Undefined: somebody was first. */
  compareAndSet(key: string, value: Uint8Array, revision: number): Promise<number | undefined | { readonly failure: Failure }>;
  put(key: string, value: Uint8Array): Promise<number | { readonly failure: Failure }>;
  /** Where `revision` is given, only that one. False: somebody changed it. */
  remove(key: string, revision?: number): Promise<boolean | { readonly failure: Failure }>;
  /**
   * Everything there now, then every change; an absent entry is a removal. `onTrouble`: why it cannot be followed although the server is there, which
   * is tried again for ever; undefined whenever it is followed. Returns the function that stops.
   */
  watch(onChange: (key: string, entry: NatsEntry | undefined) => void, onTrouble?: (trouble: Failure | undefined) => void): () => void;
}

export interface NatsLink {
  state(): NatsState;
  /** Called at every change of state. Returns the function that stops. */
  onState(callback: (state: NatsState) => void): () => void;
  /** The largest message the server takes, bytes. */
  maxPayloadBytes(): number;
  /** One answer. Fails as `connect-failed` where nobody listens or the server is away, as `first-byte-timeout` where nobody answers in time. */
  request(subject: string, data: Uint8Array, timeoutMs: number, send?: NatsSend): Promise<NatsMessage | { readonly failure: Failure }>;
  /** Every answer within `forMs`. */
  gather(subject: string, data: Uint8Array, forMs: number): Promise<readonly NatsMessage[]>;
  /** False where the server is away: what cannot be said now is dropped, never queued. */
  publish(subject: string, data: Uint8Array, send?: NatsSend): boolean;
  /** Outlives reconnects. Returns the function that stops. `queue`: only one of that group hears each message. */
  subscribe(subject: string, onMessage: (message: NatsMessage) => void, queue?: string): () => void;
  /** A subject of our own to be answered on. */
  inbox(): string;
  bucket(
    name: string,
    options: { readonly ttlMs?: number; readonly description?: string },
  ): Promise<NatsBucket | { readonly failure: Failure }>;
  /** Tries again now, also after an auth error. */
  retry(): void;
  close(): Promise<void>;
}

export type OpenNats = (address: NatsAddress, name: string) => NatsLink;
