// The draft of the routing for the page: every change checked at once, taken back, saved. A refusal stands at its field until something changes.
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { Failure } from "../../src-core/contract/failure.ts";
import { useHome } from "../client/home.ts";
import type { ReadSettings } from "../client/use-settings.ts";
import { words } from "../language/words.ts";
import { changed, changedSections, type Draft, discarded, rebased, redone, routingOf, saved, toSave, undone } from "./draft.ts";
import { routingDraft } from "./draft-box.ts";
import { type Problems, problemsIn, refusalOf } from "./draft-problems.ts";
import type { EditDraft } from "./form-props.ts";

export interface DraftHandle {
  readonly draft: Draft;
  /** What is wrong, and what the engine refused, by field. */
  readonly problems: Problems;
  /** So many fields keep it from being saved. */
  readonly mistakes: number;
  /** What the engine said of the last attempt to save. */
  readonly refusal: Failure | undefined;
  readonly busy: boolean;
  readonly dirty: boolean;
  readonly edit: EditDraft;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly discard: () => void;
  readonly save: () => Promise<void>;
}

/** Undefined for the one drawing before the settings became a draft. */
export function useDraft(settings: ReadSettings, reload: () => void): DraftHandle | undefined {
  const draft = useSyncExternalStore(routingDraft.subscribe, routingDraft.draft);
  const [refusal, setRefusal] = useState<Failure>();
  const { save, busy } = useSaving(setRefusal, reload);
  useEffect(() => routingDraft.read(routingOf(settings.config)), [settings]);
  useRereading(reload);
  const step = useCallback((change: (draft: Draft) => Draft) => {
    setRefusal(undefined);
    routingDraft.change(change);
  }, []);
  const edit: EditDraft = useCallback((next) => step((one) => changed(one, next(one.now), performance.now())), [step]);
  if (draft === undefined) return undefined;
  const wrong = problemsIn(draft.now);
  return {
    draft,
    problems: new Map([...refusalOf(refusal), ...wrong]),
    mistakes: wrong.size,
    refusal,
    busy,
    dirty: changedSections(draft).length > 0,
    edit,
    undo: () => step(undone),
    redo: () => step(redone),
    discard: () => step(discarded),
    save,
  };
}

function useSaving(setRefusal: (failure: Failure | undefined) => void, reload: () => void) {
  const { client, toasts } = useHome();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    const draft = routingDraft.draft();
    if (draft === undefined) return;
    setBusy(true);
    const reply = await client.setSettings(toSave(draft));
    const after = await client.getSettings({});
    setBusy(false);
    setRefusal(reply.ok ? undefined : reply.failure);
    if (reply.ok) toasts.push({ tone: "ok", title: words.routingDraft.bar.savedToast });
    if (!after.ok) return;
    const theirs = routingOf(after.output.config);
    routingDraft.change((one) => (reply.ok ? saved(one, draft.now, theirs) : rebased(one, theirs)));
    reload();
  };
  return { save, busy };
}

/** Who comes back to the window wants to see what others changed meanwhile. */
function useRereading(reload: () => void): void {
  useEffect(() => {
    const look = () => {
      if (!document.hidden) reload();
    };
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [reload]);
}
