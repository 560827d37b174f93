// The name of a profile or a policy. It is taken when the person is done with it, since everybody who leans on it follows, letter by letter or not.
import { useState } from "react";
import { words } from "../language/words.ts";
import { Field } from "../parts/Field.tsx";
import { nameProblem } from "./names.ts";

interface NameFieldProps {
  readonly label: string;
  readonly name: string;
  /** Names that others of its kind have. */
  readonly taken: readonly string[];
  readonly onRename: (name: string) => void;
}

export function NameField({ label, name, taken, onRename }: NameFieldProps) {
  const [typed, setTyped] = useState({ of: name, text: name });
  const text = typed.of === name ? typed.text : name;
  const problem = text === name ? undefined : nameProblem(text, taken);
  const take = () => {
    if (text !== name && problem === undefined) onRename(text);
  };
  return (
    <Field label={label} error={problem === undefined ? undefined : words.routingForms.names.keeps(problem, name)}>
      {(props) => (
        <input
          {...props}
          type="text"
          spellCheck={false}
          autoComplete="off"
          value={text}
          onChange={(event) => setTyped({ of: name, text: event.target.value })}
          onBlur={take}
          onKeyDown={(event) => {
            if (event.key === "Enter") take();
            if (event.key === "Escape") setTyped({ of: name, text: name });
          }}
        />
      )}
    </Field>
  );
}
