// When a node stops getting requests after failures, and for how long.
import { type FormEvent, useState } from "react";
import { errorFor, type SectionProps, useSave } from "../../client/use-save.ts";
import { Field } from "../Field.tsx";
import { Section } from "./Section.tsx";

const fields = [
  { key: "failures", label: "Failures", hint: "within the window" },
  { key: "windowSeconds", label: "Window in seconds", hint: undefined },
  { key: "openSeconds", label: "Pause in seconds", hint: "doubles while it keeps failing" },
  { key: "maxOpenSeconds", label: "Longest pause in seconds", hint: undefined },
] as const;

export function BreakerSection({ config, writable, reload }: SectionProps) {
  const { failure, busy, save } = useSave(reload);
  const [draft, setDraft] = useState<Readonly<Record<string, string>>>({});
  const text = (key: (typeof fields)[number]["key"]) => draft[key] ?? String(config.breaker[key]);
  const figure = (key: (typeof fields)[number]["key"]) => (text(key).trim() === "" ? Number.NaN : Number(text(key)));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const breaker = {
      failures: figure("failures"),
      windowSeconds: figure("windowSeconds"),
      openSeconds: figure("openSeconds"),
      maxOpenSeconds: figure("maxOpenSeconds"),
    };
    if (await save({ breaker }, "Breaker saved")) setDraft({});
  };
  const changed = fields.some(({ key }) => text(key) !== String(config.breaker[key]));
  return (
    <Section title="Breaker" about="After this many failures a node gets no requests for a while; then one request at a time tests it.">
      <form className="field-grid" onSubmit={(event) => void submit(event)} noValidate>
        {fields.map(({ key, label, hint }) => (
          <Field key={key} label={label} error={errorFor(failure, key, key === "failures")} {...(hint === undefined ? {} : { hint })}>
            {(props) => (
              <input
                {...props}
                type="number"
                min={1}
                value={text(key)}
                disabled={!writable}
                onChange={(event) => setDraft({ ...draft, [key]: event.target.value })}
              />
            )}
          </Field>
        ))}
        <button type="submit" className="button" disabled={!writable || busy || !changed}>
          Save breaker
        </button>
      </form>
    </Section>
  );
}
