// Whether a server at an address is a node already: by the address as written, or by where the node's connections really end.
import type { Node } from "../contract/fleet.ts";
import type { NodeId } from "../contract/ids.ts";

/** The node at this address, if there is one. `http://studio.local:11434` and `http://192.168.1.7:11434` are one once it was connected to. */
export function knownNode(nodes: readonly Node[], url: string): NodeId | undefined {
  const found = plainAddress(url);
  return nodes.find((node) => plainAddress(node.url) === found || (node.identity !== undefined && `http://${node.identity}` === found))?.id;
}

/** Two spellings of one address are the same text. */
export function plainAddress(url: string): string {
  return url.toLowerCase().replace(/\/+$/, "").replace(/\/v1$/, "").replace("//localhost", "//127.0.0.1");
}
