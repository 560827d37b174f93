// The settings as one document: taken away, brought back, reset. No key is ever in it. What is replaced is kept as a copy beside it.
import { useState } from "react";
import { mostSettingsText, SettingsFormat } from "../../../src-core/contract/settings.ts";
import { download } from "../../client/download.ts";
import { useAction, useHome, useSnapshot } from "../../client/home.ts";
import { words } from "../../language/words.ts";
import { ImportSettings } from "./ImportSettings.tsx";
import { ResetSettings } from "./ResetSettings.tsx";
import { Section } from "./Section.tsx";

const { exchange } = words.settings;

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
    const reply = await run(() => client.exportSettings({ format }), { failed: exchange.exportFailed });
    if (!reply.ok) return;
    const { text, name } = reply.output;
    if (!app.desktop) return download(text, name, types[format]);
    try {
      await navigator.clipboard.writeText(text);
      toasts.push({
        tone: "ok",
        title: exchange.copied(format.toUpperCase()),
        body: exchange.copiedHint(name),
      });
    } catch {
      toasts.push({ tone: "error", title: exchange.copyFailed, body: exchange.copyFailedHint });
    }
  };
  const replaced = (kept: string) => {
    toasts.push({ tone: "ok", title: exchange.replaced, body: exchange.replacedHint(kept) });
    reload();
  };
  const takeButton = app.desktop ? exchange.copyButton : exchange.downloadButton;
  return (
    <Section title={exchange.title} about={exchange.about}>
      <div className="section-acts">
        {SettingsFormat.options.map((format) => (
          <button key={format} type="button" className="button" disabled={busy} onClick={() => void take(format)}>
            {takeButton(format.toUpperCase())}
          </button>
        ))}
        <button type="button" className="button" disabled={!writable} onClick={() => setLayer("import")}>
          {exchange.importButton}
        </button>
        <button type="button" className="button danger" disabled={!writable} onClick={() => setLayer("reset")}>
          {exchange.resetButton}
        </button>
      </div>
      {layer === "import" && <ImportSettings longest={mostSettingsText} onClose={close} onReplaced={replaced} />}
      {layer === "reset" && <ResetSettings onClose={close} onReplaced={replaced} />}
    </Section>
  );
}
