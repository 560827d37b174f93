// The choices above the list of requests. A choice that there is nothing to choose for is not offered.
import type { Node } from "../../src-core/contract/fleet.ts";
import { words } from "../language/words.ts";
import { SearchBox } from "../parts/SearchBox.tsx";
import { type ActivityFilter, type Choices, isFiltered, noFilter, type Shown } from "./filter.ts";

const said = words.activity.filters;
const shows: readonly Shown[] = ["all", "running", "answered", "failed"];

interface FiltersProps {
  readonly filter: ActivityFilter;
  readonly choices: Choices;
  readonly nodes: Readonly<Record<string, Node>>;
  readonly onChange: (filter: ActivityFilter) => void;
}

export function Filters({ filter, choices, nodes, onChange }: FiltersProps) {
  const set = (change: Partial<ActivityFilter>) => onChange({ ...filter, ...change });
  const pick = (name: "model" | "node" | "client", values: readonly string[], nameOf = (value: string) => value) =>
    (values.length > 0 || filter[name] !== "") && (
      <Pick
        {...said[name]}
        value={filter[name]}
        choices={values.map((value) => [value, nameOf(value)] as const)}
        onChange={(value) => set({ [name]: value })}
      />
    );
  return (
    <div className="filters">
      <fieldset className="segments">
        <legend className="sr-only">{said.show.legend}</legend>
        {shows.map((show) => (
          <label key={show}>
            <input type="radio" name="show" checked={show === filter.show} onChange={() => set({ show })} />
            <span>{said.show[show]}</span>
          </label>
        ))}
      </fieldset>
      {pick("model", choices.models)}
      {pick("node", choices.nodes, (id) => nodes[id]?.name ?? id)}
      {pick("client", choices.clients)}
      {(choices.hasCloud || filter.place !== "") && (
        <Pick
          label={said.place.label}
          any={said.place.any}
          value={filter.place}
          choices={[
            ["home", said.place.home],
            ["cloud", said.place.cloud],
          ]}
          onChange={(value) => set({ place: value === "home" || value === "cloud" ? value : "" })}
        />
      )}
      <SearchBox label={said.search} value={filter.text} onChange={(text) => set({ text })} />
      {isFiltered(filter) && (
        <button type="button" className="button" onClick={() => onChange(noFilter)}>
          {said.clearButton}
        </button>
      )}
    </div>
  );
}

interface PickProps {
  readonly label: string;
  /** Of the choice that chooses everything. */
  readonly any: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, says: string])[];
  readonly onChange: (value: string) => void;
}

function Pick({ label, any, value, choices, onChange }: PickProps) {
  // What was chosen stays to be seen, also when its last row is gone.
  const gone = value !== "" && !choices.some(([one]) => one === value);
  return (
    <select
      aria-label={label}
      className={value === "" ? "filter" : "filter filter-set"}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{any}</option>
      {gone && <option value={value}>{value}</option>}
      {choices.map(([one, says]) => (
        <option key={one} value={one}>
          {says}
        </option>
      ))}
    </select>
  );
}
