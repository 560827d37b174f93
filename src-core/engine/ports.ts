// Everything the engine needs from outside, as interfaces. The composition roots supply them; tests supply doubles. No implementation here.
import type { CloudPreset } from "../contract/cloud-presets.ts";
import type { Config, NodeConfig } from "../contract/config.ts";
import type { DeviceReading } from "../contract/devices.ts";
import type { Diagnosis, DoctorWish } from "../contract/diagnosis.ts";
import type { Failure } from "../contract/failure.ts";
import type { FindWish, Fingerprint, FoundServer, OwnSubnet, SourceProgress } from "../contract/finding.ts";
import type { ModelId, NodeId, RequestId } from "../contract/ids.ts";
import type { WakeTarget } from "../contract/node-hours.ts";
import type { NodeAbilities, NodeKind, Place } from "../contract/node-kinds.ts";
import type { SecretRef } from "../contract/secret-ref.ts";
import type { SettingIssue, SettingsFormat } from "../contract/settings.ts";
import type { Sighting } from "../contract/sighting.ts";
import type { NatsLink } from "./nats-port.ts";

/** Time, injected. `monotonic` never jumps and times durations; `now` is wall time for display. Both in milliseconds. */
export interface Clock {
  now(): number;
  monotonic(): number;
  /** Calls back once after `ms`. Returns the function that forgets the timer. Timers never keep the process alive. */
  after(ms: number, callback: () => void): () => void;
  /** Milliseconds since the machine started, its sleep included; absent: nobody can tell, and wall time stands in. */
  uptime?(): number;
}

/** Sends a magic packet. Returns why it could not; that it went says nothing of who heard it. */
export type WakeSender = (target: WakeTarget) => Promise<Failure | undefined>;

/** What this machine tells of itself. */
export interface ThisComputer {
  readonly wake: WakeSender;
  /** Changes whenever this machine's addresses do: another network, a VPN up or down. */
  networks(): string;
  /** IANA name of the zone in which people here read times of day. */
  readonly zone: string;
}

/** A number in [0, 1), injected so that every random choice can be replayed. */
export type Draw = () => number;

/** A call to a node, ready to send. Headers are already reduced to what may pass (S-20); the adapter adds its own key and Host. */
export interface UpstreamCall {
  readonly method: "GET" | "POST" | "DELETE" | "HEAD";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
}

/** Which request a call is for, until when (epoch milliseconds), and how often a worker had it and was gone before it answered; for nodes that are told. */
export interface CallOf {
  readonly requestId?: RequestId | undefined;
  readonly deadline?: number | undefined;
  readonly lost?: number | undefined;
}

export interface UpstreamHead {
  readonly status: number;
  /** Lower-case names; hop-by-hop headers already removed (S-21). */
  readonly headers: Readonly<Record<string, string>>;
}

/** Receives one upstream answer. Exactly one of `onEnd` and `onFailure` is called last, and nothing after it; also not after `abort`. */
export interface UpstreamSink {
  onHead(head: UpstreamHead): void;
  /** Returns false to be paused; resume with the handle. */
  onData(chunk: Buffer): boolean;
  onEnd(): void;
  onFailure(failure: Failure): void;
}

export interface UpstreamHandle {
  resume(): void;
  /** Destroys the upstream connection at once. The sink hears nothing more. */
  abort(): void;
}

/** How a model is to be loaded. Part of a load's identity: two different contexts are two loads. */
export interface LoadOptions {
  readonly contextTokens?: number | undefined;
  readonly keepAlive?: string | number | undefined;
}

export interface LoadProgress {
  /** 0..1, the node's own figure. */
  readonly fraction: number;
  readonly stage?: string | undefined;
  /** It is no word of the server's: a worker measured it by its machine's memory. */
  readonly source?: "measured" | undefined;
}

/** How far a fetch is. Bytes are of all parts the node knows of so far. */
export interface PullProgress {
  readonly stage?: string | undefined;
  readonly completedBytes?: number | undefined;
  readonly totalBytes?: number | undefined;
}

/** One kind of node, understood exactly. Owns nothing but its connections; every method keeps to its signal. */
export interface NodeAdapter {
  /** Models, residency, memory: whatever the node honestly knows. Must never cause a load or run inference. */
  probe(signal: AbortSignal): Promise<Sighting | { readonly failure: Failure }>;
  /**
   * Loads and returns when the node says the model is in memory; reads the node's own state first, so that "already loaded" is success.
   * Aborting the signal stops the load where the node allows it.
   */
  load(
    model: ModelId,
    options: LoadOptions,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<Failure | undefined>;
  /** Resolves when the node accepted; confirmation is the next probe's. "Not loaded" is success. */
  unload(model: ModelId, signal: AbortSignal): Promise<Failure | undefined>;
  /**
   * Fetches a model to the node's disk and returns when the node has it. Aborting the signal stops the node where it allows that; a failure
   * `cancelled` then says what becomes of the fetch. Only where `can.pull`.
   */
  pull?(model: ModelId, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<Failure | undefined>;
  /** Deletes a model from the node's disk. "Not there" is success. Only where `can.remove`. */
  remove?(model: ModelId, signal: AbortSignal): Promise<Failure | undefined>;
  /** Sends at once; the answer goes to the sink. Never follows redirects (S-26), never decompresses (S-24), has no time limit of its own but connecting. */
  send(call: UpstreamCall, sink: UpstreamSink, of?: CallOf): UpstreamHandle;
  /** Reads a complete answer outside a request's life (`/api/show` and the like): at most `maxBytes`. */
  fetchJson(
    call: UpstreamCall,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly body: unknown } | { readonly failure: Failure }>;
  /** Classifies a non-2xx head and (bounded) body of an inference answer by this kind's habits; undefined: the shared table decides. */
  classify(status: number, headers: Readonly<Record<string, string>>, body: string): Failure | undefined;
  /**
   * New calls get new connections from now on. `cut`: calls under way end as `interrupted`, or begin again where nothing was answered yet; `keep`:
   * they end by themselves. Absent: it keeps no connections of its own.
   */
  flush?(calls: "cut" | "keep"): void;
  /** Closes every connection. */
  close(): Promise<void>;
}

/** How a worker on NATS is reached. The link is shared with other nodes at the same server; closing it only lets go of it. */
export interface NatsRoute {
  readonly link: NatsLink;
  /** What its subjects begin with. */
  readonly subject: string;
  readonly clock: Clock;
}

/** What a kind of node is made from. `key` is the resolved secret. */
export interface AdapterInput {
  readonly id: NodeId;
  readonly url: string;
  readonly key?: string | undefined;
  /** SHA-256 of the only certificate that is trusted; absent: those that this computer trusts. */
  readonly certificate?: string | undefined;
  readonly demo: boolean;
  /** This gateway's own name among gateways, told to nodes of the house with every call so that a circle is seen (S-43). */
  readonly instance?: string | undefined;
  /** A service known by name. */
  readonly preset?: CloudPreset | undefined;
  /** What to do where a key is named but not there, as the end of a sentence. */
  readonly keyRemedy?: string | undefined;
  /** For nodes that tell before they refuse: nothing is left to them for a while. Told at any time, outside a request's life too. */
  readonly onLimit?: ((failure: Failure) => void) | undefined;
  /** Set for nodes that are reached over NATS. */
  readonly nats?: NatsRoute | undefined;
  /** The node told that it changed: it is to be probed now. */
  readonly onChanged?: (() => void) | undefined;
  /** Something came in the node's name that it cannot have said; it was dropped (S-93). */
  readonly onForged?: ((says: string) => void) | undefined;
}

/** The table row of a node kind: abilities before any probe, and the factory. */
export interface NodeKindRow {
  readonly abilities: NodeAbilities;
  readonly create: (input: AdapterInput) => NodeAdapter;
}
export type NodeKinds = Readonly<Record<NodeKind, NodeKindRow>>;

/** Looking at addresses, for those who add nodes. Read-only: never loads a model. */
export interface Survey {
  fingerprint(url: string, signal: AbortSignal): Promise<Fingerprint>;
  /** Servers on this machine's loopback, by the usual ports; `except` are our own. */
  discover(except: readonly number[], signal: AbortSignal): Promise<readonly Fingerprint[]>;
  /** Where an address is, as far as the address itself tells. */
  placeOf(url: string): Place;
  /** Looks where it was asked to and ends when all sources have, or soon after the signal. Returns why it could not begin. */
  search(wish: FindWish, told: SearchListener, surroundings: SearchSurroundings): Promise<Failure | undefined>;
  /** The private networks of this computer. */
  ownSubnets(): readonly OwnSubnet[];
}

/** Hears a search while it runs. One server is told again when another source leads to it. */
export interface SearchListener {
  found(server: FoundServer): void;
  progress(source: SourceProgress): void;
}

export interface SearchSurroundings {
  readonly clock: Clock;
  /** Our own ports on this machine, never looked at. */
  readonly ownPorts: readonly number[];
  readonly signal: AbortSignal;
  /** The NATS server of the settings, where there is one. */
  readonly nats?: { readonly link: NatsLink; readonly url: string } | undefined;
}

/** A picture as it came. `mediaType` is what its bytes are. */
export interface FetchedImage {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** Fetches pictures that clients name by their address. Never throws; fails as `invalid-request`, with the address's host and why. */
export interface ImageFetcher {
  /** `allowPrivate`: also from this machine and the house. */
  fetch(url: string, allowPrivate: boolean, signal: AbortSignal): Promise<FetchedImage | { readonly failure: Failure }>;
}

/** Where the configuration lives. `update` validates, saves, then announces; a bad change changes nothing and says why. */
export interface ConfigSource {
  current(): Config;
  /** Human words for where the document is kept. */
  readonly describe: string;
  readonly writable: boolean;
  /** Whose document it is: a file that a person writes, or the app's own. */
  readonly kept: "file" | "app";
  /** The document as written: every part optional, nothing filled in. */
  document(): Readonly<Record<string, unknown>>;
  /** Keeps a copy of the document as it stands, beside it, before all of it is replaced. `why` becomes part of its name. */
  keepCopy(why: "import" | "reset"): { readonly name: string } | { readonly failure: Failure };
  /** Receives the document as written (every part optional) and returns the new one. */
  update(change: (document: Readonly<Record<string, unknown>>) => Record<string, unknown>): Promise<Failure | undefined>;
  /** `onRejected`: a change from outside (an edited file) that did not validate; the last good one stays. */
  subscribe(onChange: (config: Config) => void, onRejected: (failure: Failure) => void): () => void;
  /** Extra nodes that are never saved: the simulated fleet of `--demo`. */
  readonly extraNodes: readonly NodeConfig[];
}

/** A settings document as text. Pure. */
export interface SettingsText {
  write(document: Readonly<Record<string, unknown>>, format: SettingsFormat): string;
  /**
   * JSON or YAML. `issues` is empty where the document is a configuration; the failure says why the text is no document at all.
   * `only`: the sections that it may have.
   */
  read(
    text: string,
    only?: readonly string[],
  ): { readonly document: Readonly<Record<string, unknown>>; readonly issues: readonly SettingIssue[] } | { readonly failure: Failure };
}

/** What this machine's own tools tell of its devices. Never throws; what no tool tells is unknown. */
export interface DeviceReader {
  /** The latest reading, made for nobody in particular. */
  readonly latest: DeviceReading | undefined;
  /** At most two seconds old, shared by all who ask. `since`: one that began no earlier than that, by the monotonic clock. */
  read(since?: number): Promise<DeviceReading>;
}

/** Resolves a reference to a secret. Undefined when it is not there; never logs. */
export interface Secrets {
  resolve(ref: SecretRef): string | undefined;
  /** Why it is not there, as a sentence without the secret, where there is more to say than "it is not there". */
  why?(ref: SecretRef): string | undefined;
  /** Tells that values changed: a store was opened, a key set or cleared. Returns the function that stops. */
  subscribe?(onChange: () => void): () => void;
}

/** Where the desktop app keeps keys. One way only: a value goes in and is never handed out but to a node's adapter (S-56). */
export interface SecretStore {
  names(): readonly string[];
  /** Null clears. Returns why it could not be kept. */
  set(name: string, value: string | null): Promise<Failure | undefined>;
  /** What a person should know of the store: locked, or kept in memory only. Undefined: all is well. */
  readonly trouble: string | undefined;
}

/** Tells figures to a server outside. Never waits and never fails: what cannot be told is dropped. */
export interface Announcer {
  publish(address: string, channel: string, message: string): void;
  close(): void;
}

/** Looks at everything that can be wrong. Changes nothing and never causes a load. */
export interface Doctor {
  examine(wish: DoctorWish): Promise<Diagnosis | { readonly failure: Failure }>;
}

/** One line per outcome or state change. Fields never hold prompt text, header values or secrets. */
export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}
