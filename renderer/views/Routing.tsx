// Where would this go now, and why: a question, the answer under every policy, and the rules as configured. Looking changes nothing; editing has an
// address of its own (`#/routing/edit`), so that Back leads out of it.
import { useSyncExternalStore } from "react";
import { useSnapshot } from "../client/home.ts";
import { type ReadSettings, useSettings } from "../client/use-settings.ts";
import { Asking } from "../routing/Asking.tsx";
import { Configured } from "../routing/Configured.tsx";
import { changedSections } from "../routing/draft.ts";
import { routingDraft } from "../routing/draft-box.ts";
import { Editing } from "../routing/Editing.tsx";

export function Routing() {
  const { settings, failure, reload } = useSettings();
  const { app } = useSnapshot();
  const editing = useEditing() && settings?.writable !== false;
  return (
    <>
      <div className="page-head">
        <h1>{editing ? "Edit routing" : "Routing"}</h1>
        <p className="summary">{editing ? editSays(app.demo) : "Where would a request go now? Nothing is sent, and nothing changes."}</p>
        {settings !== undefined && <Way settings={settings} editing={editing} />}
      </div>
      {editing && settings !== undefined && <Editing settings={settings} reload={reload} />}
      {settings === undefined && failure === undefined && <p role="status">Reading the settings…</p>}
      {/* The question begins with a profile, so it waits for the settings; without them it begins with a model. */}
      {!editing && (settings !== undefined || failure !== undefined) && <Asking config={settings?.config} />}
      {!editing && settings !== undefined && <Configured settings={settings} />}
      {settings === undefined && failure !== undefined && (
        <div className="standing" role="alert">
          <p>The rules could not be read. {failure.message}</p>
          <button type="button" className="button" onClick={reload}>
            Try again
          </button>
        </div>
      )}
    </>
  );
}

const editSays = (demo: boolean): string =>
  demo ? "Nothing is in force before you save it. In the demo it is kept until the demo ends." : "Nothing is in force before you save it.";

/** Into editing and out of it. Settings that cannot be changed here say so below. */
function Way({ settings: { writable }, editing }: { readonly settings: ReadSettings; readonly editing: boolean }) {
  const draft = useSyncExternalStore(routingDraft.subscribe, routingDraft.draft);
  const unsaved = draft !== undefined && changedSections(draft).length > 0;
  if (!writable) return null;
  return (
    <div className="page-tools">
      {!editing && unsaved && <p className="read-only">There are changes that are not saved.</p>}
      <a className="button" href={editing ? "#/routing" : "#/routing/edit"}>
        {editing ? "Done" : unsaved ? "Go on editing" : "Edit routing"}
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
