// Every request: running ones first. Each row answers which node, why, and how long (UX-10, UX-14). Metadata only, never content.
import { useDeferredValue, useMemo, useState } from "react";
import { Filters } from "../activity/Filters.tsx";
import { choicesOf, filtered, noFilter } from "../activity/filter.ts";
import { RequestTable } from "../activity/RequestTable.tsx";
import { useActivity, useSnapshot } from "../client/home.ts";
import { code } from "../language/code.ts";
import { Rich } from "../language/Rich.tsx";
import { words } from "../language/words.ts";
import { CopyButton } from "../parts/CopyButton.tsx";

const said = words.activity;

export function Activity() {
  const rows = useActivity();
  const { fleet } = useSnapshot();
  const [filter, setFilter] = useState(noFilter);
  const wanted = useDeferredValue(filter);
  const { nodes } = fleet;
  const found = useMemo(() => filtered(rows, wanted, (node) => nodes[node]?.name ?? node), [rows, wanted, nodes]);
  const choices = useMemo(() => choicesOf(rows), [rows]);
  const running = useMemo(() => rows.reduce((sum, row) => sum + Number(row.phase !== "done"), 0), [rows]);
  return (
    <>
      <div className="page-head">
        <h1>{said.title}</h1>
        {rows.length > 0 && (
          <p className="summary" role="status">
            {said.summary(running, rows.length - running, found === rows ? undefined : found.length)}
          </p>
        )}
      </div>
      {rows.length === 0 && <NoTraffic />}
      {rows.length > 0 && <Filters filter={filter} choices={choices} nodes={nodes} onChange={setFilter} />}
      {rows.length > 0 && found.length === 0 && (
        <section className="empty">
          <h2>{said.noMatch.title}</h2>
          <button type="button" className="button" onClick={() => setFilter(noFilter)}>
            {said.noMatch.showAllButton}
          </button>
        </section>
      )}
      {found.length > 0 && <RequestTable rows={found} />}
    </>
  );
}

function NoTraffic() {
  const { gateway, fleet } = useSnapshot();
  const models = Object.values(fleet.nodes).flatMap((node) => Object.values(node.models));
  const model = (models.find((entry) => entry.residency.state === "warm") ?? models[0])?.id ?? said.empty.anyModel;
  const body = JSON.stringify({ model, messages: [{ role: "user", content: said.empty.question }] });
  const key = gateway.keyRequired ? code` -H "authorization: Bearer $HOMEPORT_KEY"` : "";
  const command = code`curl ${gateway.url}/v1/chat/completions -H "content-type: application/json"${key} -d '${body.replaceAll("'", "'\\''")}'`;
  return (
    <section className="empty" aria-label={said.empty.name}>
      <h2>{said.empty.title}</h2>
      <p>
        <Rich text={said.empty.text} parts={{ openai: <code>{`${gateway.url}/v1`}</code>, address: <code>{gateway.url}</code> }} />
      </p>
      <pre className="command">
        <code>{command}</code>
      </pre>
      <CopyButton text={command} what={said.empty.copyWhat} label={said.empty.copyButton} />
    </section>
  );
}
