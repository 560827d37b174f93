// The links of a chain, or the names that are preferred, in the order in which they are tried. A name that nobody knows yet is told, not refused.
import { useId } from "react";
import { words } from "../language/words.ts";
import { TextField } from "../parts/node/TextField.tsx";
import type { FormProps } from "./form-props.ts";
import { ListEditor } from "./ListEditor.tsx";
import { problemOf } from "./list-edit.ts";
import { NamesList } from "./NamesList.tsx";

const { field, profiles } = words.routingForms;

interface ChainFieldProps extends FormProps<readonly string[]> {
  /** What one entry is. */
  readonly kind: "link" | "preferred";
  /** The profile that is edited: it is no link of its own chain. */
  readonly except?: string;
  /** Whether profiles may be named, and names with "*" are no names but patterns. */
  readonly takes: "names" | "patterns";
}

export function ChainField({ value, onChange, problems, choices, kind, except, takes }: ChainFieldProps) {
  const list = useId();
  const names = takes === "patterns" ? choices.models : [...choices.profiles.filter((name) => name !== except), ...choices.models];
  const known = new Set([...choices.profiles, ...choices.aliases, ...choices.models].map(plain));
  const isNew = (name: string) => name !== "" && !name.includes("*") && !known.has(plain(name));
  return (
    <div>
      <NamesList id={list} names={names} />
      <ListEditor
        ordered
        entries={value}
        kind={kind}
        nameOf={(name, at) => (name === "" ? `${at + 1}` : name)}
        fresh={() => (takes === "patterns" ? "*" : (choices.models.find((name) => !value.includes(name)) ?? ""))}
        onChange={onChange}
      >
        {(name, at, change) => (
          <TextField
            label={at === 0 ? field.first : at === 1 ? field.next : profiles.furtherLink(at + 1)}
            list={list}
            error={problemOf(problems, String(at))}
            {...(isNew(name) ? { hint: profiles.newModel } : {})}
            value={name}
            onChange={change}
          />
        )}
      </ListEditor>
    </div>
  );
}

/** Spellings that mean one name: ":latest" and letters' case say nothing. */
const plain = (name: string): string => name.toLowerCase().replace(/:latest$/, "");
