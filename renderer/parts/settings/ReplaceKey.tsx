// Puts another key under a name that the store knows. What was typed is forgotten here at once (S-56).
import { type FormEvent, useState } from "react";
import type { Failure } from "../../../src-core/contract/failure.ts";
import { useHome } from "../../client/home.ts";
import { words } from "../../language/words.ts";
import { Dialog } from "../Dialog.tsx";
import { Field } from "../Field.tsx";

const { keys } = words.settings;

interface ReplaceKeyProps {
  readonly name: string;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

export function ReplaceKey({ name, onClose, onChanged }: ReplaceKeyProps) {
  const { client, toasts } = useHome();
  const [value, setValue] = useState("");
  const [failure, setFailure] = useState<Failure>();
  const keep = async (event: FormEvent) => {
    event.preventDefault();
    const key = value.trim();
    setValue("");
    const reply = await client.setSecret({ name, value: key });
    setFailure(reply.ok ? undefined : reply.failure);
    if (!reply.ok) return;
    toasts.push({ tone: "ok", title: keys.kept(name) });
    onChanged();
    onClose();
  };
  return (
    <Dialog title={keys.replaceTitle(name)} onClose={onClose}>
      <form onSubmit={(event) => void keep(event)} noValidate>
        <div className="dialog-body">
          <Field label={keys.newKey} hint={keys.newKeyHint} error={failure?.message}>
            {(props) => (
              <input
                {...props}
                type="password"
                autoComplete="off"
                spellCheck={false}
                maxLength={4096}
                value={value}
                onChange={(event) => setValue(event.target.value)}
              />
            )}
          </Field>
        </div>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            {words.common.cancel}
          </button>
          <button type="submit" className="button primary" disabled={value.trim() === ""}>
            {keys.keepButton}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
