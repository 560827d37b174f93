// Every section of the draft as a form, in the order in which a request meets them. Whoever types in one has only that one drawn anew.
import { useMemo } from "react";
import type { CatalogueEntry, Config } from "../../src-core/contract/config.ts";
import type { Budget, ClientKey, Rule } from "../../src-core/contract/routing.ts";
import type { RoutingDocument } from "../../src-core/contract/routing-document.ts";
import { words } from "../language/words.ts";
import { Section } from "../parts/settings/Section.tsx";
import { BudgetsForm } from "./BudgetsForm.tsx";
import { CatalogueForm } from "./CatalogueForm.tsx";
import { ClientsForm } from "./ClientsForm.tsx";
import type { Problems } from "./draft-problems.ts";
import type { EditDraft } from "./form-props.ts";
import { problemOf, problemsAt } from "./list-edit.ts";
import { type Agents, AgentsForm, type Aliases, AliasesForm } from "./NamesForm.tsx";
import { usersOfPolicies } from "./names.ts";
import { PoliciesForm } from "./PoliciesForm.tsx";
import { ProfilesForm } from "./ProfilesForm.tsx";
import { RulesForm } from "./RulesForm.tsx";
import { useChoices } from "./use-choices.ts";
import { useKept } from "./use-kept.ts";

const { routingAuto, routingForms } = words;
const { profiles, aliases, agents, policies, budgets, clients, catalogue } = routingForms;

interface FormsProps {
  readonly document: RoutingDocument;
  readonly problems: Problems;
  readonly config: Config;
  readonly onEdit: EditDraft;
}

export function Forms({ document, problems, config, onEdit }: FormsProps) {
  const choices = useChoices(document, config);
  const users = useKept(usersOfPolicies(document));
  const change = useMemo(() => changesBy(onEdit), [onEdit]);
  const of = (key: keyof RoutingDocument) => ({ problems: problemsAt(problems, key), choices });
  return (
    <div className="sections">
      <Section title={profiles.title} about={profiles.about}>
        <ProfilesForm
          profiles={document.profiles}
          defaultProfile={document.defaultProfile}
          defaultProblem={problemOf(problems, "defaultProfile")}
          onEdit={onEdit}
          {...of("profiles")}
        />
      </Section>
      <Section title={routingAuto.title} about={routingAuto.about}>
        <RulesForm value={document.rules} onChange={change.rules} {...of("rules")} />
      </Section>
      <Section title={aliases.title} about={aliases.about}>
        <AliasesForm value={document.aliases} onChange={change.aliases} {...of("aliases")} />
      </Section>
      <Section title={agents.title} about={agents.about}>
        <AgentsForm value={document.agents} onChange={change.agents} {...of("agents")} />
      </Section>
      <Section title={policies.title} about={policies.about}>
        <PoliciesForm
          policies={document.policies}
          policy={document.policy}
          policyProblem={problemOf(problems, "policy")}
          users={users}
          onEdit={onEdit}
          {...of("policies")}
        />
      </Section>
      <Section title={budgets.title} about={budgets.about}>
        <BudgetsForm value={document.budgets} onChange={change.budgets} {...of("budgets")} />
      </Section>
      <Section title={clients.title} about={clients.about}>
        <ClientsForm value={document.clients} onChange={change.clients} {...of("clients")} />
      </Section>
      <Section title={catalogue.title} about={catalogue.about}>
        <CatalogueForm value={document.catalogue} onChange={change.catalogue} {...of("catalogue")} />
      </Section>
    </div>
  );
}

/** What each section does with its own part of the draft. */
function changesBy(edit: EditDraft) {
  const put = (part: Partial<RoutingDocument>) => edit((document) => ({ ...document, ...part }));
  return {
    rules: (next: readonly Rule[] | undefined) => put({ rules: next === undefined ? undefined : [...next] }),
    aliases: (next: Aliases) => put({ aliases: { ...next } }),
    agents: (next: Agents) => put({ agents: { ...next } }),
    budgets: (next: readonly Budget[]) => put({ budgets: [...next] }),
    clients: (next: readonly ClientKey[]) => put({ clients: [...next] }),
    catalogue: (next: readonly CatalogueEntry[]) => put({ catalogue: [...next] }),
  };
}
