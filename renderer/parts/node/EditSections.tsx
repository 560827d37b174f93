// The sections of a node's settings, in the order in which people need them.

import type { Node } from "../../../src-core/contract/fleet.ts";
import { code } from "../../language/code.ts";
import { words } from "../../language/words.ts";
import type { EditDraft } from "../../node-draft.ts";
import { Toggle } from "../Field.tsx";
import { KeyField } from "../KeyField.tsx";
import { KindField, PlaceField } from "../KindAndPlace.tsx";
import { Fold } from "./Fold.tsx";
import { HoursSections } from "./HoursSections.tsx";
import { Rows } from "./Rows.tsx";
import { TextField } from "./TextField.tsx";

const { edit: say, fields } = words.nodeForms;

export interface EditPartProps {
  readonly draft: EditDraft;
  /** The sentence for a field, where it is time to say it: not before anything was typed there. */
  readonly says: (path: string, text: string) => string | undefined;
  /** True where a field below this path is wrong and was said to be. */
  readonly wrong: (path: string) => boolean;
  readonly onChange: (change: Partial<EditDraft>) => void;
}

interface EditSectionsProps {
  readonly node: Pick<Node, "id" | "name">;
  readonly draft: EditDraft;
  readonly errors: Readonly<Record<string, string>>;
  /** Somebody tried to save: now every mistake is told. */
  readonly attempted: boolean;
  readonly onChange: (change: Partial<EditDraft>) => void;
}

export function EditSections({ node, draft, errors, attempted, onChange }: EditSectionsProps) {
  const part: EditPartProps = {
    draft,
    says: (path, text) => (attempted || text.trim() !== "" ? errors[path] : undefined),
    wrong: (path) => attempted && Object.keys(errors).some((one) => one === path || one.startsWith(`${path}.`)),
    onChange,
  };
  return (
    <>
      <Server {...part} />
      <Capacity {...part} />
      <Trust {...part} />
      <HoursSections {...part} node={node.id} />
    </>
  );
}

function Server({ draft, says, onChange }: EditPartProps) {
  const address = says("url", draft.url) ?? says("nats", draft.url) ?? says("subject", draft.url);
  return (
    <>
      <TextField label={fields.address} type="url" error={address} value={draft.url} onChange={(url) => onChange({ url })} />
      <TextField label={fields.name} error={says("name", draft.name)} value={draft.name} onChange={(name) => onChange({ name })} />
      <div className="field-pair">
        <KindField value={draft.kind} error={says("kind", draft.kind)} onChange={(kind) => onChange({ kind })} />
        <PlaceField value={draft.place} error={says("place", draft.place)} onChange={(place) => onChange({ place })} />
      </div>
      <Toggle label={say.drained} hint={say.drainedHint} checked={draft.drained} onChange={(drained) => onChange({ drained })} />
    </>
  );
}

function Capacity({ draft, says, wrong, onChange }: EditPartProps) {
  const { devices, slots, watts } = draft;
  return (
    <Fold
      title={say.capacity}
      holds={say.capacityHolds(devices.length)}
      open={devices.length > 0 || slots + watts !== "" || ["devices", "slots", "watts"].some(wrong)}
    >
      <TextField
        label={fields.slots}
        hint={fields.slotsHint}
        type="number"
        error={says("slots", slots)}
        value={slots}
        onChange={(text) => onChange({ slots: text })}
      />
      <TextField
        label={say.watts}
        hint={say.wattsHint}
        type="number"
        error={says("watts", watts)}
        value={watts}
        onChange={(text) => onChange({ watts: text })}
      />
      <p className="hint">{say.devicesHint}</p>
      <Rows entries={devices} says={say.devices} fresh={{ name: "", gigabytes: "" }} onChange={(all) => onChange({ devices: all })}>
        {(device, index, change) => (
          <>
            <TextField
              label={say.deviceMemory}
              error={says(`devices.${index}.memoryBytes`, device.gigabytes)}
              value={device.gigabytes}
              onChange={(gigabytes) => change({ gigabytes })}
            />
            <TextField
              label={say.deviceName}
              error={says(`devices.${index}.name`, device.name)}
              value={device.name}
              onChange={(name) => change({ name })}
            />
          </>
        )}
      </Rows>
    </Fold>
  );
}

function Trust({ draft, says, wrong, onChange }: EditPartProps) {
  const { keyName, fingerprint } = draft;
  const [hasKey, isPinned] = [keyName !== "", fingerprint !== ""];
  return (
    <Fold title={say.trust} holds={say.trustHolds(hasKey, isPinned)} open={hasKey || isPinned || wrong("key") || wrong("tls")}>
      <KeyField
        text={keyName}
        nodeName={draft.name}
        error={["key", "key.env", "key.file", "key.store"].map((path) => says(path, keyName)).find((one) => one !== undefined)}
        onChange={(text) => onChange({ keyName: text })}
      />
      <TextField
        label={say.fingerprint}
        hint={say.fingerprintHint(code`openssl x509 -noout -fingerprint -sha256`)}
        error={says("tls", fingerprint) ?? says("tls.fingerprint", fingerprint)}
        value={fingerprint}
        placeholder={code`AB:CD:…`}
        onChange={(text) => onChange({ fingerprint: text })}
      />
    </Fold>
  );
}
