// What is in effect right now, as one document to copy into a bug report. Secrets are references here, so nothing needs to be hidden.
import type { Config } from "../../../src-core/contract/config.ts";
import { useSnapshot } from "../../client/home.ts";
import { CopyButton } from "../CopyButton.tsx";
import { Section } from "./Section.tsx";

export function EffectiveSection({ config }: { readonly config: Config }) {
  const { app, gateway } = useSnapshot();
  const text = JSON.stringify({ homeport: app, gateway, config }, null, 2);
  return (
    <Section title="In effect" about={`Homeport ${app.version}. Everything as it applies now, defaults included.`}>
      <details className="more">
        <summary>Show the settings in effect</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <pre className="command" tabIndex={0}>
          <code>{text}</code>
        </pre>
      </details>
      <div>
        <CopyButton text={text} what="settings in effect" label="Copy as JSON" />
      </div>
    </Section>
  );
}
