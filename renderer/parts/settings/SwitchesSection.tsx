// A section of switches. Each takes effect at once, and a failure stands below them.
import type { Config } from "../../../src-core/contract/config.ts";
import { type SectionProps, useSave } from "../../client/use-save.ts";
import { words } from "../../language/words.ts";
import { Toggle } from "../Field.tsx";
import { Section } from "./Section.tsx";

export interface Switch {
  readonly label: string;
  readonly hint?: string;
  /** What is told once it is saved: "Discovery turned on". */
  readonly name: string;
  readonly checked: boolean;
  readonly change: (on: boolean) => Partial<Config>;
}

/** Switches that stand together. */
export interface SwitchGroup {
  readonly title: string;
  readonly about: string;
  readonly switches: readonly Switch[];
}

interface SwitchesSectionProps extends SectionProps, SwitchGroup {}

export function SwitchesSection({ title, about, switches, writable, reload }: SwitchesSectionProps) {
  const { failure, busy, save } = useSave(reload);
  return (
    <Section title={title} about={about}>
      {switches.map(({ label, hint, name, checked, change }) => (
        <Toggle
          key={label}
          label={label}
          {...(hint === undefined ? {} : { hint })}
          checked={checked}
          disabled={!writable || busy}
          onChange={(on) => void save(change(on), words.settings.switches.turned(name, on))}
        />
      ))}
      {failure !== undefined && (
        <p className="field-error" role="alert">
          {failure.message}
        </p>
      )}
    </Section>
  );
}
