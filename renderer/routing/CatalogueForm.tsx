// What a person knows of a model and no server tells: the memory it needs, the nodes it may be loaded on, how long it stays before others, its
// price. Enough to place a model that was never seen loaded.
import { useId } from "react";
import { CatalogueEntry } from "../../src-core/contract/config.ts";
import { ModelId } from "../../src-core/contract/ids.ts";
import { ContextGuard } from "../../src-core/contract/routing.ts";
import { bytes } from "../format.ts";
import { Field } from "../parts/Field.tsx";
import { Fold } from "../parts/node/Fold.tsx";
import type { FormProps, RoutingChoices } from "./form-props.ts";
import { HeldName } from "./HeldName.tsx";
import { ListEditor } from "./ListEditor.tsx";
import { freshName, problemOf, problemsAt } from "./list-edit.ts";
import { NamesList } from "./NamesList.tsx";
import { NodesField } from "./NodesField.tsx";
import { NumberField } from "./NumberField.tsx";

const guardWords: Readonly<Record<ContextGuard, string>> = {
  fixed: "always this context",
  "at-least": "grows, and never shrinks",
  pass: "as each client asks",
};

export function CatalogueForm({ value, onChange, problems, choices }: FormProps<readonly CatalogueEntry[]>) {
  const models = useId();
  const known = value.map(({ model }) => model);
  const fresh = () => CatalogueEntry.parse({ model: choices.models.find(isFree(known)) ?? freshName("model", known) });
  return (
    <div className="list-editor">
      {value.length === 0 && <p className="hint">Nothing is known beside what the nodes tell.</p>}
      <NamesList id={models} names={choices.models} />
      <ListEditor entries={value} noun="model" nameOf={({ model }, at) => model || `${at + 1}`} fresh={fresh} onChange={onChange}>
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
}

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

function EntryFields({ entry, models, taken, problems, choices, onChange }: EntryFieldsProps) {
  const { model, pinnedOn } = entry;
  const set = (change: Partial<CatalogueEntry>) => onChange(chosen({ ...entry, ...change }));
  return (
    <>
      <p className="entry-says">{entrySays(entry)}</p>
      <div className="entry-line">
        <HeldName
          label="Model"
          list={models}
          name={model}
          taken={taken}
          error={problemOf(problems, "model")}
          onRename={(next) => set({ model: ModelId.safeParse(next).data ?? model })}
        />
        <NumberField
          label="Memory in GB"
          hint="Empty: as the nodes tell or it is estimated"
          scale={1e9}
          error={problemOf(problems, "bytes")}
          value={entry.bytes}
          onChange={(next) => set({ bytes: next })}
        />
      </div>
      <NodesField
        label="Only on these nodes"
        hint="None chosen: on any"
        nodes={choices.nodes}
        value={pinnedOn}
        error={problemOf(problems, "pinnedOn")}
        onChange={(next) => set({ pinnedOn: [...next] })}
      />
      <Fold
        title="More"
        holds="context, what it displaces, price"
        open={problemOf(problems, "contextTokens", "contextGuard", "residencyPriority", "cost") !== undefined}
      >
        <MoreFields entry={entry} problems={problems} set={set} />
      </Fold>
    </>
  );
}

interface MoreFieldsProps extends Omit<EntryFieldsProps, "models" | "taken" | "choices" | "onChange"> {
  readonly set: (change: Partial<CatalogueEntry>) => void;
}

function MoreFields({ entry, problems, set }: MoreFieldsProps) {
  const { contextTokens, contextGuard, residencyPriority, cost } = entry;
  return (
    <>
      <div className="entry-line">
        <NumberField
          label="Context in tokens"
          error={problemOf(problems, "contextTokens")}
          value={contextTokens}
          onChange={(next) => set({ contextTokens: next })}
        />
        <Field label="Its context" error={problems.get("contextGuard")}>
          {(props) => (
            <select
              {...props}
              value={contextGuard}
              onChange={(event) => set({ contextGuard: ContextGuard.options.find((one) => one === event.target.value) ?? contextGuard })}
            >
              {ContextGuard.options.map((one) => (
                <option key={one} value={one}>
                  {guardWords[one]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <NumberField
          label="Importance"
          hint="Displaces equals and lesser. Empty: 100, or 1,000 where it is bound to nodes"
          error={problemOf(problems, "residencyPriority")}
          value={residencyPriority}
          onChange={(next) => set({ residencyPriority: next })}
        />
      </div>
      <div className="entry-line">
        {(["input", "output"] as const).map((way) => (
          <NumberField
            key={way}
            label={way === "input" ? "US dollars per million tokens in" : "US dollars per million tokens out"}
            hint="Empty: unknown; 0: free"
            error={problemOf(problems, `cost.${way}`)}
            value={cost?.[way]}
            onChange={(price) => set({ cost: chosenPrices({ ...cost, [way]: price }) })}
          />
        ))}
      </div>
    </>
  );
}

/** "Needs 5.9 GB. Only on rack, studio." */
function entrySays({ bytes: need, pinnedOn, contextTokens }: CatalogueEntry): string {
  const parts = [
    ...(need === undefined || Number.isNaN(need) ? [] : [`Needs ${bytes(need)}.`]),
    ...(pinnedOn.length === 0 ? [] : [`Only on ${pinnedOn.join(", ")}.`]),
    ...(contextTokens === undefined || Number.isNaN(contextTokens) ? [] : [`Context of ${contextTokens.toLocaleString("en")} tokens.`]),
  ];
  return parts.length === 0 ? "As the nodes tell." : parts.join(" ");
}

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
