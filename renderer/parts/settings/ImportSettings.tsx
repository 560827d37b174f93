// Brings a document in: looked at first, shown with everything it would change or with what is wrong in which line, and only then taken.
import { type FormEvent, useRef, useState } from "react";
import type { MethodOutput } from "../../../src-core/contract/api.ts";
import type { SettingChange } from "../../../src-core/contract/settings.ts";
import { useHome } from "../../client/home.ts";
import { Rich } from "../../language/Rich.tsx";
import { words } from "../../language/words.ts";
import { Dialog } from "../Dialog.tsx";
import { Field } from "../Field.tsx";

const { importing } = words.settings;

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
    if (wanted.length > longest) return setSays(importing.tooLong(longest));
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
    <Dialog title={importing.title} onClose={onClose}>
      <form onSubmit={(event) => void apply(event)} noValidate>
        <div className="dialog-body">
          <Field label={importing.file} hint={importing.fileHint}>
            {(props) => (
              <input
                {...props}
                type="file"
                accept=".json,.yaml,.yml"
                onChange={(event) => void event.target.files?.[0]?.text().then((read) => look(read))}
              />
            )}
          </Field>
          <Field label={importing.text} error={says}>
            {(props) => (
              <textarea {...props} rows={7} spellCheck={false} value={text} onChange={(event) => void look(event.target.value)} />
            )}
          </Field>
          {preview !== undefined && <Looked preview={preview} />}
        </div>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            {words.common.cancel}
          </button>
          <button type="submit" className="button primary" disabled={!ready}>
            {importing.applyButton}
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
        <p className="field-error">{importing.toMend(issues.length)}</p>
        <ul className="looked">
          {issues.map(({ field, line, says }) => (
            <li key={`${field} ${says}`}>
              <span className="hint">{line === undefined ? "" : importing.line(line)}</span>
              <Rich text={importing.issue} parts={{ field: <code>{field}</code>, says }} />
            </li>
          ))}
        </ul>
      </div>
    );
  }
  if (changes.length === 0) return <p role="status">{importing.noChange}</p>;
  return (
    <div role="status">
      <p>
        <Rich text={importing.changes} parts={{ changes: <strong>{importing.changeCount(changes.length + more)}</strong> }} />
      </p>
      <ul className="looked">
        {changes.map((change) => (
          <li key={change.path}>
            <Change {...change} />
          </li>
        ))}
      </ul>
      {more > 0 && <p className="hint">{importing.more(more)}</p>}
    </div>
  );
}

function Change({ path, before, after }: SettingChange) {
  const parts = { path: <code>{path}</code>, before: <del>{before}</del> };
  if (after === undefined) return <Rich text={importing.removed} parts={parts} />;
  return before === undefined ? (
    <Rich text={importing.added} parts={{ ...parts, after: <ins>{importing.addedValue(after)}</ins> }} />
  ) : (
    <Rich text={importing.changed} parts={{ ...parts, after: <ins>→ {after}</ins> }} />
  );
}
