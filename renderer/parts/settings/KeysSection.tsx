// The keys that the settings name: where each is looked for, who uses it, and whether it is there. A key goes in; none is ever shown (S-56).
import { useState } from "react";
import type { Client } from "../../../src-core/contract/api.ts";
import type { KeyInUse } from "../../../src-core/contract/settings.ts";
import { useAction, useHome } from "../../client/home.ts";
import { useRead } from "../../client/use-read.ts";
import { usersOf } from "../../settings/key-words.ts";
import { Confirm } from "../Dialog.tsx";
import { StateMark } from "../StateMark.tsx";
import { ReplaceKey } from "./ReplaceKey.tsx";
import { Section } from "./Section.tsx";

const readKeys = (client: Client) => client.keysInUse({});
const readStore = (client: Client) => client.secretNames({});
const places = { env: "environment variable", file: "file", store: "key store" } as const;

export function KeysSection() {
  const { value, failure, reload } = useRead(readKeys);
  const store = useRead(readStore).value;
  const about =
    store?.available === true
      ? "Sealed by this computer's own key store against other people who use it; on Windows and Linux not against programs you run yourself. " +
        "A key can be replaced or cleared, and never shown."
      : "Found where the settings say. Without the desktop app, Homeport keeps no keys itself.";
  return (
    <Section title="Keys" about={about}>
      {store?.available === true && store.says !== undefined && <p className="note-warning">{store.says}</p>}
      {failure !== undefined && (
        <p className="field-error" role="alert">
          {failure.message}
        </p>
      )}
      {value?.keys.length === 0 && <p className="hint">No node, client or gateway needs a key.</p>}
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
    await run(() => client.setSecret({ name, value: null }), { failed: `${name} was not cleared`, done: `${name} cleared` });
    onChanged();
  };
  return (
    <li className="key">
      <div>
        <code>{name}</code> <span className="hint">{places[place]}</span>
      </div>
      <StateMark tone={set ? "ok" : "warn"} word={set ? "Set" : "Missing"} />
      <div className="key-acts">
        {keeps && place === "store" && (
          <>
            <button
              type="button"
              className="button small"
              aria-label={`${set ? "Replace" : "Set"} ${name}`}
              onClick={() => setLayer("replace")}
            >
              {set ? "Replace…" : "Set…"}
            </button>
            {set && (
              <button type="button" className="button small" aria-label={`Clear ${name}`} onClick={() => setLayer("clear")}>
                Clear…
              </button>
            )}
          </>
        )}
      </div>
      <p className="key-says hint">
        {usedBy.length === 0 ? "Used by nothing." : `For ${usersOf(usedBy)}.`}
        {says !== undefined && ` ${says}`}
      </p>
      {layer === "replace" && <ReplaceKey name={name} onClose={close} onChanged={onChanged} />}
      {layer === "clear" && (
        <Confirm title={`Clear ${name}?`} confirm="Clear" danger onConfirm={() => void clear()} onClose={close}>
          <p>
            The key is deleted from this computer and cannot be brought back from here.{" "}
            {usedBy.length === 0 ? "Nothing uses it." : `It is for ${usersOf(usedBy)}, which will be refused without it.`}
          </p>
        </Confirm>
      )}
    </li>
  );
}
