// How an app comes to use the gateway: the live address, one section per app, a test that proves it, and what to do where it cannot (ux.md 7).
import { Fragment, useMemo, useState } from "react";
import { useSnapshot } from "../client/home.ts";
import { useSettings } from "../client/use-settings.ts";
import { AppSection } from "../connect/AppSection.tsx";
import { apps, matchesApp } from "../connect/apps.ts";
import { type Choice, choicesOf, readinesses } from "../connect/choices.ts";
import { Elsewhere } from "../connect/Elsewhere.tsx";
import { type KeyPlace, keyPlace, keySays } from "../connect/snippet.ts";
import { Rich } from "../language/Rich.tsx";
import { words } from "../language/words.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { Field } from "../parts/Field.tsx";
import { SearchBox } from "../parts/SearchBox.tsx";

const { page, model: modelWords } = words.connect;

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
        <h1>{page.title}</h1>
        <p className="summary">{page.about}</p>
        <div className="page-tools">
          <SearchBox label={page.find} value={search} onChange={setSearch} />
        </div>
      </div>
      <section className="connect-facts" aria-label={page.facts}>
        <Addresses root={gateway.url} gatewayKey={key} />
        <ModelChoice choices={choices} model={named} onChoose={setChosen} />
      </section>
      <h2>{page.apps}</h2>
      {found.length === 0 ? (
        <section className="empty">
          <p>{page.noSuchApp(search)}</p>
          <button type="button" className="button" onClick={() => setSearch("other")}>
            {page.showOther}
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
      <h2>{page.elsewhere}</h2>
      <Elsewhere root={gateway.url} loopback={gateway.loopback} />
    </>
  );
}

function Addresses({ root, gatewayKey }: { readonly root: string; readonly gatewayKey: KeyPlace }) {
  const rows = [
    [page.openai, `${root}/v1`],
    [page.anthropicAndOllama, root],
  ] as const;
  return (
    <dl className="facts">
      {rows.map(([name, address]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>
            <code>{address}</code> <CopyButton text={address} what={page.addressFor(name)} />
          </dd>
        </Fragment>
      ))}
      <dt>{page.key}</dt>
      <dd>{keySays(gatewayKey)}</dd>
    </dl>
  );
}

interface ModelChoiceProps {
  readonly choices: readonly Choice[];
  readonly model: string | undefined;
  readonly onChoose: (model: string) => void;
}

function ModelChoice({ choices, model, onChoose }: ModelChoiceProps) {
  if (choices.length === 0) {
    return (
      <p>
        <Rich text={modelWords.none} parts={{ addNode: <a href="#/nodes">{modelWords.addNode}</a> }} />
      </p>
    );
  }
  return (
    <Field label={modelWords.label} hint={modelWords.hint}>
      {(props) => (
        <select {...props} value={model ?? ""} onChange={({ target }) => onChoose(target.value)}>
          {readinesses.map((readiness) => {
            const names = choices.filter((choice) => choice.readiness === readiness);
            return names.length === 0 ? null : (
              <optgroup key={readiness} label={modelWords.groups[readiness]}>
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
