// Brings a document in: looked at first, shown with everything it would change or with what is wrong in which line, and only then taken.
import { type FormEvent, useRef, useState } from "react";
import type { MethodOutput } from "../../../src-core/contract/api.ts";
import { useHome } from "../../client/home.ts";
import { bytes, count } from "../../format.ts";
import { Dialog } from "../Dialog.tsx";
import { Field } from "../Field.tsx";

interface ImportSettingsProps {
  /** Characters. */
  readonly longest: number;
  readonly onClose: () => void;
  readonly onReplaced: (kept: string) => void;
}

type Preview = MethodOutput<"previewSettings">;

export function ImportSettings({ longest, onClose, onReplaced }: ImportSettingsProps) {
  const { client } = useHome();
  const [text, setText] = useState("");
  const [preview, setPreview] = useState<Preview>();
  const [says, setSays] = useState<string>();
  const asked = useRef(0);
  const look = async (wanted: string) => {
    const turn = ++asked.current;
    setText(wanted);
    setPreview(undefined);
    setSays(undefined);
    if (wanted.trim() === "") return;
    if (wanted.length > longest) return setSays(`This is longer than settings are: ${bytes(longest)} at most.`);
    const reply = await client.previewSettings({ text: wanted });
    // Somebody went on typing meanwhile: only the last answer counts.
    if (turn !== asked.current) return;
    if (reply.ok) setPreview(reply.output);
    else setSays(reply.failure.message);
  };
  const apply = async (event: FormEvent) => {
    event.preventDefault();
    const reply = await client.importSettings({ text });
    if (!reply.ok) return setSays(reply.failure.message);
    onReplaced(reply.output.kept);
    onClose();
  };
  const ready = preview !== undefined && preview.issues.length === 0 && preview.changes.length > 0;
  return (
    <Dialog title="Import settings" onClose={onClose}>
      <form onSubmit={(event) => void apply(event)} noValidate>
        <div className="dialog-body">
          <Field label="From a file" hint="JSON or YAML, as Homeport exports it. Nothing changes before you apply it.">
            {(props) => (
              <input
                {...props}
                type="file"
                accept=".json,.yaml,.yml"
                onChange={(event) => void event.target.files?.[0]?.text().then((read) => look(read))}
              />
            )}
          </Field>
          <Field label="Or as text" error={says}>
            {(props) => (
              <textarea {...props} rows={7} spellCheck={false} value={text} onChange={(event) => void look(event.target.value)} />
            )}
          </Field>
          {preview !== undefined && <Looked preview={preview} />}
        </div>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={!ready}>
            Apply
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Looked({ preview: { issues, changes, more } }: { readonly preview: Preview }) {
  if (issues.length > 0) {
    return (
      <div role="alert">
        <p className="field-error">{count(issues.length, "thing")} to mend first; nothing was changed.</p>
        <ul className="looked">
          {issues.map(({ field, line, says }) => (
            <li key={`${field} ${says}`}>
              <span className="hint">{line === undefined ? "" : `Line ${line} · `}</span>
              <code>{field}</code>: {says}.
            </li>
          ))}
        </ul>
      </div>
    );
  }
  if (changes.length === 0) return <p role="status">Nothing would change: these are the settings in force.</p>;
  return (
    <div role="status">
      <p>
        <strong>{count(changes.length + more, "change")}</strong>, compared with what is in force:
      </p>
      <ul className="looked">
        {changes.map(({ path, before, after }) => (
          <li key={path}>
            <code>{path}</code>: {before === undefined ? <ins>{after} is new</ins> : <Change before={before} after={after} />}
          </li>
        ))}
      </ul>
      {more > 0 && <p className="hint">And {more} more.</p>}
    </div>
  );
}

function Change({ before, after }: { readonly before: string; readonly after: string | undefined }) {
  return (
    <>
      <del>{before}</del> {after === undefined ? "goes" : <ins>→ {after}</ins>}
    </>
  );
}
