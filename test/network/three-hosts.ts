// What the tests of cut and sleeping hosts do to a house of three: the gateway, the attic and the den. Two houses can do it: real network
// namespaces where the machine allows them, else this process over loopback with the fault proxy.

import type { z } from "zod";
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import type { SimulatedModel } from "../../src-core/simulator/options.ts";

export type NodeName = "attic" | "den";

export interface ThreeHosts {
  /** The gateway's address, as the test reaches it. */
  readonly url: string;
  /** Its own name, where that is not the one it is reached by. */
  readonly headers: Readonly<Record<string, string>>;
  /** Resolves once the gateway believes the node to be so. */
  until(node: NodeName, health: string): Promise<void>;
  /** Resolves once the gateway has a request under way there. */
  busy(node: NodeName): Promise<void>;
  /** Nothing gets through any more, in either direction, and nobody is told. */
  cut(node: NodeName): void;
  heal(node: NodeName): void;
  /** The den's system stops with its sockets as they are. A magic packet for its card wakes it. */
  suspend(): void;
  /** Who sent the magic packets that the den's card heard. */
  readonly packets: readonly string[];
  /** Where they must come from. */
  readonly gatewayAddress: string;
}

type Models = Record<NodeName, z.input<typeof SimulatedModel>[]>;

/** `both` goes to the attic first, by name, and there takes longer than anybody waits. */
export const models: Models = {
  attic: [
    { name: "endless", warm: true, replyTokens: 100_000, tokensPerSecond: 50 },
    { name: "both", warm: true, firstTokenMs: 600_000 },
    { name: "short", warm: true, says: ["back again"] },
  ],
  den: [
    { name: "both", warm: true, says: ["from the den"] },
    { name: "night", warm: true, says: ["awake"] },
  ],
};

/** The shortest limits that settings allow, so that tests take seconds. */
export const settings: ConfigDocument = {
  policy: ["name"],
  affinity: { enabled: false },
  polling: { activeSeconds: 1, idleSeconds: 1, timeoutSeconds: 1, missesBeforeDown: 2 },
  requests: { firstByteSeconds: 2, betweenChunksSeconds: 1 },
};
