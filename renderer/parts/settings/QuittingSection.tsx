// What quitting does while requests run: one of three, and asking is the usual one (P-13).
import { Quitting } from "../../../src-core/contract/desktop.ts";
import { type SectionProps, useSave } from "../../client/use-save.ts";
import { Field } from "../Field.tsx";
import { Section } from "./Section.tsx";

const words: Readonly<Record<Quitting, string>> = {
  ask: "ask me",
  finish: "finish them, then quit",
  now: "quit at once; they fail",
};

export function QuittingSection({ config, writable, reload }: SectionProps) {
  const { failure, busy, save } = useSave(reload);
  const { desktop } = config;
  const choose = (text: string) => {
    const quitting = Quitting.safeParse(text);
    if (quitting.success) void save({ desktop: { ...desktop, quitting: quitting.data } }, "Quitting saved");
  };
  return (
    <Section
      title="Quitting"
      about="Closing the window and quitting are two things; Quit is in the tray menu. Shutting down the computer never asks."
    >
      <Field label="While requests run" error={failure?.message}>
        {(props) => (
          <select {...props} value={desktop.quitting} disabled={!writable || busy} onChange={(event) => choose(event.target.value)}>
            {Quitting.options.map((one) => (
              <option key={one} value={one}>
                {words[one]}
              </option>
            ))}
          </select>
        )}
      </Field>
    </Section>
  );
}
