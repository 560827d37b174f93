// Several names in one line, with commas between (names may hold blanks). The text stays as it is typed while it means the same names.
import { useState } from "react";
import { TextField } from "../parts/node/TextField.tsx";

interface WordsFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly error: string | undefined;
  readonly value: readonly string[];
  readonly onChange: (words: readonly string[]) => void;
}

export function WordsField({ value, onChange, ...rest }: WordsFieldProps) {
  const [text, setText] = useState(() => value.join(", "));
  const same = wordsOf(text).join("\n") === value.join("\n");
  return (
    <TextField
      {...rest}
      value={same ? text : value.join(", ")}
      onChange={(next) => {
        setText(next);
        onChange(wordsOf(next));
      }}
    />
  );
}

const wordsOf = (text: string): readonly string[] =>
  text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
