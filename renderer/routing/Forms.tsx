// Every section of the draft as a form, in the order in which a request meets them.
import { useMemo } from "react";
import type { Config } from "../../src-core/contract/config.ts";
import type { Fleet } from "../../src-core/contract/fleet.ts";
import type { RoutingDocument } from "../../src-core/contract/routing-document.ts";
import { useSnapshot } from "../client/home.ts";
import { Section } from "../parts/settings/Section.tsx";
import { BudgetsForm } from "./BudgetsForm.tsx";
import { CatalogueForm } from "./CatalogueForm.tsx";
import { ClientsForm } from "./ClientsForm.tsx";
import type { Problems } from "./draft-problems.ts";
import type { RoutingChoices } from "./form-props.ts";
import { problemsAt } from "./list-edit.ts";
import { AgentsForm, AliasesForm } from "./NamesForm.tsx";
import { policyChoices } from "./names.ts";
import { PoliciesForm } from "./PoliciesForm.tsx";
import { ProfilesForm } from "./ProfilesForm.tsx";
import { RulesForm } from "./RulesForm.tsx";

interface FormsProps {
  readonly document: RoutingDocument;
  readonly problems: Problems;
  readonly config: Config;
  readonly onChange: (document: RoutingDocument) => void;
}

export function Forms({ document, problems, config, onChange }: FormsProps) {
  const { fleet } = useSnapshot();
  const choices = useMemo(() => choicesOf(document, fleet, config), [document, fleet, config]);
  const whole = { value: document, onChange, problems, choices };
  const change = (part: Partial<RoutingDocument>) => onChange({ ...document, ...part });
  const of = (key: keyof RoutingDocument) => ({ problems: problemsAt(problems, key), choices });
  return (
    <div className="sections">
      <Section title="Profiles" about="Names of your own for a chain of models, or for any model that can do a thing.">
        <ProfilesForm {...whole} />
      </Section>
      <Section title="Auto-router" about="Where the model asked for is “auto”, the first rule that matches names it.">
        <RulesForm
          value={document.rules}
          onChange={(rules) => change({ rules: rules === undefined ? undefined : [...rules] })}
          {...of("rules")}
        />
      </Section>
      <Section title="Aliases" about="Other spellings of a name.">
        <AliasesForm value={document.aliases} onChange={(aliases) => change({ aliases: { ...aliases } })} {...of("aliases")} />
      </Section>
      <Section title="Agents" about="Callers with a profile of their own.">
        <AgentsForm value={document.agents} onChange={(agents) => change({ agents: { ...agents } })} {...of("agents")} />
      </Section>
      <Section title="Policies" about="What is compared first when several nodes could serve.">
        <PoliciesForm {...whole} />
      </Section>
      <Section title="Budgets" about="Over a budget, a node is passed over.">
        <BudgetsForm value={document.budgets} onChange={(budgets) => change({ budgets: [...budgets] })} {...of("budgets")} />
      </Section>
      <Section title="Client keys" about="Who may ask, and for what. The keys themselves are never shown.">
        <ClientsForm value={document.clients} onChange={(clients) => change({ clients: [...clients] })} {...of("clients")} />
      </Section>
      <Section title="What is known of models" about="Figures that no server tells: memory, nodes, context, price.">
        <CatalogueForm value={document.catalogue} onChange={(catalogue) => change({ catalogue: [...catalogue] })} {...of("catalogue")} />
      </Section>
    </div>
  );
}

function choicesOf(document: RoutingDocument, { nodes }: Fleet, config: Config): RoutingChoices {
  const placed = Object.values(nodes).map(({ id, name, place }) => ({ id, name, place }));
  const written = config.nodes.filter(({ id }) => nodes[id] === undefined);
  return {
    nodes: [...placed, ...written.map(({ id, name = id, place = "lan" }) => ({ id, name, place }))],
    models: [...new Set(Object.values(nodes).flatMap(({ models }) => Object.values(models).map(({ id }) => id)))].sort((a, b) =>
      a.localeCompare(b),
    ),
    profiles: Object.keys(document.profiles),
    aliases: Object.keys(document.aliases),
    agents: Object.keys(document.agents),
    clients: document.clients.map(({ name }) => name),
    policies: policyChoices(document),
  };
}
