// Changing a configured node. Its id stays, so that scripts and history keep meaning the same machine.
import { type FormEvent, useEffect, useState } from "react";
import type { NodeConfig } from "../../src-core/contract/config.ts";
import { type Failure, fail } from "../../src-core/contract/failure.ts";
import type { Node } from "../../src-core/contract/fleet.ts";
import { nodeAddress } from "../../src-core/contract/nats.ts";
import { useHome } from "../client/home.ts";
import { keyRef, keyText } from "../key-text.ts";
import { withScheme } from "../node-names.ts";
import { Dialog } from "./Dialog.tsx";
import { Field } from "./Field.tsx";
import { devicesOf, memoryText, type NodeDraft, NodeFields, slotsOf } from "./NodeFields.tsx";

interface EditNodeProps {
  readonly node: Pick<Node, "id" | "name">;
  readonly onClose: () => void;
}

function draftOf(config: NodeConfig): NodeDraft {
  return {
    url: config.url,
    name: config.name ?? config.id,
    kind: config.kind,
    place: config.place ?? "",
    slots: config.slots === undefined ? "" : String(config.slots),
    memory: memoryText(config.devices),
    keyName: config.key === undefined ? "" : keyText(config.key),
  };
}

export function EditNode({ node, onClose }: EditNodeProps) {
  const { client, toasts } = useHome();
  const [draft, setDraft] = useState<NodeDraft>();
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    void client.getSettings({}).then((reply) => {
      const config = reply.ok ? reply.output.config.nodes.find(({ id }) => id === node.id) : undefined;
      if (config !== undefined) setDraft(draftOf(config));
      else setFailure(reply.ok ? fail("not-found", `${node.name} is not in the settings any more.`) : reply.failure);
    });
  }, [client, node.id, node.name]);
  const save = async (wanted: NodeDraft) => {
    const devices = devicesOf(wanted.memory);
    if (devices === undefined) {
      setFailure(fail("invalid-request", "Give the memory in gigabytes, one figure per device, like 24 or 24, 24.", { field: "devices" }));
      return;
    }
    const change = {
      ...nodeAddress(withScheme(wanted.url)),
      kind: wanted.kind,
      name: wanted.name.trim() === "" ? null : wanted.name.trim(),
      place: wanted.place === "" ? null : wanted.place,
      slots: slotsOf(wanted.slots) ?? null,
      key: keyRef(wanted.keyName) ?? null,
      devices,
    };
    const reply = await client.updateNode({ node: node.id, change });
    if (!reply.ok) setFailure(reply.failure);
    else {
      toasts.push({ tone: "ok", title: `${wanted.name || node.id} saved` });
      onClose();
    }
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (draft !== undefined) void save(draft);
  };
  return (
    <Dialog title={`Edit ${node.name}`} onClose={onClose}>
      <form onSubmit={onSubmit} noValidate>
        <div className="dialog-body">
          {draft !== undefined && (
            <>
              <Field label="Address">
                {(props) => (
                  <input
                    {...props}
                    type="url"
                    spellCheck={false}
                    value={draft.url}
                    onChange={(event) => setDraft({ ...draft, url: event.target.value })}
                  />
                )}
              </Field>
              <NodeFields draft={draft} failure={failure} onChange={(change) => setDraft({ ...draft, ...change })} />
            </>
          )}
          {failure !== undefined && (
            <p className="field-error" role="alert">
              {failure.message}
            </p>
          )}
        </div>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={draft === undefined}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
