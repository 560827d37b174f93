// What a client key may ask for and see. A name is allowed by the name the client uses, be it a model, a profile or an alias: what a profile
// of the person's own making leads to is theirs to decide. Every way of naming something is checked, not only the body's model.
import type { Config } from "../contract/config.ts";
import { type Failure, fail } from "../contract/failure.ts";
import type { Fleet } from "../contract/fleet.ts";
import type { RequestFacts } from "../contract/route.ts";
import type { ClientKey } from "../contract/routing.ts";
import { matchesName } from "../domain/globs.ts";
import { own } from "../domain/inventory.ts";

/** Shown in a refusal; a longer list helps nobody. */
const mostNamed = 10;

/** True where one of the key's names or globs fits. */
export function mayAsk(client: ClientKey, name: string): boolean {
  return client.models.some((pattern) => pattern === "*" || matchesName(pattern, name));
}

/** Why this request is not for this key, or undefined. */
export function refusedTo(client: ClientKey, facts: RequestFacts, config: Config): Failure | undefined {
  const byAgent = client.agent !== undefined || facts.agent === undefined ? undefined : own(config.agents, facts.agent)?.profile;
  const denied = [facts.model, facts.profile, byAgent].find((name) => name !== undefined && !mayAsk(client, name));
  return denied === undefined ? undefined : notAllowed(client, denied);
}

/** The refusal of a name: 403, and what would be allowed. */
export function notAllowed(client: ClientKey, name: string): Failure {
  const named = client.models.slice(0, mostNamed).join(", ");
  const may = named === "" ? "It may use none." : `It may use: ${named}${client.models.length > mostNamed ? ", …" : ""}.`;
  return fail("forbidden", `The key ${client.name} may not use ${JSON.stringify(name)}. ${may}`, { field: "model" });
}

/** The facts of a request that came with this key. A key of the batch lane stays there; others may choose to wait. */
export function asClient(client: ClientKey, facts: RequestFacts): RequestFacts {
  const agent = client.agent ?? facts.agent;
  return {
    ...facts,
    client: client.name,
    cloudAllowed: client.cloud,
    lane: client.lane === "batch" ? "batch" : (facts.lane ?? client.lane),
    ...(agent === undefined ? {} : { agent }),
  };
}

/** The fleet as this key sees it in lists: without models it may not ask for. */
export function visibleFleet(client: ClientKey, fleet: Fleet): Fleet {
  if (client.models.includes("*")) return fleet;
  const nodes = Object.entries(fleet.nodes).map(([id, node]) => {
    const models = Object.entries(node.models).filter(
      ([, entry]) => mayAsk(client, entry.id) || (entry.aliases ?? []).some((alias) => mayAsk(client, alias)),
    );
    return [id, { ...node, models: Object.fromEntries(models) }] as const;
  });
  return { ...fleet, nodes: Object.fromEntries(nodes) };
}

/** The configuration as this key sees it in lists: without profiles and aliases it may not ask for. */
export function visibleConfig(client: ClientKey, config: Config): Config {
  if (client.models.includes("*")) return config;
  const seen = <T>(named: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(named).filter(([name]) => mayAsk(client, name)));
  const rules = mayAsk(client, "auto") ? config.rules : undefined;
  return { ...config, profiles: seen(config.profiles), aliases: seen(config.aliases), rules };
}
