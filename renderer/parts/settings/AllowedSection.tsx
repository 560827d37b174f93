// Who may call the gateway beyond plain programs on this computer: further names of it, and pages of the web (S-03, S-04).
import { type FormEvent, useState } from "react";
import { GatewayConfig } from "../../../src-core/contract/config.ts";
import { errorFor, type SectionProps, useSave } from "../../client/use-save.ts";
import { words } from "../../language/words.ts";
import { issueSays } from "../../settings/issue-words.ts";
import { Field } from "../Field.tsx";
import { Section } from "./Section.tsx";

const { callers } = words.settings;
const fields = ["allowedHosts", "allowedOrigins"] as const;

const wordsOf = (text: string) => text.split(/[\s,;]+/).filter((word) => word !== "");

export function AllowedSection({ config: { gateway }, writable, reload }: SectionProps) {
  const { failure, busy, save } = useSave(reload);
  const [draft, setDraft] = useState<Readonly<Record<string, string>>>({});
  const text = (key: (typeof fields)[number]) => draft[key] ?? gateway[key].join(", ");
  const wanted = { ...gateway, allowedHosts: wordsOf(text("allowedHosts")), allowedOrigins: wordsOf(text("allowedOrigins")) };
  const parsed = GatewayConfig.safeParse(wanted);
  const issues = parsed.success ? [] : parsed.error.issues;
  const changed = fields.some((key) => text(key) !== gateway[key].join(", "));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (parsed.success && (await save({ gateway: parsed.data }, callers.saved))) setDraft({});
  };
  return (
    <Section title={callers.title} about={callers.about}>
      <form className="field-stack" onSubmit={(event) => void submit(event)} noValidate>
        {fields.map((key) => {
          const { label, hint } = callers[key];
          const issue = issues.find(({ path }) => path[0] === key);
          return (
            <Field key={key} label={label} hint={hint} error={issue === undefined ? errorFor(failure, key) : issueSays(issue)}>
              {(props) => (
                <input
                  {...props}
                  type="text"
                  spellCheck={false}
                  value={text(key)}
                  disabled={!writable}
                  onChange={(event) => setDraft({ ...draft, [key]: event.target.value })}
                />
              )}
            </Field>
          );
        })}
        <button type="submit" className="button" disabled={!writable || busy || !changed || !parsed.success}>
          {callers.saveButton}
        </button>
      </form>
    </Section>
  );
}
