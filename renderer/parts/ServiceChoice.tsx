// A service in the cloud chosen by its name instead of an address. Choosing one asks nothing of it: it is not asked before it has a key.
import { CloudPreset, cloudPresets } from "../../src-core/contract/cloud-presets.ts";
import { Field } from "./Field.tsx";
import { StateMark } from "./StateMark.tsx";

interface ServiceChoiceProps {
  readonly chosen: CloudPreset | undefined;
  readonly onChoose: (preset: CloudPreset | undefined) => void;
}

export function ServiceChoice({ chosen, onChoose }: ServiceChoiceProps) {
  return (
    <Field label="Or a service in the cloud">
      {(props) => (
        <select {...props} value={chosen ?? ""} onChange={(event) => onChoose(CloudPreset.safeParse(event.target.value).data)}>
          <option value="">None</option>
          {CloudPreset.options.map((preset) => (
            <option key={preset} value={preset}>
              {cloudPresets[preset].name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** What a person should know before a prompt may go there. */
export function ServiceSays({ preset, allowed }: { readonly preset: CloudPreset; readonly allowed: boolean }) {
  const { name, url, keyVariable } = cloudPresets[preset];
  return (
    <div className="answer" role="status">
      <StateMark tone={allowed ? "ok" : "warn"} word={allowed ? `${name}, in the cloud` : "The cloud is off"} />
      <p>
        Prompts that are sent to {new URL(url).hostname} leave your house.
        {!allowed && " Nothing is sent there until the cloud is allowed in the settings."} Its key is looked for in {keyVariable} unless you
        say otherwise below.
      </p>
    </div>
  );
}
