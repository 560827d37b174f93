// The fields that adding and editing a node share, as text while somebody types; `devicesOf` and `slotsOf` read them.
import type { Failure } from "../../src-core/contract/failure.ts";
import type { NodeKind, Place } from "../../src-core/contract/node-kinds.ts";
import { words } from "../language/words.ts";
import { Field } from "./Field.tsx";
import { KeyField } from "./KeyField.tsx";
import { KindField, PlaceField } from "./KindAndPlace.tsx";

const { add, fields } = words.nodeForms;

export interface NodeDraft {
  readonly url: string;
  readonly name: string;
  readonly kind: NodeKind;
  /** Empty: found from the address. */
  readonly place: Place | "";
  readonly slots: string;
  /** Gigabytes per device, separated by commas. */
  readonly memory: string;
  /** Where its key is found (`key-text.ts`), never a key. */
  readonly keyName: string;
}

interface NodeFieldsProps {
  readonly draft: NodeDraft;
  readonly failure: Failure | undefined;
  readonly onChange: (change: Partial<NodeDraft>) => void;
}

const bytesPerGigabyte = 1e9;

/** The failure's sentence, where it is about one of these fields. */
function errorAt(failure: Failure | undefined, ...names: readonly string[]): string | undefined {
  const field = failure?.field;
  return field !== undefined && names.some((name) => field.split(".").includes(name)) ? failure?.message : undefined;
}

export function NodeFields({ draft, failure, onChange }: NodeFieldsProps) {
  const isService = draft.kind === "openai" || draft.kind === "anthropic";
  const keyField = (
    <KeyField
      text={draft.keyName}
      nodeName={draft.name}
      error={errorAt(failure, "key", "env", "file", "store")}
      onChange={(keyName) => onChange({ keyName })}
    />
  );
  return (
    <>
      <Field label={fields.name} error={errorAt(failure, "name", "id")}>
        {(props) => (
          <input {...props} type="text" value={draft.name} maxLength={120} onChange={(event) => onChange({ name: event.target.value })} />
        )}
      </Field>
      <KindField value={draft.kind} error={errorAt(failure, "kind")} onChange={(kind) => onChange({ kind })} />
      {isService ? (
        keyField
      ) : (
        <Field label={add.memory} hint={add.memoryHint} error={errorAt(failure, "devices")}>
          {(props) => (
            <input
              {...props}
              type="text"
              inputMode="decimal"
              value={draft.memory}
              onChange={(event) => onChange({ memory: event.target.value })}
            />
          )}
        </Field>
      )}
      <details className="more">
        <summary>{add.more}</summary>
        <PlaceField value={draft.place} error={errorAt(failure, "place")} onChange={(place) => onChange({ place })} />
        <Field label={fields.slots} hint={fields.slotsHint} error={errorAt(failure, "slots")}>
          {(props) => (
            <input
              {...props}
              type="number"
              min={1}
              max={1024}
              value={draft.slots}
              onChange={(event) => onChange({ slots: event.target.value })}
            />
          )}
        </Field>
        {!isService && keyField}
      </details>
    </>
  );
}

/** Undefined where a figure cannot be read. Empty text means no devices. */
export function devicesOf(memory: string): { readonly memoryBytes: number }[] | undefined {
  const parts = memory.split(/[,;\s]+/).filter((part) => part !== "");
  const devices = parts.map((part) => ({ memoryBytes: Math.round(Number(part) * bytesPerGigabyte) }));
  return devices.every(({ memoryBytes }) => Number.isFinite(memoryBytes) && memoryBytes > 0) ? devices : undefined;
}

/** Undefined where there is no number to send. */
export function slotsOf(text: string): number | undefined {
  return text.trim() === "" ? undefined : Number(text);
}
