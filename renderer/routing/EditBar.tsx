// What is done with a draft: taken back, brought again, thrown away, saved. It says what is unsaved and what keeps it from being saved.
import { Redo2, Undo2 } from "lucide-react";
import { modifier } from "../client/pages.ts";
import { words } from "../language/words.ts";
import { changedSections } from "./draft.ts";
import type { DraftHandle } from "./use-draft.ts";

const { bar } = words.routingDraft;

interface EditBarProps {
  readonly handle: DraftHandle;
  /** What is wrong with the text, where it is not taken yet. */
  readonly textIssues: number;
  /** Whether the draft holds what was typed into the text. */
  readonly settled: boolean;
}

export function EditBar({ handle, textIssues, settled }: EditBarProps) {
  const { draft, mistakes, busy, dirty, undo, redo, discard, save } = handle;
  const wrong = mistakes + textIssues;
  return (
    <div className="edit-bar" role="toolbar" aria-label={bar.label}>
      <button type="button" className="button" aria-disabled={draft.past.length === 0} onClick={undo} title={bar.undoKeys(modifier)}>
        <Undo2 size={15} aria-hidden="true" /> {words.common.undo}
      </button>
      <button type="button" className="button" aria-disabled={draft.future.length === 0} onClick={redo} title={bar.redoKeys(modifier)}>
        <Redo2 size={15} aria-hidden="true" /> {bar.redo}
      </button>
      <p className="edit-state" role="status">
        {wrong > 0 && <strong className="field-error">{bar.mend(wrong)} </strong>}
        {dirty ? bar.unsaved(changedSections(draft)) : bar.saved}
      </p>
      <button type="button" className="button" disabled={!dirty || busy} onClick={discard}>
        {bar.discard}
      </button>
      <button type="button" className="button primary" disabled={!dirty || busy || wrong > 0 || !settled} onClick={() => void save()}>
        {busy ? bar.saving : words.common.save}
      </button>
    </div>
  );
}
