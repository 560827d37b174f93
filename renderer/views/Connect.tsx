// How an app comes to use the gateway: the live address, one section per app, a test that proves it, and what to do where it cannot (ux.md 7).
import { useMemo, useState } from "react";
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
  const [chosen, setChosen] = useState<string>();
  const [opened, setOpened] = useState<string | undefined>(apps[0]?.id);
  const choices = useMemo(() => choicesOf(fleet), [fleet]);
  const named = chosen !== undefined && choices.some(({ name }) => name === chosen) ? chosen : undefined;
  const model = named ?? choices[0]?.name ?? noModel;
  const key = keyPlace(gateway.keyRequired, settings?.config);
  const facts = { root: gateway.url, key, model };
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
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <code>{address}</code> <CopyButton text={address} what={`address for ${name}`} />
          </dd>
        </div>
      ))}
      <div>
        <dt>Key</dt>
        <dd>{keySays(gatewayKey)}</dd>
      </div>
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
  readonly onChoose: (model: string | undefined) => void;
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
      label="Model in the examples"
      hint="Apps can ask for any name of the Models page. A test without a choice takes one that is in memory."
    >
      {(props) => (
        <select {...props} value={model ?? ""} onChange={({ target }) => onChoose(target.value === "" ? undefined : target.value)}>
          <option value="">Whichever is in memory</option>
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
