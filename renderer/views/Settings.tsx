// Settings in sections that save on their own. The engine validates; what it says stands beside the field it is about.
import { useCallback, useEffect, useState } from "react";
import type { MethodOutput } from "../../src-core/contract/api.ts";
import type { Failure } from "../../src-core/contract/failure.ts";
import { useHome, useWindowState } from "../client/home.ts";
import { BreakerSection } from "../parts/settings/BreakerSection.tsx";
import { EffectiveSection } from "../parts/settings/EffectiveSection.tsx";
import { GatewaySection } from "../parts/settings/GatewaySection.tsx";
import { NodesSection } from "../parts/settings/NodesSection.tsx";
import { SwitchSection } from "../parts/settings/SwitchSection.tsx";
import { ThemeSection } from "../parts/settings/ThemeSection.tsx";

type Read = MethodOutput<"getSettings">;

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

function Sections({ settings, reload }: { readonly settings: Read; readonly reload: () => void }) {
  const { config, writable } = settings;
  const shared = { config, writable, reload };
  return (
    <div className="sections">
      {!writable && <p className="read-only">These settings cannot be changed here; edit the file they come from.</p>}
      <NodesSection />
      <GatewaySection {...shared} />
      <SwitchSection {...shared} />
      <BreakerSection {...shared} />
      <ThemeSection {...shared} />
      <EffectiveSection config={config} />
    </div>
  );
}

/** Read when the page opens, when the line returns, and after every save. */
function useSettings() {
  const { client } = useHome();
  const connected = useWindowState().line.state === "connected";
  const [settings, setSettings] = useState<Read>();
  const [failure, setFailure] = useState<Failure>();
  const reload = useCallback(() => {
    void client.getSettings({}).then((reply) => {
      if (reply.ok) setSettings(reply.output);
      setFailure(reply.ok ? undefined : reply.failure);
    });
  }, [client]);
  useEffect(() => {
    if (connected) reload();
  }, [connected, reload]);
  return { settings, failure, reload };
}
