// Two gateways of one house in this process, on one real nats-server, over the same simulated nodes. The second is told of them by address.
import { NodeId } from "../../src-core/contract/ids.ts";
import { type Home, type HomeNode, type HomeOptions, startHome } from "./gateway.ts";

export interface TwoHomes<K extends string> {
  readonly one: Home<K>;
  readonly two: Home<never>;
}

type Rest = Omit<HomeOptions<never>, "nodes">;

/** `nats`: the address of their server; another one for the second where a fault proxy stands before it. */
export async function startTwoHomes<K extends string>(
  nodes: Readonly<Record<K, HomeNode>>,
  nats: string | readonly [string, string],
  { config, ...rest }: Rest = {},
): Promise<TwoHomes<K>> {
  const [first, second] = typeof nats === "string" ? [nats, nats] : nats;
  const one = await startHome({ nodes, config: { ...config, cluster: { nats: first } }, ...rest });
  return { one, two: await joining(one, nodes, { config: { ...config, cluster: { nats: second } }, ...rest }) };
}

/** One more gateway over the nodes of a home. */
export function joining<K extends string>(
  one: Home<K>,
  nodes: Readonly<Record<K, HomeNode>>,
  { config, ...rest }: Rest,
): Promise<Home<never>> {
  const known = Object.keys(nodes).flatMap((id) => {
    const found = one.config.current().nodes.find((node) => node.id === id);
    return found === undefined
      ? []
      : [{ id: NodeId.parse(id), kind: found.kind, url: found.url, ...(found.slots === undefined ? {} : { slots: found.slots }) }];
  });
  return startHome({ nodes: {}, config: { ...config, nodes: known }, ...rest });
}
