// Where a node's key is found, and on the desktop a way to put one into the key store. A key goes in and is forgotten here at once (S-56).
import { useEffect, useState } from "react";
import type { Failure } from "../../src-core/contract/failure.ts";
import { useHome } from "../client/home.ts";
import { words } from "../language/words.ts";
import { nodeIdFrom } from "../node-names.ts";
import { Field } from "./Field.tsx";

const { key: say } = words.nodeForms;

interface KeyFieldProps {
  /** A variable, the path of a file, or `store:` and a name. */
  readonly text: string;
  /** Names a key that is put into the store. */
  readonly nodeName: string;
  readonly error: string | undefined;
  readonly onChange: (text: string) => void;
}

export function KeyField({ text, nodeName, error, onChange }: KeyFieldProps) {
  const store = useStore();
  return (
    <>
      <Field label={say.label} hint={say.hint} error={error}>
        {(props) => <input {...props} type="text" spellCheck={false} value={text} onChange={(event) => onChange(event.target.value)} />}
      </Field>
      {store !== undefined && <KeepKey nodeName={nodeName} says={store.says} onKept={(name) => onChange(`store:${name}`)} />}
    </>
  );
}

/** What is known of the key store; undefined where there is none. */
function useStore(): { readonly says: string | undefined } | undefined {
  const { client } = useHome();
  const [store, setStore] = useState<{ readonly says: string | undefined }>();
  useEffect(() => {
    void client.secretNames({}).then((reply) => setStore(reply.ok && reply.output.available ? { says: reply.output.says } : undefined));
  }, [client]);
  return store;
}

interface KeepKeyProps {
  readonly nodeName: string;
  readonly says: string | undefined;
  readonly onKept: (name: string) => void;
}

function KeepKey({ nodeName, says, onKept }: KeepKeyProps) {
  const { client, toasts } = useHome();
  const [value, setValue] = useState("");
  const [failure, setFailure] = useState<Failure>();
  const keep = async () => {
    const name = nodeIdFrom(nodeName, []);
    const key = value.trim();
    setValue("");
    const reply = await client.setSecret({ name, value: key });
    setFailure(reply.ok ? undefined : reply.failure);
    if (!reply.ok) return;
    toasts.push({ tone: "ok", title: say.kept });
    onKept(name);
  };
  return (
    <Field label={say.keepLabel} hint={says ?? say.keepHint} error={failure?.message}>
      {(props) => (
        <div className="field-row">
          <input
            {...props}
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
          <button type="button" className="button" disabled={value.trim() === ""} onClick={() => void keep()}>
            {say.keepButton}
          </button>
        </div>
      )}
    </Field>
  );
}
