// The rules as they are configured, to read. Where they are changed, the page says.
import type { ReactNode } from "react";
import type { Config } from "../../src-core/contract/config.ts";
import { useSnapshot } from "../client/home.ts";
import type { ReadSettings } from "../client/use-settings.ts";
import { words } from "../language/words.ts";
import { Section } from "../parts/settings/Section.tsx";
import { BudgetLine } from "./BudgetLine.tsx";
import { clientLimits, matcherSays, policySays, profileLimits, profileSays } from "./rule-words.ts";

const says = words.routing.configured;

export function Configured({ settings }: { readonly settings: ReadSettings }) {
  const { config, source, writable } = settings;
  return (
    <section className="configured" aria-labelledby="configured">
      <h2 id="configured">{says.title}</h2>
      <p className="hint">
        {says.from(source.replace(/\.$/, ""))}
        {!writable && ` ${says.readOnly}`}
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
    <Section title={says.profiles.title} about={says.profiles.about}>
      {profiles.length === 0 && <None>{says.profiles.none}</None>}
      {profiles.length > 0 && (
        <ul className="rules">
          {profiles.map(([name, profile]) => (
            <Rule key={name} name={name} says={profileSays(profile)} also={profileLimits(profile)}>
              {config.defaultProfile === name && <span className="badge">{says.profiles.default}</span>}
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
    <Section title={says.rules.title} about={says.rules.about}>
      {rules === undefined && <None>{says.rules.builtIn}</None>}
      {rules !== undefined && rules.length === 0 && <None>{says.rules.none}</None>}
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
    <Section title={says.names.title} about={says.names.about}>
      {aliases.length + agents.length === 0 && <None>{says.names.none}</None>}
      {aliases.length + agents.length > 0 && (
        <ul className="rules">
          {aliases.map(([name, target]) => (
            <Rule key={`alias:${name}`} name={name} says={says.names.alias(target)} />
          ))}
          {agents.map(([name, { profile, fallback }]) => (
            <Rule key={`agent:${name}`} name={name} says={says.names.agent(profile, fallback)} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Budgets({ config }: Part) {
  const { fleet } = useSnapshot();
  return (
    <Section title={says.budgets.title} about={says.budgets.about}>
      {config.budgets.length === 0 && <None>{says.budgets.none}</None>}
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
    <Section title={says.clients.title} about={says.clients.about}>
      {config.clients.length === 0 && <None>{says.clients.none}</None>}
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
    <Section title={says.policies.title} about={says.policies.about(policySays(config.policy))}>
      {policies.length === 0 && <None>{says.policies.none}</None>}
      {policies.length > 0 && (
        <ul className="rules">
          {policies.map(([name, preferences]) => (
            <Rule key={name} name={name} says={policySays(preferences)} />
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

function Rule({ name, says: holds, also = [], children }: RuleProps) {
  return (
    <li className="rule">
      <p>
        <strong>{name}</strong>
        {holds !== "" && <span>{holds}</span>}
        {children}
      </p>
      {also.length > 0 && <p className="hint">{also.join(" · ")}</p>}
    </li>
  );
}
