// The adapters of the configured nodes: made, replaced and closed as the configuration changes. A node whose address, kind or key changed
// gets a new adapter, so that a key never outlives the address it was given for (S-45).
import { cloudPresets } from "../contract/cloud-presets.ts";
import type { Config, NodeConfig } from "../contract/config.ts";
import { type Failure, fail } from "../contract/failure.ts";
import type { Memory } from "../contract/fleet.ts";
import type { NodeId } from "../contract/ids.ts";
import type { Place } from "../contract/node-kinds.ts";
import { secretRemedy } from "../contract/secret-ref.ts";
import type { NodeDescription } from "../contract/sighting.ts";
import { keptOn } from "../domain/model-options.ts";
import type { NatsLinks } from "./nats-links.ts";
import type { Clock, NatsRoute, NodeAdapter, NodeKinds, Secrets, Survey } from "./ports.ts";

interface Held {
  readonly adapter: NodeAdapter;
  readonly fingerprint: string;
  /** What the adapter was given: another value makes another adapter, so that a key is changed or cleared without a restart (S-76). */
  readonly key: string | undefined;
}

export interface NodeSetChange {
  readonly added: readonly NodeId[];
  readonly removed: readonly NodeId[];
}

/** What adapters are made of besides their nodes, and whom they tell. */
export interface NodeSetParts {
  readonly kinds: NodeKinds;
  readonly secrets: Secrets;
  readonly survey: Survey;
  readonly clock: Clock;
  /** This gateway's name, told to nodes of the house. */
  readonly instance?: string | undefined;
  /** Absent: nodes on NATS cannot be reached. */
  readonly natsLinks?: NatsLinks | undefined;
  /** A node told that its limit is used up. */
  readonly onLimit: (node: NodeId, failure: Failure) => void;
  /** A node told that it changed. */
  readonly onChanged: (node: NodeId) => void;
  /** Something came in a node's name that it cannot have said. */
  readonly onForged: (node: NodeId, says: string) => void;
}

export class NodeSet {
  readonly #parts: NodeSetParts;
  readonly #held = new Map<NodeId, Held>();

  constructor(parts: NodeSetParts) {
    this.#parts = parts;
  }

  adapterOf(node: NodeId): NodeAdapter | undefined {
    return this.#held.get(node)?.adapter;
  }

  /** Brings the adapters in line with the configuration. Disabled nodes have none. */
  apply(config: Config, demo: readonly NodeConfig[]): NodeSetChange {
    const wanted = new Map([
      ...config.nodes.map((node) => [atServer(node, config.nats), false] as const),
      ...demo.map((node) => [node, true] as const),
    ]);
    const enabled = new Map([...wanted].filter(([node]) => node.enabled).map(([node, isDemo]) => [node.id, { node, isDemo }]));
    const removed = [...this.#held].filter(([id, held]) => !this.#stillFits(held, enabled.get(id)?.node)).map(([id]) => id);
    for (const id of removed) this.#close(id);
    const added = [...enabled.keys()].filter((id) => !this.#held.has(id));
    for (const id of added) {
      const entry = enabled.get(id);
      if (entry !== undefined) this.#open(entry.node, entry.isDemo);
    }
    return { added, removed };
  }

  /** What the configuration says of every node, simulated ones last. */
  describe(config: Config, demo: readonly NodeConfig[]): NodeDescription[] {
    return [...config.nodes.map((node) => this.#describe(node, config, false)), ...demo.map((node) => this.#describe(node, config, true))];
  }

  /** Every node gets new connections; see `NodeAdapter.flush`. */
  flush(calls: "cut" | "keep"): void {
    for (const { adapter } of this.#held.values()) adapter.flush?.(calls);
  }

  async close(): Promise<void> {
    const adapters = [...this.#held.values()].map(({ adapter }) => adapter);
    this.#held.clear();
    await Promise.allSettled(adapters.map((adapter) => adapter.close()));
  }

  #describe(node: NodeConfig, config: Config, demo: boolean): NodeDescription {
    const { id, kind, url, enabled, slots, drained, weight, wake } = node;
    const place = placeFor(node, this.#parts.survey);
    return {
      id,
      kind,
      url,
      enabled,
      slots,
      drained,
      weight,
      wakes: wake !== undefined,
      keeps: keptOn(id, config),
      demo,
      place,
      name: node.name ?? id,
      can: this.#parts.kinds[kind].abilities,
      memory: declaredMemory(node),
    };
  }

  #open(node: NodeConfig, demo: boolean): void {
    const { id, url, kind, preset } = node;
    const key = this.#keyOf(node);
    const certificate = node.tls?.fingerprint;
    const { kinds, instance, onLimit, onChanged, onForged } = this.#parts;
    const adapter = kinds[kind].create({
      id,
      url,
      key,
      certificate,
      demo,
      preset,
      instance,
      keyRemedy: this.#remedy(node),
      nats: this.#natsRoute(node),
      onLimit: (failure) => onLimit(id, failure),
      onChanged: () => onChanged(id),
      onForged: (says) => onForged(id, says),
    });
    this.#held.set(id, { adapter, key, fingerprint: fingerprintOf(node) });
  }

  #natsRoute({ nats, subject, natsCredentials, natsCa, natsPlain }: NodeConfig): NatsRoute | undefined {
    const { natsLinks, clock } = this.#parts;
    if (nats === undefined || subject === undefined || natsLinks === undefined) return undefined;
    return { link: natsLinks.take({ url: nats, credentials: natsCredentials, ca: natsCa, plain: natsPlain }), subject, clock };
  }

  #keyOf({ key }: NodeConfig): string | undefined {
    return key === undefined ? undefined : this.#parts.secrets.resolve(key);
  }

  /** What helps where the key is not there. */
  #remedy({ key, preset }: NodeConfig): string | undefined {
    if (key !== undefined) return this.#parts.secrets.why?.(key) ?? secretRemedy(key);
    return preset === undefined ? undefined : `${secretRemedy({ env: cloudPresets[preset].keyVariable })} and name it in the settings`;
  }

  #stillFits(held: Held, node: NodeConfig | undefined): boolean {
    return node !== undefined && held.fingerprint === fingerprintOf(node) && held.key === this.#keyOf(node);
  }

  #close(id: NodeId): void {
    const held = this.#held.get(id);
    this.#held.delete(id);
    void held?.adapter.close();
  }
}

/** Nobody by that name is in the configuration. */
export function noSuchNode(node: NodeId): Failure {
  return fail("not-found", `There is no node called ${node}.`, { node });
}

/** Who we are at the NATS server of the settings, we are for its workers too: found ones need nothing more. */
function atServer(node: NodeConfig, server: Config["nats"]): NodeConfig {
  if (server === undefined || node.nats !== server.url || node.natsCredentials !== undefined) return node;
  const { credentials, ca, plain } = server;
  return { ...node, natsCredentials: credentials, natsCa: node.natsCa ?? ca, natsPlain: node.natsPlain ?? plain };
}

/** `offer` is among them, so that another choice is seen at once and not with the next list. */
function fingerprintOf({ kind, url, key, preset, offer, tls, natsCredentials, natsCa, natsPlain }: NodeConfig): string {
  const nats = [natsCredentials ?? null, natsCa ?? null, natsPlain ?? false];
  return JSON.stringify([kind, url, key ?? null, preset ?? null, offer ?? null, tls ?? null, nats]);
}

/** What stands outside the house is in the cloud, whatever the settings call it: a service cannot be declared local past the cloud's rules. */
function placeFor({ kind, url, place }: NodeConfig, survey: Survey): Place {
  // Where the NATS server stands says nothing of where the worker does; it is a machine of one's own.
  if (kind === "nats-worker") return place ?? "lan";
  const found = survey.placeOf(url);
  const isService = kind === "openai" || kind === "anthropic";
  return isService && found === "cloud" ? "cloud" : (place ?? found);
}

/** No server tells the size of its devices; the person who configured them does. */
function declaredMemory(node: NodeConfig): Memory {
  if (node.devices.length === 0) return {};
  return { totalBytes: node.devices.reduce((sum, device) => sum + device.memoryBytes, 0), totalSource: "configured" };
}
