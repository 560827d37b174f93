// What quitting does while requests run: one of three, and asking is the usual one (P-13).
import { Quitting } from "../../../src-core/contract/desktop.ts";
import { type SectionProps, useSave } from "../../client/use-save.ts";
import { words } from "../../language/words.ts";
import { Field } from "../Field.tsx";
import { Section } from "./Section.tsx";

const { quitting: says } = words.settings;

export function QuittingSection({ config, writable, reload }: SectionProps) {
  const { failure, busy, save } = useSave(reload);
  const { desktop } = config;
  const choose = (text: string) => {
    const quitting = Quitting.safeParse(text);
    if (quitting.success) void save({ desktop: { ...desktop, quitting: quitting.data } }, says.saved);
  };
  return (
    <Section title={says.title} about={says.about}>
      <Field label={says.choice} error={failure?.message}>
        {(props) => (
          <select {...props} value={desktop.quitting} disabled={!writable || busy} onChange={(event) => choose(event.target.value)}>
            {Quitting.options.map((one) => (
              <option key={one} value={one}>
                {says.choices[one]}
              </option>
            ))}
          </select>
        )}
      </Field>
    </Section>
  );
}
