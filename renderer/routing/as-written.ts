// The routing as a person would write it: what stands at its default is left out, so that the text and the settings stay short. Nothing is lost:
// reading it fills the defaults in again.
import { CatalogueEntry } from "../../src-core/contract/config.ts";
import { Budget, ClientKey, Gate, Profile, Repairs } from "../../src-core/contract/routing.ts";
import { RoutingDocument, type RoutingKey, routingKeys } from "../../src-core/contract/routing-document.ts";
import { same } from "./same.ts";

/** What every profile, client and so on has when only what it needs is written. */
const defaults = {
  document: RoutingDocument.parse({}),
  profile: Profile.parse({ requires: "llm" }),
  gate: Gate.parse({}),
  repairs: Repairs.parse({}),
  budget: Budget.parse({ id: "b", tokens: 1, per: "day" }),
  client: ClientKey.parse({ name: "c", key: { env: "K" } }),
  entry: CatalogueEntry.parse({ model: "m" }),
};
const needed = new Set(["requires", "id", "per", "tokens", "name", "key", "model"]);

type Written = Readonly<Record<string, unknown>>;

function lean(value: object, plain: object): Written {
  const kept = Object.entries(value).filter(
    ([key, part]) => part !== undefined && (needed.has(key) || !same(part, Reflect.get(plain, key))),
  );
  return Object.fromEntries(kept);
}

function profile(value: Profile): Written {
  const { gate, repairs, ...rest } = value;
  const wished = repairs === undefined ? {} : lean(repairs, defaults.repairs);
  return {
    ...lean(rest, defaults.profile),
    // An empty gate is no missing one: it still asks for answers that are not empty, as the default does, and a person put it there.
    ...(gate === undefined ? {} : { gate: lean(gate, defaults.gate) }),
    ...(Object.keys(wished).length === 0 ? {} : { repairs: wished }),
  };
}

/** One section as it would be written, undefined where it stands at its default. */
export function sectionAsWritten(document: RoutingDocument, key: RoutingKey): unknown {
  if (same(document[key], defaults.document[key])) return undefined;
  switch (key) {
    case "profiles":
      return Object.fromEntries(Object.entries(document.profiles).map(([name, one]) => [name, profile(one)]));
    case "budgets":
      return document.budgets.map((budget) => lean(budget, defaults.budget));
    case "clients":
      return document.clients.map((client) => lean(client, defaults.client));
    case "catalogue":
      return document.catalogue.map((entry) => lean(entry, defaults.entry));
    default:
      return document[key];
  }
}

/** The whole document as it would be written. */
export function asWritten(document: RoutingDocument): Written {
  const sections = routingKeys.map((key) => [key, sectionAsWritten(document, key)] as const);
  return Object.fromEntries(sections.filter(([, value]) => value !== undefined));
}
