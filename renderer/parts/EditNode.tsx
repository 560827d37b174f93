// Changing a configured node: one dialog, its sections folded until they are used. Its id stays, so that scripts and history keep meaning the
// same machine. What is wrong stands beside its field as one types.
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { NodeConfig } from "../../src-core/contract/config.ts";
import { type Failure, fail } from "../../src-core/contract/failure.ts";
import type { Node } from "../../src-core/contract/fleet.ts";
import { useHome } from "../client/home.ts";
import { words } from "../language/words.ts";
import { changeOf, draftOf, type EditDraft } from "../node-draft.ts";
import { Dialog } from "./Dialog.tsx";
import { EditSections } from "./node/EditSections.tsx";

const { edit: say } = words.nodeForms;

interface EditNodeProps {
  readonly node: Pick<Node, "id" | "name">;
  readonly onClose: () => void;
}

export function EditNode({ node, onClose }: EditNodeProps) {
  const { client, toasts } = useHome();
  const [config, setConfig] = useState<NodeConfig>();
  const [draft, setDraft] = useState<EditDraft>();
  const [failure, setFailure] = useState<Failure>();
  const [attempts, setAttempts] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  // The first mistake is shown to whoever tried to save, wherever it is in the dialog.
  useEffect(() => {
    if (attempts > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [attempts]);
  useEffect(() => {
    void client.getSettings({}).then((reply) => {
      const found = reply.ok ? reply.output.config.nodes.find(({ id }) => id === node.id) : undefined;
      setConfig(found);
      if (found !== undefined) setDraft(draftOf(found));
      else setFailure(reply.ok ? fail("not-found", say.notInSettings(node.name)) : reply.failure);
    });
  }, [client, node.id, node.name]);
  const checked = draft === undefined || config === undefined ? undefined : changeOf(draft, config);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setAttempts(attempts + 1);
    if (draft === undefined || checked === undefined || Object.keys(checked.errors).length > 0) return;
    if (Object.keys(checked.change).length === 0) return onClose();
    const reply = await client.updateNode({ node: node.id, change: checked.change });
    if (!reply.ok) return setFailure(reply.failure);
    toasts.push({ tone: "ok", title: say.saved(draft.name || node.id) });
    onClose();
  };
  const mistakes = Object.keys(checked?.errors ?? {}).length;
  return (
    <Dialog title={say.title(node.name)} onClose={onClose}>
      <form ref={form} onSubmit={(event) => void save(event)} noValidate>
        <div className="dialog-body">
          {draft !== undefined && checked !== undefined && (
            <EditSections
              node={node}
              draft={draft}
              errors={checked.errors}
              attempted={attempts > 0}
              onChange={(change) => setDraft({ ...draft, ...change })}
            />
          )}
          {failure !== undefined && (
            <p className="field-error" role="alert">
              {failure.message}
            </p>
          )}
        </div>
        <div className="dialog-foot">
          {attempts > 0 && mistakes > 0 && (
            <p className="field-error foot-aside" role="status">
              {say.mistakes(mistakes)}
            </p>
          )}
          <button type="button" className="button" onClick={onClose}>
            {words.common.cancel}
          </button>
          <button type="submit" className="button primary" disabled={draft === undefined}>
            {words.common.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
