// What a node says of itself at a probe, and what the configuration says of it: words of those who look, before they are beliefs.

import type { Hindrance, Memory } from "./fleet.ts";
import type { ModelId, NodeId } from "./ids.ts";
import type { Capability, NodeAbilities, NodeKind, Place } from "./node-kinds.ts";

/** What a node says about one of its models. Absent means it does not say. `residency` absent: the node never tells. */
export interface SightedModel {
  readonly id: ModelId;
  readonly residency: SightedResidency;
  readonly bytes?: number | undefined;
  readonly contextTokens?: number | undefined;
  readonly maxContextTokens?: number | undefined;
  readonly can?: readonly Capability[] | undefined;
  readonly slots?: number | undefined;
  readonly digest?: string | undefined;
  readonly family?: string | undefined;
  readonly parameters?: string | undefined;
  readonly quantization?: string | undefined;
  readonly aliases?: readonly string[] | undefined;
  /** Nodes that tell of hindrances always tell: null where there is none. */
  readonly hindrance?: Hindrance | null | undefined;
}

/** As `Residency`, without the instants, which are ours to keep. */
export type SightedResidency =
  | { readonly state: "cold" | "loading" | "sleeping" | "unloading" }
  | {
      readonly state: "warm";
      readonly bytes?: number | undefined;
      readonly vramBytes?: number | undefined;
      readonly expiresAt?: number | null | undefined;
    };

/** One probe's whole answer. A probe never loads a model and never runs inference. */
export interface Sighting {
  readonly version?: string | undefined;
  readonly variant?: string | undefined;
  /** The server's address as connected to, `address:port`, loopback spelled `127.0.0.1` (F39). */
  readonly identity?: string | undefined;
  /** Refines what the node's kind promises. */
  readonly can?: NodeAbilities | undefined;
  readonly memory?: Memory | undefined;
  readonly models: readonly SightedModel[];
}

/** What the configuration says of a node, once its kind and place are known. */
export interface NodeDescription {
  readonly id: NodeId;
  readonly kind: NodeKind;
  readonly name: string;
  readonly url: string;
  readonly place: Place;
  readonly enabled: boolean;
  readonly demo: boolean;
  readonly can: NodeAbilities;
  readonly memory: Memory;
  readonly slots?: number | undefined;
  readonly drained?: boolean | undefined;
  readonly weight?: number | undefined;
  /** The settings say how it is woken. */
  readonly wakes?: boolean | undefined;
  /** Canonical names of models that the settings keep in its memory. */
  readonly keeps?: readonly string[] | undefined;
}
