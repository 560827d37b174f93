// What is in force right now and who said so (UX-08), as lines to look through and as one document to copy into a bug report. Secrets are
// references here, so nothing needs to be hidden.
import { useEffect, useState } from "react";
import type { Client } from "../../../src-core/contract/api.ts";
import type { Config } from "../../../src-core/contract/config.ts";
import type { SettingLine } from "../../../src-core/contract/settings.ts";
import { useSnapshot } from "../../client/home.ts";
import { useRead } from "../../client/use-read.ts";
import { words } from "../../language/words.ts";
import { CopyButton } from "../CopyButton.tsx";
import { Toggle } from "../Field.tsx";
import { SearchBox } from "../SearchBox.tsx";
import { Section } from "./Section.tsx";

const { effective } = words.settings;

const readLines = (client: Client) => client.settingsInForce({});
/** More would only be scrolled past; the search finds the rest. */
const mostLines = 300;

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
    <Section title={effective.title} about={effective.about(app.version)}>
      <div className="effective-tools">
        <SearchBox label={effective.search} value={search} onChange={setSearch} />
        <CopyButton text={text} what={effective.copied} label={effective.copyButton} />
      </div>
      <Toggle label={effective.defaults} checked={all} onChange={setAll} />
      {failure !== undefined && <p className="field-error">{failure.message}</p>}
      {value !== undefined && <Lines lines={found} />}
    </Section>
  );
}

function Lines({ lines }: { readonly lines: readonly SettingLine[] }) {
  if (lines.length === 0) return <p className="hint">{effective.none}</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="effective" tabIndex={0} aria-label={effective.table}>
        <table>
          <thead>
            <tr>
              <th scope="col">{effective.setting}</th>
              <th scope="col">{effective.value}</th>
              <th scope="col">{effective.from}</th>
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
                <td className={from === "default" ? "hint" : ""}>{effective.origins[from]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {lines.length > mostLines && <p className="hint">{effective.more(lines.length - mostLines)}</p>}
    </>
  );
}
