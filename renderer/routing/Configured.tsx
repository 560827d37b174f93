// The rules as they are configured, to read. Where they are changed, the page says.
import type { ReactNode } from "react";
import type { Config } from "../../src-core/contract/config.ts";
import { useSnapshot } from "../client/home.ts";
import type { ReadSettings } from "../client/use-settings.ts";
import { Section } from "../parts/settings/Section.tsx";
import { BudgetLine } from "./BudgetLine.tsx";
import { clientLimits, matcherSays, policySays, profileLimits, profileSays } from "./rule-words.ts";

export function Configured({ settings }: { readonly settings: ReadSettings }) {
  const { config, source, writable } = settings;
  return (
    <section className="configured" aria-labelledby="configured">
      <h2 id="configured">As configured</h2>
      <p className="hint">
        From {source.replace(/\.$/, "")}.{!writable && " These settings cannot be changed here; edit the file they come from."}
      </p>
      <div className="sections">
        <Profiles config={config} />
        <Rules config={config} />
        <Names config={config} />
        <Budgets config={config} />
        <Clients config={config} />
        <Policies config={config} />
      </div>
    </section>
  );
}

interface Part {
  readonly config: Config;
}

function Profiles({ config }: Part) {
  const profiles = Object.entries(config.profiles);
  return (
    <Section title="Profiles" about="Names of your own for a chain of models, or for any model that can do a thing.">
      {profiles.length === 0 && <None>No profiles.</None>}
      {profiles.length > 0 && (
        <ul className="rules">
          {profiles.map(([name, profile]) => (
            <Rule key={name} name={name} says={profileSays(profile)} also={profileLimits(profile)}>
              {config.defaultProfile === name && <span className="badge">default</span>}
            </Rule>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Rules({ config }: Part) {
  const { rules } = config;
  return (
    <Section title="Auto-router" about="Where the model asked for is “auto”, the first rule that matches names it.">
      {rules === undefined && <None>The built-in rules apply.</None>}
      {rules !== undefined && rules.length === 0 && <None>No rules.</None>}
      {rules !== undefined && rules.length > 0 && (
        <ol className="rules">
          {rules.map((rule) => (
            <Rule key={rule.id} name={rule.id} says={`${matcherSays(rule.when)} → ${rule.use}`} />
          ))}
        </ol>
      )}
    </Section>
  );
}

function Names({ config }: Part) {
  const aliases = Object.entries(config.aliases);
  const agents = Object.entries(config.agents);
  return (
    <Section title="Aliases and agents" about="Other spellings of a name, and callers with a profile of their own.">
      {aliases.length + agents.length === 0 && <None>No aliases and no agents.</None>}
      {aliases.length + agents.length > 0 && (
        <ul className="rules">
          {aliases.map(([name, target]) => (
            <Rule key={`alias ${name}`} name={name} says={`means ${target}`} />
          ))}
          {agents.map(([name, { profile, fallback }]) => (
            <Rule
              key={`agent ${name}`}
              name={name}
              says={`agent: profile ${profile}${fallback === undefined ? "" : `, then ${fallback}`}`}
            />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Budgets({ config }: Part) {
  const { fleet } = useSnapshot();
  return (
    <Section title="Budgets" about="Spent, and set aside for requests under way. Over a budget, a node is passed over.">
      {config.budgets.length === 0 && <None>No budgets.</None>}
      {config.budgets.length > 0 && (
        <ul className="budgets">
          {config.budgets.map((budget) => (
            <BudgetLine key={budget.id} budget={budget} spend={fleet.spend?.[budget.id]} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Clients({ config }: Part) {
  return (
    <Section title="Client keys" about="Who may ask, and for what. The keys themselves are never shown.">
      {config.clients.length === 0 && <None>No client keys.</None>}
      {config.clients.length > 0 && (
        <ul className="rules">
          {config.clients.map((client) => (
            <Rule key={client.name} name={client.name} says="" also={clientLimits(client)} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Policies({ config }: Part) {
  const policies = Object.entries(config.policies);
  return (
    <Section title="Policies" about={`In use where a profile names no other: ${policySays(config.policy)}.`}>
      {policies.length === 0 && <None>No policies of your own; the six presets are always there.</None>}
      {policies.length > 0 && (
        <ul className="rules">
          {policies.map(([name, preferences]) => (
            <Rule key={name} name={name} says={preferences.join(", ")} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function None({ children }: { readonly children: ReactNode }) {
  return <p className="hint">{children}</p>;
}

interface RuleProps {
  readonly name: string;
  readonly says: string;
  readonly also?: readonly string[];
  readonly children?: ReactNode;
}

function Rule({ name, says, also = [], children }: RuleProps) {
  return (
    <li className="rule">
      <p>
        <strong>{name}</strong>
        {says !== "" && <span>{says}</span>}
        {children}
      </p>
      {also.length > 0 && <p className="hint">{also.join(" · ")}</p>}
    </li>
  );
}
