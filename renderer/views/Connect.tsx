// How an app comes to use the gateway: the live address, one section per app, a test that proves it, and what to do where it cannot (ux.md 7).
import { Fragment, useMemo, useState } from "react";
import { useSnapshot } from "../client/home.ts";
import { useSettings } from "../client/use-settings.ts";
import { AppSection } from "../connect/AppSection.tsx";
import { apps, matchesApp } from "../connect/apps.ts";
import { type Choice, choicesOf, type Readiness } from "../connect/choices.ts";
import { Elsewhere } from "../connect/Elsewhere.tsx";
import { type KeyPlace, keyPlace, keySays } from "../connect/snippet.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { Field } from "../parts/Field.tsx";
import { SearchBox } from "../parts/SearchBox.tsx";

/** Stands in the snippets of a house that has no model yet. */
const noModel = "MODEL";

export function Connect() {
  const { fleet, gateway } = useSnapshot();
  const { settings } = useSettings();
  const [search, setSearch] = useState("");
  const [opened, setOpened] = useState<string | undefined>(apps[0]?.id);
  const choices = useMemo(() => choicesOf(fleet), [fleet]);
  // What was in memory when the page opened stays the example, so that nothing moves while it is copied.
  const [chosen, setChosen] = useState(choices[0]?.name);
  const named = choices.some(({ name }) => name === chosen) ? chosen : choices[0]?.name;
  const key = keyPlace(gateway.keyRequired, settings?.config);
  const facts = { root: gateway.url, key, model: named ?? noModel };
  const wanted = search.trim().toLowerCase();
  const found = apps.filter((app) => matchesApp(app, wanted));
  // A search that leaves one app means that one.
  const [only] = found;
  const shown = found.length === 1 ? only?.id : opened;
  return (
    <>
      <div className="page-head">
        <h1>Connect</h1>
        <p className="summary">Point an app at this address and it can use every model of the house.</p>
        <div className="page-tools">
          <SearchBox label="Find an app" value={search} onChange={setSearch} />
        </div>
      </div>
      <section className="connect-facts" aria-label="What apps need to know">
        <Addresses root={gateway.url} gatewayKey={key} />
        <ModelChoice choices={choices} model={named} onChoose={setChosen} />
      </section>
      <h2>Apps</h2>
      {found.length === 0 ? (
        <section className="empty">
          <p>No app here is called “{search}”. Whatever it is, it can be set up like any other app.</p>
          <button type="button" className="button" onClick={() => setSearch("other")}>
            Show any other app
          </button>
        </section>
      ) : (
        <div className="apps">
          {found.map((app) => (
            <AppSection
              key={app.id}
              app={app}
              facts={facts}
              model={named}
              open={app.id === shown}
              onToggle={(open) => setOpened((before) => (open ? app.id : before === app.id ? undefined : before))}
            />
          ))}
        </div>
      )}
      <h2>When the app runs somewhere else</h2>
      <Elsewhere root={gateway.url} loopback={gateway.loopback} />
    </>
  );
}

function Addresses({ root, gatewayKey }: { readonly root: string; readonly gatewayKey: KeyPlace }) {
  const rows = [
    ["OpenAI", `${root}/v1`],
    ["Anthropic, Ollama", root],
  ] as const;
  return (
    <dl className="facts">
      {rows.map(([name, address]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>
            <code>{address}</code> <CopyButton text={address} what={`address for ${name}`} />
          </dd>
        </Fragment>
      ))}
      <dt>Key</dt>
      <dd>{keySays(gatewayKey)}</dd>
    </dl>
  );
}

const groups: readonly (readonly [Readiness, string])[] = [
  ["warm", "In memory now"],
  ["cold", "Loaded when asked for"],
  ["cloud", "In the cloud"],
];

interface ModelChoiceProps {
  readonly choices: readonly Choice[];
  readonly model: string | undefined;
  readonly onChoose: (model: string) => void;
}

function ModelChoice({ choices, model, onChoose }: ModelChoiceProps) {
  if (choices.length === 0) {
    return (
      <p>
        No node tells of a model yet. The address works already; <a href="#/nodes">add a node</a> and its models can be used.
      </p>
    );
  }
  return (
    <Field
      label="Model in the examples and tests"
      hint="Apps can ask for any name of the Models page. A test loads nothing without asking you."
    >
      {(props) => (
        <select {...props} value={model ?? ""} onChange={({ target }) => onChoose(target.value)}>
          {groups.map(([readiness, label]) => {
            const names = choices.filter((choice) => choice.readiness === readiness);
            return names.length === 0 ? null : (
              <optgroup key={readiness} label={label}>
                {names.map(({ name }) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </optgroup>
            );
          })}
        </select>
      )}
    </Field>
  );
}
