// The sections of the routing document as a person calls them.
import type { RoutingKey } from "../../src-core/contract/routing-document.ts";

export const sectionWords: Readonly<Record<RoutingKey, string>> = {
  profiles: "profiles",
  defaultProfile: "the default profile",
  rules: "auto-router rules",
  policies: "policies",
  policy: "the policy in use",
  aliases: "aliases",
  agents: "agents",
  budgets: "budgets",
  clients: "client keys",
  catalogue: "what is known of models",
};
