// A section of figures that belong together: checked by the engine's own schema as somebody types, saved together.
import { type FormEvent, useState } from "react";
import { Config } from "../../../src-core/contract/config.ts";
import { errorFor, type SectionProps, useSave } from "../../client/use-save.ts";
import { sayings } from "../../settings/issue-words.ts";
import { Field } from "../Field.tsx";
import { Section } from "./Section.tsx";

export type FiguresName = "breaker" | "requests" | "loads" | "polling";

export interface Figure {
  readonly key: string;
  readonly label: string;
  readonly hint?: string;
}

/** Figures of one part of the configuration. */
export interface FigureGroup {
  readonly name: FiguresName;
  readonly title: string;
  readonly about: string;
  readonly saveButton: string;
  /** Told once it is done. */
  readonly saved: string;
  readonly figures: readonly Figure[];
}

interface FiguresSectionProps extends SectionProps, FigureGroup {}

export function FiguresSection({ name, title, about, saveButton, saved: done, figures, config, writable, reload }: FiguresSectionProps) {
  const { failure, busy, save } = useSave(reload);
  const [draft, setDraft] = useState<Readonly<Record<string, string>>>({});
  const saved: Readonly<Record<string, number | boolean>> = config[name];
  const text = (key: string) => draft[key] ?? String(saved[key] ?? "");
  const wanted = Object.fromEntries(figures.map(({ key }) => [key, text(key).trim() === "" ? Number.NaN : Number(text(key))]));
  const parsed = Config.shape[name].safeParse({ ...saved, ...wanted });
  const says = parsed.success ? {} : sayings(parsed.error.issues);
  const changed = figures.some(({ key }) => text(key) !== String(saved[key] ?? ""));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (parsed.success && (await save({ [name]: parsed.data }, done))) setDraft({});
  };
  return (
    <Section title={title} about={about}>
      <form className="field-grid" onSubmit={(event) => void submit(event)} noValidate>
        {figures.map(({ key, label, hint }, index) => (
          <Field key={key} label={label} error={says[key] ?? errorFor(failure, key, index === 0)} {...(hint === undefined ? {} : { hint })}>
            {(props) => (
              <input
                {...props}
                type="number"
                inputMode="numeric"
                value={text(key)}
                disabled={!writable}
                onChange={(event) => setDraft({ ...draft, [key]: event.target.value })}
              />
            )}
          </Field>
        ))}
        <button type="submit" className="button" disabled={!writable || busy || !changed || !parsed.success}>
          {saveButton}
        </button>
      </form>
    </Section>
  );
}
