// The routing being edited: forms or text on one side, the dry run of the draft on the other. Nothing is in force before it is saved.
import { useEffect, useState } from "react";
import type { Config } from "../../src-core/contract/config.ts";
import type { SettingsFormat } from "../../src-core/contract/settings.ts";
import { isTyping } from "../client/pages.ts";
import type { ReadSettings } from "../client/use-settings.ts";
import { words } from "../language/words.ts";
import { Segments } from "../parts/Segments.tsx";
import { Asking } from "./Asking.tsx";
import { asWritten } from "./as-written.ts";
import { DocumentPane } from "./DocumentPane.tsx";
import { EditBar } from "./EditBar.tsx";
import { Forms } from "./Forms.tsx";
import { useDocument } from "./use-document.ts";
import { type DraftHandle, useDraft } from "./use-draft.ts";

const { editing, dryRun } = words.routingDraft;

type Mode = "forms" | SettingsFormat;
const modes = [
  { value: "forms", label: editing.forms },
  { value: "yaml", label: "YAML" },
  { value: "json", label: "JSON" },
] as const satisfies readonly { readonly value: Mode; readonly label: string }[];

interface EditingProps {
  readonly settings: ReadSettings;
  readonly reload: () => void;
}

export function Editing({ settings, reload }: EditingProps) {
  const handle = useDraft(settings, reload);
  return handle === undefined ? <p role="status">{editing.reading}</p> : <Editor handle={handle} config={settings.config} />;
}

interface EditorProps {
  readonly handle: DraftHandle;
  readonly config: Config;
}

function Editor({ handle, config }: EditorProps) {
  const [wished, setMode] = useState<Mode>("forms");
  const { draft, problems, refusal, edit } = handle;
  const document = useDocument(draft.now, edit, wished === "forms" ? undefined : wished);
  // A text that is not taken stays in view until it is mended or thrown away.
  const mode = document.issues.length > 0 ? (document.typedAs ?? wished) : wished;
  useEditKeys(handle, document.typedAs === undefined);
  return (
    <div className="routing-edit">
      <div className="routing-edit-draft">
        <EditBar handle={handle} textIssues={document.issues.length} settled={document.typedAs === undefined} />
        {refusal !== undefined && (
          <p className="field-error" role="alert">
            {refusal.message}
          </p>
        )}
        <Contested places={draft.contested} />
        <Segments legend={editing.editAs} options={modes} value={mode} onChange={setMode} />
        {mode === "forms" ? (
          <Forms document={draft.now} problems={problems} config={config} onEdit={edit} />
        ) : (
          <DocumentPane document={document} called={mode.toUpperCase()} />
        )}
      </div>
      <DryRun handle={handle} config={config} />
    </div>
  );
}

function Contested({ places }: { readonly places: readonly string[] }) {
  if (places.length === 0) return null;
  return (
    <p className="relaxed" role="alert">
      {editing.contested(places)}
    </p>
  );
}

/** While something is wrong the dry run stays with the last draft that was not, and says so. */
function DryRun({ handle: { draft, mistakes, dirty }, config }: EditorProps) {
  const [sound, setSound] = useState(draft.now);
  if (mistakes === 0 && sound !== draft.now) setSound(draft.now);
  return (
    <aside className="dry-run" aria-label={dryRun.title}>
      <h2>{dryRun.title}</h2>
      <p className="hint">{mistakes > 0 ? dryRun.beforeMistakes : dirty ? dryRun.asDrafted : dryRun.asConfigured}</p>
      <Asking config={{ ...config, ...sound }} {...(dirty ? { routing: asWritten(sound) } : {})} />
    </aside>
  );
}

/** Ctrl or Cmd with Z and S. A text area and the question keep the browser's own undo. */
function useEditKeys({ undo, redo, save, dirty, mistakes }: DraftHandle, whole: boolean): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || document.querySelector("dialog[open]") !== null) return;
      const key = event.key.toLowerCase();
      const elsewhere = event.target instanceof Element && isTyping(event.target) && event.target.matches("textarea, .dry-run *");
      if (key === "s") {
        event.preventDefault();
        if (dirty && mistakes === 0 && whole) void save();
      } else if (!elsewhere && (key === "z" || key === "y")) {
        event.preventDefault();
        if (key === "y" || event.shiftKey) redo();
        else undo();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}
