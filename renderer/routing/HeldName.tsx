// The name under which something stands in the document. It goes there only while it is free: two of one name would be one of them lost.
import { useState } from "react";
import { words } from "../language/words.ts";
import { TextField } from "../parts/node/TextField.tsx";

const { names } = words.routingForms;

interface HeldNameProps {
  readonly label: string;
  readonly name: string;
  /** Names that others have. */
  readonly taken: readonly string[];
  /** Id of a datalist with suggestions. */
  readonly list?: string;
  readonly error: string | undefined;
  readonly onRename: (name: string) => void;
}

export function HeldName({ label, name, taken, list, error, onRename }: HeldNameProps) {
  const [typed, setTyped] = useState({ text: name, means: name });
  const text = typed.means === name ? typed.text : name;
  const isFree = (wanted: string) => wanted !== "" && taken.every((other) => other.toLowerCase() !== wanted.toLowerCase());
  const held = text === "" ? names.emptyKeeps(name) : names.takenKeeps(text, name);
  return (
    <TextField
      label={label}
      {...(list === undefined ? {} : { list })}
      error={text === name ? error : held}
      value={text}
      onChange={(next) => {
        setTyped({ text: next, means: isFree(next) ? next : name });
        if (isFree(next) && next !== name) onRename(next);
      }}
    />
  );
}
