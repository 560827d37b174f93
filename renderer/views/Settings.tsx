// Settings in sections that save on their own. The engine validates; what it says stands beside the field it is about.
import { type ReadSettings, useSettings } from "../client/use-settings.ts";
import { BreakerSection } from "../parts/settings/BreakerSection.tsx";
import { CloudSection } from "../parts/settings/CloudSection.tsx";
import { EffectiveSection } from "../parts/settings/EffectiveSection.tsx";
import { GatewaySection } from "../parts/settings/GatewaySection.tsx";
import { NodesSection } from "../parts/settings/NodesSection.tsx";
import { SwitchSection } from "../parts/settings/SwitchSection.tsx";
import { ThemeSection } from "../parts/settings/ThemeSection.tsx";

export function Settings() {
  const { settings, failure, reload } = useSettings();
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
      {settings !== undefined && <Sections settings={settings} reload={reload} />}
    </>
  );
}

function Sections({ settings, reload }: { readonly settings: ReadSettings; readonly reload: () => void }) {
  const { config, writable } = settings;
  const shared = { config, writable, reload };
  return (
    <div className="sections">
      {!writable && <p className="read-only">These settings cannot be changed here; edit the file they come from.</p>}
      <NodesSection />
      <CloudSection {...shared} />
      <GatewaySection {...shared} />
      <SwitchSection {...shared} />
      <BreakerSection {...shared} />
      <ThemeSection {...shared} />
      <EffectiveSection config={config} />
    </div>
  );
}
