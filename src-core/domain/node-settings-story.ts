// What a change of the settings means to each node, as sentences. The first settings of all are the start of Homeport.
import type { EventOf } from "../contract/events.ts";
import type { Fleet, Node } from "../contract/fleet.ts";
import type { NodeId } from "../contract/ids.ts";
import type { Told } from "../contract/node-log.ts";
import { own } from "./inventory.ts";

type OfNode = Told & { readonly node: NodeId };

export function settingsTold({ renewed = [] }: EventOf<"config-applied">, before: Fleet, after: Fleet): readonly OfNode[] {
  const isStart = before.version === 0;
  return Object.values(after.nodes).flatMap((is): readonly OfNode[] => {
    const was = own(before.nodes, is.id);
    if (was === undefined) return [said(is, isStart ? "Homeport started." : "It was added.")];
    return changesTold(was, is, renewed.includes(is.id)).map((says) => said(is, says));
  });
}

function said({ id }: Node, says: string): OfNode {
  return { node: id, about: "settings", tone: "plain", says };
}

function changesTold(was: Node, is: Node, isRenewed: boolean): readonly string[] {
  const moved = was.url !== is.url || was.kind !== is.kind;
  const others = fields.filter(([, of]) => of(was) !== of(is)).map(([name]) => name);
  return [
    ...(moved ? ["Its address or kind was changed: what was known of it is forgotten."] : []),
    ...(was.enabled === is.enabled ? [] : [is.enabled ? "It was switched on." : "It was switched off."]),
    ...(was.drained === is.drained ? [] : [is.drained === true ? "It was drained: it takes no new requests." : "Its draining ended."]),
    ...(others.length === 0 ? [] : [`Its settings were changed: ${others.join(", ")}.`]),
    ...(isRenewed && !moved && was.enabled && is.enabled ? ["Its connection was made anew, as its settings or its key changed."] : []),
  ];
}

/** What is shown of a node's settings and is not told by a sentence of its own. */
const fields: readonly (readonly [string, (node: Node) => unknown])[] = [
  ["name", ({ name }) => name],
  ["place", ({ place }) => place],
  ["requests at once", ({ slots }) => slots],
  ["weight", ({ weight }) => weight],
  ["memory", ({ memory }) => (memory.totalSource === "configured" ? memory.totalBytes : undefined)],
  ["waking", ({ wakes }) => wakes],
];
