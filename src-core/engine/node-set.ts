// The adapters of the configured nodes: made, replaced and closed as the configuration changes. A node whose address, kind or key changed
// gets a new adapter, so that a key never outlives the address it was given for (S-45).
import type { Config, NodeConfig } from "../contract/config.ts";
import type { NodeDescription } from "../contract/events.ts";
import type { Memory } from "../contract/fleet.ts";
import type { NodeId } from "../contract/ids.ts";
import type { NodeAdapter, NodeKinds, Secrets, Survey } from "./ports.ts";

interface Held {
  readonly adapter: NodeAdapter;
  readonly fingerprint: string;
}

export interface NodeSetChange {
  readonly added: readonly NodeId[];
  readonly removed: readonly NodeId[];
}

export class NodeSet {
  readonly #kinds: NodeKinds;
  readonly #secrets: Secrets;
  readonly #survey: Survey;
  readonly #held = new Map<NodeId, Held>();

  constructor(kinds: NodeKinds, secrets: Secrets, survey: Survey) {
    this.#kinds = kinds;
    this.#secrets = secrets;
    this.#survey = survey;
  }

  adapterOf(node: NodeId): NodeAdapter | undefined {
    return this.#held.get(node)?.adapter;
  }

  /** Brings the adapters in line with the configuration. Disabled nodes have none. */
  apply(config: Config, demo: readonly NodeConfig[]): NodeSetChange {
    const wanted = new Map([...config.nodes.map((node) => [node, false] as const), ...demo.map((node) => [node, true] as const)]);
    const enabled = new Map([...wanted].filter(([node]) => node.enabled).map(([node, isDemo]) => [node.id, { node, isDemo }]));
    const removed = [...this.#held].filter(([id, held]) => held.fingerprint !== this.#fingerprint(enabled.get(id)?.node)).map(([id]) => id);
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
    return [...config.nodes.map((node) => this.#describe(node, false)), ...demo.map((node) => this.#describe(node, true))];
  }

  async close(): Promise<void> {
    const adapters = [...this.#held.values()].map(({ adapter }) => adapter);
    this.#held.clear();
    await Promise.allSettled(adapters.map((adapter) => adapter.close()));
  }

  #describe(node: NodeConfig, demo: boolean): NodeDescription {
    const { id, kind, url, enabled, slots } = node;
    const place = node.place ?? this.#survey.placeOf(url);
    return {
      id,
      kind,
      url,
      enabled,
      slots,
      demo,
      place,
      name: node.name ?? id,
      can: this.#kinds[kind].abilities,
      memory: declaredMemory(node),
    };
  }

  #open(node: NodeConfig, demo: boolean): void {
    const key = node.key === undefined ? undefined : this.#secrets.resolve(node.key);
    const adapter = this.#kinds[node.kind].create({ id: node.id, url: node.url, key, demo });
    this.#held.set(node.id, { adapter, fingerprint: this.#fingerprint(node) });
  }

  #close(id: NodeId): void {
    const held = this.#held.get(id);
    this.#held.delete(id);
    void held?.adapter.close();
  }

  #fingerprint(node: NodeConfig | undefined): string {
    return node === undefined ? "" : JSON.stringify([node.kind, node.url, node.key ?? null]);
  }
}

/** No server tells the size of its devices; the person who configured them does. */
function declaredMemory(node: NodeConfig): Memory {
  if (node.devices.length === 0) return {};
  return { totalBytes: node.devices.reduce((sum, device) => sum + device.memoryBytes, 0), totalSource: "configured" };
}
