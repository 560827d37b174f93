// The choices above the list of requests. A choice that there is nothing to choose for is not offered.
import type { Node } from "../../src-core/contract/fleet.ts";
import { SearchBox } from "../parts/SearchBox.tsx";
import { type ActivityFilter, type Choices, isFiltered, noFilter, type Shown } from "./filter.ts";

const shows: readonly { readonly value: Shown; readonly label: string }[] = [
  { value: "all", label: "All" },
  { value: "running", label: "Running" },
  { value: "answered", label: "Answered" },
  { value: "failed", label: "Failed" },
];

interface FiltersProps {
  readonly filter: ActivityFilter;
  readonly choices: Choices;
  readonly nodes: Readonly<Record<string, Node>>;
  readonly onChange: (filter: ActivityFilter) => void;
}

export function Filters({ filter, choices, nodes, onChange }: FiltersProps) {
  const set = (change: Partial<ActivityFilter>) => onChange({ ...filter, ...change });
  const pick = (label: string, name: "model" | "node" | "client", values: readonly string[], nameOf = (value: string) => value) =>
    (values.length > 0 || filter[name] !== "") && (
      <Pick
        label={label}
        value={filter[name]}
        choices={values.map((value) => [value, nameOf(value)] as const)}
        onChange={(value) => set({ [name]: value })}
      />
    );
  return (
    <div className="filters">
      <fieldset className="segments">
        <legend className="sr-only">Show</legend>
        {shows.map((one) => (
          <label key={one.value}>
            <input type="radio" name="show" checked={one.value === filter.show} onChange={() => set({ show: one.value })} />
            <span>{one.label}</span>
          </label>
        ))}
      </fieldset>
      {pick("Model", "model", choices.models)}
      {pick("Node", "node", choices.nodes, (id) => nodes[id]?.name ?? id)}
      {pick("Client", "client", choices.clients)}
      {(choices.hasCloud || filter.place !== "") && (
        <Pick
          label="Place"
          value={filter.place}
          choices={[
            ["home", "at home"],
            ["cloud", "in the cloud"],
          ]}
          onChange={(value) => set({ place: value === "home" || value === "cloud" ? value : "" })}
        />
      )}
      <SearchBox label="Filter by model, node or client" value={filter.text} onChange={(text) => set({ text })} />
      {isFiltered(filter) && (
        <button type="button" className="button" onClick={() => onChange(noFilter)}>
          Clear
        </button>
      )}
    </div>
  );
}

interface PickProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, says: string])[];
  readonly onChange: (value: string) => void;
}

function Pick({ label, value, choices, onChange }: PickProps) {
  // What was chosen stays to be seen, also when its last row is gone.
  const gone = value !== "" && !choices.some(([one]) => one === value);
  return (
    <select
      aria-label={label}
      className={value === "" ? "filter" : "filter filter-set"}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">Any {label.toLowerCase()}</option>
      {gone && <option value={value}>{value}</option>}
      {choices.map(([one, says]) => (
        <option key={one} value={one}>
          {says}
        </option>
      ))}
    </select>
  );
}
