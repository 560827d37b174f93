// Settings in groups that have addresses of their own. Everything saves on its own; the engine validates, and what it says stands beside the
// field it is about.
import { type ReadSettings, useSettings } from "../client/use-settings.ts";
import { words } from "../language/words.ts";
import { GroupSections } from "../parts/settings/GroupSections.tsx";
import { type Group, groups, useGroup } from "../settings/groups.ts";

const { page } = words.settings;

export function Settings() {
  const { settings, failure, reload } = useSettings();
  const group = useGroup();
  if (failure !== undefined && settings === undefined) {
    return (
      <section className="empty">
        <h1>{page.unread}</h1>
        <p>{failure.message}</p>
        <button type="button" className="button" onClick={reload}>
          {words.common.tryAgain}
        </button>
      </section>
    );
  }
  return (
    <>
      <div className="page-head">
        <h1>{page.title}</h1>
        {settings !== undefined && <p className="summary">{page.from(settings.source.replace(/\.$/, ""))}</p>}
      </div>
      {settings === undefined ? <p role="status">{page.reading}</p> : <Page group={group} settings={settings} reload={reload} />}
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
      <nav className="settings-groups" aria-label={page.title}>
        {groups.map((one) => (
          <a key={one} href={`#/settings/${one}`} aria-current={one === group ? "page" : undefined}>
            {page.groups[one]}
          </a>
        ))}
      </nav>
      <div className="sections">
        {!writable && <p className="read-only">{page.readOnly}</p>}
        <GroupSections group={group} config={config} writable={writable} reload={reload} />
      </div>
    </div>
  );
}
