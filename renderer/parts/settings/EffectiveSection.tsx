// What is in force right now and who said so (UX-08), as lines to look through and as one document to copy into a bug report. Secrets are
// references here, so nothing needs to be hidden.
import { useEffect, useState } from "react";
import type { Client } from "../../../src-core/contract/api.ts";
import type { Config } from "../../../src-core/contract/config.ts";
import type { SettingLine, SettingOrigin } from "../../../src-core/contract/settings.ts";
import { useSnapshot } from "../../client/home.ts";
import { useRead } from "../../client/use-read.ts";
import { count } from "../../format.ts";
import { CopyButton } from "../CopyButton.tsx";
import { Toggle } from "../Field.tsx";
import { SearchBox } from "../SearchBox.tsx";
import { Section } from "./Section.tsx";

const readLines = (client: Client) => client.settingsInForce({});
/** More would only be scrolled past; the search finds the rest. */
const mostLines = 300;

export const originWords: Readonly<Record<SettingOrigin, string>> = {
  default: "default",
  file: "your file",
  app: "set here",
  demo: "the demo",
  "command-line": "command line",
};

export function EffectiveSection({ config }: { readonly config: Config }) {
  const { app, gateway } = useSnapshot();
  const { value, failure, reload } = useRead(readLines);
  const [search, setSearch] = useState("");
  const [all, setAll] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another configuration has other lines
  useEffect(reload, [config]);
  const text = JSON.stringify({ homeport: app, gateway, config }, null, 2);
  const found = (value?.lines ?? []).filter(
    ({ path, from }) => (all || search !== "" || from !== "default") && path.toLowerCase().includes(search.trim().toLowerCase()),
  );
  return (
    <Section title="In force" about={`Homeport ${app.version}. Every setting as it applies now, and who said so.`}>
      <div className="effective-tools">
        <SearchBox label="Search settings" value={search} onChange={setSearch} />
        <CopyButton text={text} what="settings in effect" label="Copy as JSON" />
      </div>
      <Toggle label="Show defaults too" checked={all} onChange={setAll} />
      {failure !== undefined && <p className="field-error">{failure.message}</p>}
      {value !== undefined && <Lines lines={found} />}
    </Section>
  );
}

function Lines({ lines }: { readonly lines: readonly SettingLine[] }) {
  if (lines.length === 0) return <p className="hint">No setting matches; everything else is as Homeport comes.</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="effective" tabIndex={0} aria-label="Settings in force">
        <table>
          <thead>
            <tr>
              <th scope="col">Setting</th>
              <th scope="col">Value</th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {lines.slice(0, mostLines).map(({ path, value, from }) => (
              <tr key={path}>
                <th scope="row">
                  <code>{path}</code>
                </th>
                <td>
                  <code>{value}</code>
                </td>
                <td className={from === "default" ? "hint" : ""}>{originWords[from]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {lines.length > mostLines && <p className="hint">And {count(lines.length - mostLines, "more setting")}; search for them.</p>}
    </>
  );
}
