// Where would this go now, and why: a question, the answer under every policy, and the rules as configured. Looking changes nothing; editing has an
// address of its own (`#/routing/edit`), so that Back leads out of it.
import { useSyncExternalStore } from "react";
import { useSnapshot } from "../client/home.ts";
import { type ReadSettings, useSettings } from "../client/use-settings.ts";
import { words } from "../language/words.ts";
import { Asking } from "../routing/Asking.tsx";
import { Configured } from "../routing/Configured.tsx";
import { changedSections } from "../routing/draft.ts";
import { routingDraft } from "../routing/draft-box.ts";
import { Editing } from "../routing/Editing.tsx";

const { page } = words.routing;

export function Routing() {
  const { settings, failure, reload } = useSettings();
  const { app } = useSnapshot();
  const editing = useEditing() && settings?.writable !== false;
  return (
    <>
      <div className="page-head">
        <h1>{editing ? page.editTitle : page.title}</h1>
        <p className="summary">{editing ? (app.demo ? page.editAboutDemo : page.editAbout) : page.about}</p>
        {settings !== undefined && <Way settings={settings} editing={editing} />}
      </div>
      {editing && settings !== undefined && <Editing settings={settings} reload={reload} />}
      {settings === undefined && failure === undefined && <p role="status">{page.reading}</p>}
      {/* The question begins with a profile, so it waits for the settings; without them it begins with a model. */}
      {!editing && (settings !== undefined || failure !== undefined) && <Asking config={settings?.config} />}
      {!editing && settings !== undefined && <Configured settings={settings} />}
      {settings === undefined && failure !== undefined && (
        <div className="standing" role="alert">
          <p>{page.unreadable(failure.message)}</p>
          <button type="button" className="button" onClick={reload}>
            {words.common.tryAgain}
          </button>
        </div>
      )}
    </>
  );
}

/** Into editing and out of it. Settings that cannot be changed here say so below. */
function Way({ settings: { writable }, editing }: { readonly settings: ReadSettings; readonly editing: boolean }) {
  const draft = useSyncExternalStore(routingDraft.subscribe, routingDraft.draft);
  const unsaved = draft !== undefined && changedSections(draft).length > 0;
  if (!writable) return null;
  return (
    <div className="page-tools">
      {!editing && unsaved && <p className="read-only">{page.unsaved}</p>}
      <a className="button" href={editing ? "#/routing" : "#/routing/edit"}>
        {editing ? page.done : unsaved ? page.goOnEditing : page.edit}
      </a>
    </div>
  );
}

function subscribe(watcher: () => void): () => void {
  addEventListener("hashchange", watcher);
  return () => removeEventListener("hashchange", watcher);
}

function useEditing(): boolean {
  return useSyncExternalStore(subscribe, () => location.hash === "#/routing/edit");
}
