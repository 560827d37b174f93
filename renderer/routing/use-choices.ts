// The names a person may choose from in the forms of the draft: those of the house and those of the draft itself.
import { useMemo } from "react";
import type { Config } from "../../src-core/contract/config.ts";
import type { Fleet } from "../../src-core/contract/fleet.ts";
import type { RoutingDocument } from "../../src-core/contract/routing-document.ts";
import { useSnapshot } from "../client/home.ts";
import { byName } from "../format.ts";
import type { RoutingChoices } from "./form-props.ts";
import { policyChoices } from "./names.ts";
import { useKept } from "./use-kept.ts";

/** The same object until one of the names is another: the house tells its state anew every second, and the draft changes with every key. */
export function useChoices(document: RoutingDocument, config: Config): RoutingChoices {
  const { fleet } = useSnapshot();
  const ofHouse = useKept(useMemo(() => houseChoices(fleet, config), [fleet, config]));
  const ofDraft = useKept(draftChoices(document));
  return useMemo(() => ({ ...ofHouse, ...ofDraft }), [ofHouse, ofDraft]);
}

function houseChoices({ nodes }: Fleet, config: Config): Pick<RoutingChoices, "nodes" | "models"> {
  const placed = Object.values(nodes).map(({ id, name, place }) => ({ id, name, place }));
  const written = config.nodes.filter(({ id }) => nodes[id] === undefined);
  return {
    nodes: [...placed, ...written.map(({ id, name = id, place = "lan" }) => ({ id, name, place }))],
    models: [...new Set(Object.values(nodes).flatMap(({ models }) => Object.values(models).map(({ id }) => id)))].sort(byName),
  };
}

function draftChoices(document: RoutingDocument): Omit<RoutingChoices, "nodes" | "models"> {
  return {
    profiles: Object.keys(document.profiles),
    aliases: Object.keys(document.aliases),
    agents: Object.keys(document.agents),
    clients: document.clients.map(({ name }) => name),
    policies: policyChoices(document),
  };
}
