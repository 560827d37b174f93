// The settings as one document: taken away, brought back, reset. No key is ever in it. What is replaced is kept as a copy beside it.
import { useState } from "react";
import { mostSettingsText, type SettingsFormat } from "../../../src-core/contract/settings.ts";
import { download } from "../../client/download.ts";
import { useAction, useHome, useSnapshot } from "../../client/home.ts";
import { ImportSettings } from "./ImportSettings.tsx";
import { ResetSettings } from "./ResetSettings.tsx";
import { Section } from "./Section.tsx";

interface DocumentSectionProps {
  readonly writable: boolean;
  readonly reload: () => void;
}

const types: Readonly<Record<SettingsFormat, string>> = { json: "application/json", yaml: "application/yaml" };

export function DocumentSection({ writable, reload }: DocumentSectionProps) {
  const [layer, setLayer] = useState<"none" | "import" | "reset">("none");
  const { app } = useSnapshot();
  const { client, toasts } = useHome();
  const { busy, run } = useAction();
  const close = () => setLayer("none");
  const take = async (format: SettingsFormat) => {
    const reply = await run(() => client.exportSettings({ format }), { failed: "The settings were not exported" });
    if (!reply.ok) return;
    const { text, name } = reply.output;
    if (!app.desktop) return download(text, name, types[format]);
    try {
      await navigator.clipboard.writeText(text);
      toasts.push({
        tone: "ok",
        title: `Settings copied as ${format.toUpperCase()}`,
        body: `Paste them into a file, for example ${name}.`,
      });
    } catch {
      toasts.push({ tone: "error", title: "The settings were not copied", body: "The system did not allow it. Try again." });
    }
  };
  const replaced = (kept: string) => {
    toasts.push({ tone: "ok", title: "Settings replaced", body: `The ones before are kept as ${kept}.` });
    reload();
  };
  const verb = app.desktop ? "Copy" : "Download";
  return (
    <Section
      title="Export, import, reset"
      about="The settings as one document. It names where keys are found and holds none, so another computer needs its own keys."
    >
      <div className="section-acts">
        <button type="button" className="button" disabled={busy} onClick={() => void take("json")}>
          {verb} JSON
        </button>
        <button type="button" className="button" disabled={busy} onClick={() => void take("yaml")}>
          {verb} YAML
        </button>
        <button type="button" className="button" disabled={!writable} onClick={() => setLayer("import")}>
          Import…
        </button>
        <button type="button" className="button danger" disabled={!writable} onClick={() => setLayer("reset")}>
          Reset to defaults…
        </button>
      </div>
      {layer === "import" && <ImportSettings longest={mostSettingsText} onClose={close} onReplaced={replaced} />}
      {layer === "reset" && <ResetSettings onClose={close} onReplaced={replaced} />}
    </Section>
  );
}
