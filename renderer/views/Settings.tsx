// Settings in groups that have addresses of their own. Everything saves on its own; the engine validates, and what it says stands beside the
// field it is about.
import { type ReadSettings, useSettings } from "../client/use-settings.ts";
import { GroupSections } from "../parts/settings/GroupSections.tsx";
import { type Group, groups, groupTitles, useGroup } from "../settings/groups.ts";

export function Settings() {
  const { settings, failure, reload } = useSettings();
  const group = useGroup();
  if (failure !== undefined && settings === undefined) {
    return (
      <section className="empty">
        <h1>Settings were not read</h1>
        <p>{failure.message}</p>
        <button type="button" className="button" onClick={reload}>
          Try again
        </button>
      </section>
    );
  }
  return (
    <>
      <div className="page-head">
        <h1>Settings</h1>
        {settings !== undefined && <p className="summary">From {settings.source.replace(/\.$/, "")}.</p>}
      </div>
      {settings === undefined ? <p role="status">Reading the settings…</p> : <Page group={group} settings={settings} reload={reload} />}
    </>
  );
}

interface PageProps {
  readonly group: Group;
  readonly settings: ReadSettings;
  readonly reload: () => void;
}

function Page({ group, settings: { config, writable }, reload }: PageProps) {
  return (
    <div className="settings">
      <nav className="settings-groups" aria-label="Settings">
        {groups.map((one) => (
          <a key={one} href={`#/settings/${one}`} aria-current={one === group ? "page" : undefined}>
            {groupTitles[one]}
          </a>
        ))}
      </nav>
      <div className="sections">
        {!writable && <p className="read-only">These settings cannot be changed here; edit the file they come from.</p>}
        <GroupSections group={group} config={config} writable={writable} reload={reload} />
      </div>
    </div>
  );
}
