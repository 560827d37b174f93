// The keys that the settings name: where each is looked for, who uses it, and whether it is there. A key goes in; none is ever shown (S-56).
import { useState } from "react";
import type { Client } from "../../../src-core/contract/api.ts";
import type { KeyInUse } from "../../../src-core/contract/settings.ts";
import { useAction, useHome } from "../../client/home.ts";
import { useRead } from "../../client/use-read.ts";
import { words } from "../../language/words.ts";
import { ownersOf } from "../../settings/key-owners.ts";
import { Confirm } from "../Dialog.tsx";
import { StateMark } from "../StateMark.tsx";
import { ReplaceKey } from "./ReplaceKey.tsx";
import { Section } from "./Section.tsx";

const { keys } = words.settings;

const readKeys = (client: Client) => client.keysInUse({});
const readStore = (client: Client) => client.secretNames({});

export function KeysSection() {
  const { value, failure, reload } = useRead(readKeys);
  const store = useRead(readStore).value;
  return (
    <Section title={keys.title} about={store?.available === true ? keys.aboutSealed : keys.aboutElsewhere}>
      {store?.available === true && store.says !== undefined && <p className="note-warning">{store.says}</p>}
      {failure !== undefined && (
        <p className="field-error" role="alert">
          {failure.message}
        </p>
      )}
      {value?.keys.length === 0 && <p className="hint">{keys.none}</p>}
      {value !== undefined && value.keys.length > 0 && (
        <ul className="keys">
          {value.keys.map((key) => (
            <KeyLine key={`${key.place} ${key.name}`} known={key} keeps={store?.available === true} onChanged={reload} />
          ))}
        </ul>
      )}
    </Section>
  );
}

interface KeyLineProps {
  readonly known: KeyInUse;
  readonly keeps: boolean;
  readonly onChanged: () => void;
}

function KeyLine({ known, keeps, onChanged }: KeyLineProps) {
  const [layer, setLayer] = useState<"none" | "replace" | "clear">("none");
  const { client } = useHome();
  const { run } = useAction();
  const { name, place, set, says, usedBy } = known;
  const close = () => setLayer("none");
  const clear = async () => {
    await run(() => client.setSecret({ name, value: null }), { failed: keys.clearFailed(name), done: keys.cleared(name) });
    onChanged();
  };
  return (
    <li className="key">
      <div>
        <code>{name}</code> <span className="hint">{keys.places[place]}</span>
      </div>
      <StateMark tone={set ? "ok" : "warn"} word={set ? keys.isSet : keys.isMissing} />
      <div className="key-acts">
        {keeps && place === "store" && (
          <>
            <button
              type="button"
              className="button small"
              aria-label={set ? keys.replaceLabel(name) : keys.setLabel(name)}
              onClick={() => setLayer("replace")}
            >
              {set ? keys.replaceButton : keys.setButton}
            </button>
            {set && (
              <button type="button" className="button small" aria-label={keys.clearLabel(name)} onClick={() => setLayer("clear")}>
                {keys.clearButton}
              </button>
            )}
          </>
        )}
      </div>
      <p className="key-says hint">
        {usedBy.length === 0 ? keys.unused : keys.usedBy(ownersOf(usedBy))}
        {says !== undefined && ` ${says}`}
      </p>
      {layer === "replace" && <ReplaceKey name={name} onClose={close} onChanged={onChanged} />}
      {layer === "clear" && (
        <Confirm title={keys.clearTitle(name)} confirm={keys.clearConfirm} danger onConfirm={() => void clear()} onClose={close}>
          <p>{usedBy.length === 0 ? keys.clearUnused : keys.clearUsed(ownersOf(usedBy))}</p>
        </Confirm>
      )}
    </li>
  );
}
