// Where to look: each place is chosen by itself, and nothing is asked before the click on "Look".
import type { FindSource, OwnSubnet } from "../../src-core/contract/finding.ts";
import { words } from "../language/words.ts";
import { Field, Toggle } from "../parts/Field.tsx";

const { finding } = words;

export interface Chosen {
  readonly sources: readonly FindSource[];
  readonly subnet: string;
}

interface SearchFormProps {
  readonly offered: readonly FindSource[];
  readonly subnets: readonly OwnSubnet[];
  readonly chosen: Chosen;
  /** Why the network that was given cannot be searched. */
  readonly error: string | undefined;
  readonly onChange: (chosen: Chosen) => void;
}

export function SearchForm({ offered, subnets, chosen, error, onChange }: SearchFormProps) {
  const toggle = (source: FindSource, on: boolean) =>
    onChange({ ...chosen, sources: on ? [...chosen.sources, source] : chosen.sources.filter((one) => one !== source) });
  return (
    <fieldset className="find-places">
      <legend>{finding.places}</legend>
      {offered.map((source) => (
        <Toggle
          key={source}
          label={finding.sources[source]}
          hint={finding.sourceHints[source]}
          checked={chosen.sources.includes(source)}
          onChange={(on) => toggle(source, on)}
        />
      ))}
      {chosen.sources.includes("subnet") && (
        <Field label={finding.network} error={error} hint={subnets.length === 0 ? finding.noOwnNetwork : finding.ownNetworks(subnets)}>
          {(props) => (
            <>
              <input
                {...props}
                type="text"
                list="own-subnets"
                placeholder="192.168.1.0/24"
                spellCheck={false}
                value={chosen.subnet}
                onChange={(event) => onChange({ ...chosen, subnet: event.target.value })}
              />
              <datalist id="own-subnets">
                {subnets.map(({ cidr, interface: name }) => (
                  <option key={cidr} value={cidr}>
                    {name}
                  </option>
                ))}
              </datalist>
            </>
          )}
        </Field>
      )}
    </fieldset>
  );
}
