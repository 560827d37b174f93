// Whether prompts may leave the house at all. Off until somebody says otherwise; profiles and keys of clients can only narrow it.
import { type SectionProps, useSave } from "../../client/use-save.ts";
import { Toggle } from "../Field.tsx";
import { Section } from "./Section.tsx";

export function CloudSection({ config, writable, reload }: SectionProps) {
  const { failure, busy, save } = useSave(reload);
  const { cloud } = config;
  return (
    <Section title="Cloud" about="Nodes outside your house. While this is off, they are listed and get nothing.">
      <Toggle
        label="Prompts may be sent to nodes in the cloud"
        hint="A profile, a client's key or a request can still keep its prompts at home."
        checked={cloud.allowed}
        disabled={!writable || busy}
        onChange={(allowed) => void save({ cloud: { ...cloud, allowed } }, allowed ? "The cloud is allowed" : "The cloud is off")}
      />
      {failure !== undefined && (
        <p className="field-error" role="alert">
          {failure.message}
        </p>
      )}
    </Section>
  );
}
