// The sections of a node's settings, in the order in which people need them.

import type { Node } from "../../../src-core/contract/fleet.ts";
import { count } from "../../format.ts";
import type { EditDraft } from "../../node-draft.ts";
import { Toggle } from "../Field.tsx";
import { KeyField } from "../KeyField.tsx";
import { KindField, PlaceField } from "../KindAndPlace.tsx";
import { Fold } from "./Fold.tsx";
import { HoursSections } from "./HoursSections.tsx";
import { Rows } from "./Rows.tsx";
import { TextField } from "./TextField.tsx";

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
      <TextField label="Address" type="url" error={address} value={draft.url} onChange={(url) => onChange({ url })} />
      <TextField label="Name" error={says("name", draft.name)} value={draft.name} onChange={(name) => onChange({ name })} />
      <div className="field-pair">
        <KindField value={draft.kind} error={says("kind", draft.kind)} onChange={(kind) => onChange({ kind })} />
        <PlaceField value={draft.place} error={says("place", draft.place)} onChange={(place) => onChange({ place })} />
      </div>
      <Toggle
        label="Drained"
        hint="It takes no new requests; what runs there may end."
        checked={draft.drained}
        onChange={(drained) => onChange({ drained })}
      />
    </>
  );
}

function Capacity({ draft, says, wrong, onChange }: EditPartProps) {
  const { devices, slots, watts } = draft;
  const holds = devices.length === 0 ? "as the node tells" : count(devices.length, "device");
  return (
    <Fold
      title="Memory, slots and power"
      holds={holds}
      open={devices.length > 0 || slots + watts !== "" || ["devices", "slots", "watts"].some(wrong)}
    >
      <TextField
        label="Requests at once per model"
        hint="Empty: learned from the node."
        type="number"
        error={says("slots", slots)}
        value={slots}
        onChange={(text) => onChange({ slots: text })}
      />
      <TextField
        label="Watts while it answers"
        hint="From a meter or a data sheet; the energy in Usage is estimated from it. Empty: not counted."
        type="number"
        error={says("watts", watts)}
        value={watts}
        onChange={(text) => onChange({ watts: text })}
      />
      <p className="hint">Total memory of each graphics device, as you know it. Few servers tell it.</p>
      <Rows entries={devices} noun="device" fresh={{ name: "", gigabytes: "" }} onChange={(all) => onChange({ devices: all })}>
        {(device, index, change) => (
          <>
            <TextField
              label="Memory in GB"
              error={says(`devices.${index}.memoryBytes`, device.gigabytes)}
              value={device.gigabytes}
              onChange={(gigabytes) => change({ gigabytes })}
            />
            <TextField
              label="Name, if you like"
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
  const held = [keyName === "" ? undefined : "a key", fingerprint === "" ? undefined : "a pinned certificate"].filter(
    (one) => one !== undefined,
  );
  return (
    <Fold
      title="Key and certificate"
      holds={held.length === 0 ? "none" : held.join(", ")}
      open={held.length > 0 || wrong("key") || wrong("tls")}
    >
      <KeyField
        text={keyName}
        nodeName={draft.name}
        error={["key", "key.env", "key.file", "key.store"].map((path) => says(path, keyName)).find((one) => one !== undefined)}
        onChange={(text) => onChange({ keyName: text })}
      />
      <TextField
        label="Pinned certificate (SHA-256)"
        hint="For a certificate the node made itself: this one is trusted, and no other. Shown by: openssl x509 -noout -fingerprint -sha256"
        error={says("tls", fingerprint) ?? says("tls.fingerprint", fingerprint)}
        value={fingerprint}
        placeholder="AB:CD:…"
        onChange={(text) => onChange({ fingerprint: text })}
      />
    </Fold>
  );
}
