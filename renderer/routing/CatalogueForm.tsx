// What a person knows of a model and no server tells: the memory it needs, the nodes it may be loaded on, how long it stays before others, its
// price. Enough to place a model that was never seen loaded.
import { useId } from "react";
import type { z } from "zod";
import type { CatalogueEntry } from "../../src-core/contract/config.ts";
import { ContextGuard } from "../../src-core/contract/routing.ts";
import { bytes } from "../format.ts";
import { Field } from "../parts/Field.tsx";
import { Fold } from "../parts/node/Fold.tsx";
import { TextField } from "../parts/node/TextField.tsx";
import type { FormProps, RoutingChoices } from "./form-props.ts";
import { ListEditor } from "./ListEditor.tsx";
import { freshName, problemOf, problemsAt } from "./list-edit.ts";
import { NumberField } from "./NumberField.tsx";
import { WordsField } from "./WordsField.tsx";

/** An entry as it is written: not every part of it is right while somebody types. */
export type EntryDraft = z.input<typeof CatalogueEntry>;

const guardWords: Readonly<Record<ContextGuard, string>> = {
  fixed: "always this context",
  "at-least": "grows, and never shrinks",
  pass: "as each client asks",
};

export function CatalogueForm({ value, onChange, problems, choices }: FormProps<readonly EntryDraft[]>) {
  const models = useId();
  const known = value.map(({ model }) => model);
  const fresh = (): EntryDraft => ({ model: choices.models.find((name) => !known.includes(name)) ?? freshName("model", known) });
  return (
    <div className="list-editor">
      {value.length === 0 && <p className="hint">Nothing is known beside what the nodes tell.</p>}
      <datalist id={models}>
        {choices.models.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <ListEditor entries={value} noun="model" nameOf={({ model }, at) => model || `${at + 1}`} fresh={fresh} onChange={onChange}>
        {(entry, at, change) => (
          <EntryFields entry={entry} models={models} problems={problemsAt(problems, at)} choices={choices} onChange={change} />
        )}
      </ListEditor>
    </div>
  );
}

interface EntryFieldsProps {
  readonly entry: EntryDraft;
  /** Id of the list of models. */
  readonly models: string;
  readonly problems: FormProps<EntryDraft>["problems"];
  readonly choices: RoutingChoices;
  readonly onChange: (entry: EntryDraft) => void;
}

function EntryFields({ entry, models, problems, choices, onChange }: EntryFieldsProps) {
  const { model, pinnedOn = [] } = entry;
  const set = (change: Partial<EntryDraft>) => onChange(chosen({ ...entry, ...change }));
  return (
    <>
      <p className="entry-says">{entrySays(entry)}</p>
      <div className="entry-line">
        <TextField
          label="Model"
          list={models}
          error={problemOf(problems, "model")}
          value={model}
          onChange={(next) => set({ model: next })}
        />
        <NumberField
          label="Memory in GB"
          hint="Empty: as the nodes tell or it is estimated"
          scale={1e9}
          error={problemOf(problems, "bytes")}
          value={entry.bytes}
          onChange={(next) => set({ bytes: next })}
        />
        <WordsField
          label="Only on nodes"
          hint={`Empty: any. There are ${choices.nodes.map(({ id }) => id).join(", ")}.`}
          error={problemOf(problems, "pinnedOn")}
          value={pinnedOn}
          onChange={(next) => set({ pinnedOn: next.length === 0 ? undefined : [...next] })}
        />
      </div>
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

interface MoreFieldsProps extends Omit<EntryFieldsProps, "models" | "choices" | "onChange"> {
  readonly set: (change: Partial<EntryDraft>) => void;
}

function MoreFields({ entry, problems, set }: MoreFieldsProps) {
  const { contextTokens, contextGuard = "at-least", residencyPriority, cost } = entry;
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
              onChange={(event) => set({ contextGuard: ContextGuard.options.find((one) => one === event.target.value) })}
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
function entrySays({ bytes: need, pinnedOn = [], contextTokens }: EntryDraft): string {
  const parts = [
    ...(need === undefined || Number.isNaN(need) ? [] : [`Needs ${bytes(need)}.`]),
    ...(pinnedOn.length === 0 ? [] : [`Only on ${pinnedOn.join(", ")}.`]),
    ...(contextTokens === undefined || Number.isNaN(contextTokens) ? [] : [`Context of ${contextTokens.toLocaleString("en")} tokens.`]),
  ];
  return parts.length === 0 ? "As the nodes tell." : parts.join(" ");
}

type Prices = NonNullable<EntryDraft["cost"]>;

/** Only what somebody chose: the document holds no empty parts. */
function chosenPrices(prices: Prices): Prices | undefined {
  const told: Prices = Object.fromEntries(Object.entries(prices).filter(([, price]) => price !== undefined));
  return Object.keys(told).length === 0 ? undefined : told;
}

function chosen({ model, ...rest }: EntryDraft): EntryDraft {
  return { model, ...Object.fromEntries(Object.entries(rest).filter(([, part]) => part !== undefined)) };
}
