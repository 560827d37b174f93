// Client keys: who may ask, for which models, and how much at once. The document names where a key is found and never holds one (S-75).
import { type ClientKey, Lane } from "../../src-core/contract/routing.ts";
import { keyRef, keyText } from "../key-text.ts";
import { words } from "../language/words.ts";
import { Field, Toggle } from "../parts/Field.tsx";
import { KeyField } from "../parts/KeyField.tsx";
import { Fold } from "../parts/node/Fold.tsx";
import { TextField } from "../parts/node/TextField.tsx";
import { Choice } from "./Choice.tsx";
import type { FormProps, RoutingChoices } from "./form-props.ts";
import { ListEditor } from "./ListEditor.tsx";
import { freshName, problemOf, problemsAt } from "./list-edit.ts";
import { NumberField } from "./NumberField.tsx";
import { clientLimits } from "./rule-words.ts";
import { drawnWhenChanged } from "./use-kept.ts";
import { WordsField } from "./WordsField.tsx";

const { clients, field } = words.routingForms;

export const ClientsForm = drawnWhenChanged(function ClientsForm({ value, onChange, problems, choices }: FormProps<readonly ClientKey[]>) {
  const fresh = (): ClientKey => {
    const name = freshName(
      "client",
      value.map((client) => client.name),
    );
    return {
      name,
      enabled: true,
      models: ["*"],
      cloud: false,
      lane: "interactive",
      key: { env: `${name.toUpperCase().replaceAll(/\W/g, "_")}_KEY` },
    };
  };
  return (
    <div className="list-editor">
      {value.length === 0 && <p className="hint">{clients.empty}</p>}
      <ListEditor entries={value} kind="client" nameOf={({ name }, at) => name || `${at + 1}`} fresh={fresh} onChange={onChange}>
        {(client, at, change) => <ClientFields client={client} problems={problemsAt(problems, at)} choices={choices} onChange={change} />}
      </ListEditor>
    </div>
  );
});

interface ClientFieldsProps {
  readonly client: ClientKey;
  readonly problems: FormProps<ClientKey>["problems"];
  readonly choices: RoutingChoices;
  readonly onChange: (client: ClientKey) => void;
}

const ClientFields = drawnWhenChanged(function ClientFields({ client, problems, choices, onChange }: ClientFieldsProps) {
  const { name, key, enabled, models, cloud, lane } = client;
  const set = (change: Partial<ClientKey>) => onChange({ ...client, ...change });
  return (
    <>
      <p className="entry-says">{clients.limits(clientLimits(client))}</p>
      <div className="entry-line">
        <TextField label={field.name} error={problemOf(problems, "name")} value={name} onChange={(next) => set({ name: next })} />
        <WordsField
          label={clients.models}
          hint={clients.modelsHint}
          error={problemOf(problems, "models")}
          value={models}
          onChange={(next) => set({ models: [...next] })}
        />
        <Field label={clients.lane} error={problems.get("lane")}>
          {(props) => (
            <select
              {...props}
              value={lane}
              onChange={(event) => set({ lane: Lane.options.find((one) => one === event.target.value) ?? lane })}
            >
              {Lane.options.map((one) => (
                <option key={one} value={one}>
                  {clients.lanes[one]}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <div className="entry-line">
        <Toggle label={clients.enabled} checked={enabled} onChange={(next) => set({ enabled: next })} />
        <Toggle label={clients.cloud} checked={cloud} onChange={(next) => set({ cloud: next })} />
      </div>
      <Fold
        title={clients.keyAndLimits}
        holds={keyText(key)}
        open={problemOf(problems, "key", "concurrency", "requestsPerMinute", "agent") !== undefined}
      >
        <KeyField
          text={keyText(key)}
          nodeName={`client-${name}`}
          error={problemOf(problems, "key")}
          onChange={(text) => set({ key: keyRef(text) ?? { env: "" } })}
        />
        <LimitFields client={client} problems={problems} choices={choices} onChange={onChange} />
      </Fold>
    </>
  );
});

function LimitFields({ client, problems, choices, onChange }: ClientFieldsProps) {
  const { concurrency, requestsPerMinute, agent, ...rest } = client;
  const limits = { concurrency, requestsPerMinute, agent };
  const set = (change: Limits) => onChange({ ...rest, ...chosen({ ...limits, ...change }) });
  return (
    <div className="entry-line">
      <NumberField
        label={clients.concurrency}
        hint={field.asManyAsItLikes}
        error={problemOf(problems, "concurrency")}
        value={concurrency}
        onChange={(next) => set({ concurrency: next })}
      />
      <NumberField
        label={clients.perMinute}
        hint={field.asManyAsItLikes}
        error={problemOf(problems, "requestsPerMinute")}
        value={requestsPerMinute}
        onChange={(next) => set({ requestsPerMinute: next })}
      />
      <Choice
        label={clients.agent}
        none={field.none}
        value={agent}
        options={choices.agents.map((one) => ({ value: one, says: one }))}
        error={problems.get("agent")}
        onPick={(next) => set({ agent: next })}
      />
    </div>
  );
}

type Limits = Pick<ClientKey, "concurrency" | "requestsPerMinute" | "agent">;

/** Only what somebody chose: the document holds no empty parts. */
function chosen(limits: Limits): Limits {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
}
