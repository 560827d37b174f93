// A service in the cloud chosen by its name instead of an address. Choosing one asks nothing of it: it is not asked before it has a key.
import { CloudPreset, cloudPresets } from "../../src-core/contract/cloud-presets.ts";
import { words } from "../language/words.ts";
import { Field } from "./Field.tsx";
import { StateMark } from "./StateMark.tsx";

const { service: say } = words.nodeForms;

interface ServiceChoiceProps {
  readonly chosen: CloudPreset | undefined;
  readonly onChoose: (preset: CloudPreset | undefined) => void;
}

export function ServiceChoice({ chosen, onChoose }: ServiceChoiceProps) {
  return (
    <Field label={say.label}>
      {(props) => (
        <select {...props} value={chosen ?? ""} onChange={(event) => onChoose(CloudPreset.safeParse(event.target.value).data)}>
          <option value="">{say.none}</option>
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
      <StateMark tone={allowed ? "ok" : "warn"} word={allowed ? say.allowed(name) : say.cloudOff} />
      <p>{say.says(new URL(url).hostname, keyVariable, allowed)}</p>
    </div>
  );
}
