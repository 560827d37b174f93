// Where the draft of the routing lies while its page is not shown: leaving loses nothing. An unsaved one also outlives the window, as names and
// figures only; a draft holds no key, only where one is found.
import { RoutingDocument } from "../../src-core/contract/routing-document.ts";
import { asWritten } from "./as-written.ts";
import { changed, changedSections, type Draft, newDraft, rebased } from "./draft.ts";
import { problemsIn } from "./draft-problems.ts";

const slot = "homeport-routing-draft";

class DraftBox {
  readonly #watchers = new Set<() => void>();
  #draft: Draft | undefined;

  /** Undefined until somebody read the settings. */
  readonly draft = (): Draft | undefined => this.#draft;

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** What the engine holds now: the beginning of a draft, or what a draft is put on. */
  readonly read = (theirs: RoutingDocument): void => {
    this.#set(rebased(this.#draft ?? keptDraft() ?? newDraft(theirs), theirs));
  };

  readonly change = (step: (draft: Draft) => Draft): void => {
    if (this.#draft !== undefined) this.#set(step(this.#draft));
  };

  #set(draft: Draft): void {
    if (draft === this.#draft) return;
    this.#draft = draft;
    keep(draft);
    for (const watcher of this.#watchers) watcher();
  }
}

/** The one draft of this window. */
export const routingDraft = new DraftBox();

/** The last state without a mistake is what is kept: one that does not fit would not be read again. */
function keep(draft: Draft): void {
  if (changedSections(draft).length === 0) localStorage.removeItem(slot);
  else if (problemsIn(draft.now).size === 0) {
    localStorage.setItem(slot, JSON.stringify({ base: asWritten(draft.base), now: asWritten(draft.now) }));
  }
}

function keptDraft(): Draft | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(slot) ?? "null");
    if (typeof kept !== "object" || kept === null) return undefined;
    const base = RoutingDocument.safeParse(Reflect.get(kept, "base"));
    const now = RoutingDocument.safeParse(Reflect.get(kept, "now"));
    return base.success && now.success ? changed(newDraft(base.data), now.data, 0) : undefined;
  } catch {
    return undefined;
  }
}
