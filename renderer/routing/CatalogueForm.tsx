// What a person knows of a model and no server tells: the memory it needs, the nodes it may be loaded on, how long it stays before others, its
// price. Enough to place a model that was never seen loaded.
import { useId } from "react";
import { CatalogueEntry } from "../../src-core/contract/config.ts";
import { ModelId } from "../../src-core/contract/ids.ts";
import { ContextGuard } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";
import { Field } from "../parts/Field.tsx";
import { Fold } from "../parts/node/Fold.tsx";
import type { FormProps, RoutingChoices } from "./form-props.ts";
import { HeldName } from "./HeldName.tsx";
import { ListEditor } from "./ListEditor.tsx";
import { freshName, problemOf, problemsAt } from "./list-edit.ts";
import { NamesList } from "./NamesList.tsx";
import { NodesField } from "./NodesField.tsx";
import { NumberField } from "./NumberField.tsx";
import { drawnWhenChanged } from "./use-kept.ts";

const { catalogue, field } = words.routingForms;

export const CatalogueForm = drawnWhenChanged(function CatalogueForm({
  value,
  onChange,
  problems,
  choices,
}: FormProps<readonly CatalogueEntry[]>) {
  const models = useId();
  const known = value.map(({ model }) => model);
  const fresh = () => CatalogueEntry.parse({ model: choices.models.find(isFree(known)) ?? freshName("model", known) });
  return (
    <div className="list-editor">
      {value.length === 0 && <p className="hint">{catalogue.empty}</p>}
      <NamesList id={models} names={choices.models} />
      <ListEditor entries={value} kind="model" nameOf={({ model }, at) => model || `${at + 1}`} fresh={fresh} onChange={onChange}>
        {(entry, at, change) => (
          <EntryFields
            entry={entry}
            models={models}
            taken={known.filter((model) => model !== entry.model)}
            problems={problemsAt(problems, at)}
            choices={choices}
            onChange={change}
          />
        )}
      </ListEditor>
    </div>
  );
});

const isFree = (known: readonly string[]) => (name: string) => !known.some((one) => one === name);

interface EntryFieldsProps {
  readonly entry: CatalogueEntry;
  /** Id of the list of models. */
  readonly models: string;
  /** Models that have an entry of their own. */
  readonly taken: readonly string[];
  readonly problems: FormProps<CatalogueEntry>["problems"];
  readonly choices: RoutingChoices;
  readonly onChange: (entry: CatalogueEntry) => void;
}

const EntryFields = drawnWhenChanged(function EntryFields({ entry, models, taken, problems, choices, onChange }: EntryFieldsProps) {
  const { model, pinnedOn } = entry;
  const set = (change: Partial<CatalogueEntry>) => onChange(chosen({ ...entry, ...change }));
  return (
    <>
      <p className="entry-says">
        {catalogue.says({ bytes: readable(entry.bytes), nodes: pinnedOn, contextTokens: readable(entry.contextTokens) })}
      </p>
      <div className="entry-line">
        <HeldName
          label={field.model}
          list={models}
          name={model}
          taken={taken}
          error={problemOf(problems, "model")}
          onRename={(next) => set({ model: ModelId.safeParse(next).data ?? model })}
        />
        <NumberField
          label={catalogue.memory}
          hint={catalogue.memoryHint}
          scale={1e9}
          error={problemOf(problems, "bytes")}
          value={entry.bytes}
          onChange={(next) => set({ bytes: next })}
        />
      </div>
      <NodesField
        label={catalogue.pinnedOn}
        hint={catalogue.pinnedOnHint}
        nodes={choices.nodes}
        value={pinnedOn}
        error={problemOf(problems, "pinnedOn")}
        onChange={(next) => set({ pinnedOn: [...next] })}
      />
      <Fold
        title={catalogue.more}
        holds={catalogue.moreHolds}
        open={problemOf(problems, "contextTokens", "contextGuard", "residencyPriority", "cost") !== undefined}
      >
        <MoreFields entry={entry} problems={problems} set={set} />
      </Fold>
    </>
  );
});

interface MoreFieldsProps extends Omit<EntryFieldsProps, "models" | "taken" | "choices" | "onChange"> {
  readonly set: (change: Partial<CatalogueEntry>) => void;
}

function MoreFields({ entry, problems, set }: MoreFieldsProps) {
  const { contextTokens, contextGuard, residencyPriority, cost } = entry;
  return (
    <>
      <div className="entry-line">
        <NumberField
          label={catalogue.context}
          error={problemOf(problems, "contextTokens")}
          value={contextTokens}
          onChange={(next) => set({ contextTokens: next })}
        />
        <Field label={catalogue.contextGuard} error={problems.get("contextGuard")}>
          {(props) => (
            <select
              {...props}
              value={contextGuard}
              onChange={(event) => set({ contextGuard: ContextGuard.options.find((one) => one === event.target.value) ?? contextGuard })}
            >
              {ContextGuard.options.map((one) => (
                <option key={one} value={one}>
                  {catalogue.contextGuards[one]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <NumberField
          label={catalogue.priority}
          hint={catalogue.priorityHint}
          error={problemOf(problems, "residencyPriority")}
          value={residencyPriority}
          onChange={(next) => set({ residencyPriority: next })}
        />
      </div>
      <div className="entry-line">
        {(["input", "output"] as const).map((way) => (
          <NumberField
            key={way}
            label={catalogue.price[way]}
            hint={catalogue.priceHint}
            error={problemOf(problems, `cost.${way}`)}
            value={cost?.[way]}
            onChange={(price) => set({ cost: chosenPrices({ ...cost, [way]: price }) })}
          />
        ))}
      </div>
    </>
  );
}

/** Figures that nobody can read yet are left out. */
const readable = (value: number | undefined) => (Number.isNaN(value) ? undefined : value);

type Prices = NonNullable<CatalogueEntry["cost"]>;

/** Only what somebody chose: the document holds no empty parts. */
function chosenPrices(prices: Prices): Prices | undefined {
  const told: Prices = Object.fromEntries(Object.entries(prices).filter(([, price]) => price !== undefined));
  return Object.keys(told).length === 0 ? undefined : told;
}

function chosen(entry: CatalogueEntry): CatalogueEntry {
  const { bytes: need, residencyPriority, contextTokens, cost, ...rest } = entry;
  return {
    ...rest,
    ...(need === undefined ? {} : { bytes: need }),
    ...(residencyPriority === undefined ? {} : { residencyPriority }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(cost === undefined ? {} : { cost }),
  };
}
