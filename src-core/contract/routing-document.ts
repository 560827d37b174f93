// The routing part of the settings as a document of its own: what the Routing page edits as forms and as text, and what a dry run may be asked
// with before anything is saved.
import { z } from "zod";
import { CatalogueEntry } from "./config.ts";
import { routingSections } from "./routing.ts";
import { checkRouting } from "./routing-checks.ts";
import { mostSettingsText, SettingIssue, SettingsFormat } from "./settings.ts";

const { profiles, defaultProfile, agents, rules, aliases, policies, policy, budgets, clients } = routingSections;
const catalogue = z.array(CatalogueEntry).max(10_000).default([]);
const sections = { profiles, defaultProfile, rules, policies, policy, aliases, agents, budgets, clients, catalogue };

/** The sections of this document, in the order in which a person reads them. Every other section belongs to the settings alone. */
export const routingKeys = z.keyof(z.strictObject(sections)).options;
export type RoutingKey = (typeof routingKeys)[number];

/** Checked as the whole settings are: shapes by their schema, references and circles by the rules for two parts at once. */
export const RoutingDocument = z.strictObject(sections).check((context) => {
  for (const { path, message, input } of checkRouting(context.value)) {
    context.issues.push({ code: "custom", input, path: [...path], message });
  }
});
export type RoutingDocument = z.infer<typeof RoutingDocument>;

/** Rows of the table in `api.ts`. Neither keeps anything. */
export const routingMethods = {
  /** A routing document as text. */
  writeRouting: {
    input: z.strictObject({ routing: z.record(z.string(), z.unknown()), format: SettingsFormat }),
    output: z.object({ text: z.string() }).readonly(),
  },
  /** Such a text (JSON or YAML) as a document, or what is wrong with it. */
  readRouting: {
    input: z.strictObject({ text: z.string().max(mostSettingsText) }),
    output: z.object({ routing: RoutingDocument.optional(), issues: z.array(SettingIssue).readonly() }).readonly(),
  },
} as const;
