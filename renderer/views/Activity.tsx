// Every request: running ones first. Each row answers which node, why, and how long (UX-10, UX-14). Metadata only, never content.
import { useDeferredValue, useMemo, useState } from "react";
import { Filters } from "../activity/Filters.tsx";
import { choicesOf, filtered, noFilter } from "../activity/filter.ts";
import { RequestTable } from "../activity/RequestTable.tsx";
import { useActivity, useSnapshot } from "../client/home.ts";
import { count } from "../format.ts";
import { CopyButton } from "../parts/CopyButton.tsx";

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
        <h1>Activity</h1>
        {rows.length > 0 && (
          <p className="summary" role="status">
            {`${running} running, ${count(rows.length - running, "request")} finished`}
            {found !== rows && `, ${found.length.toLocaleString("en")} shown`}
          </p>
        )}
      </div>
      {rows.length === 0 && <NoTraffic />}
      {rows.length > 0 && <Filters filter={filter} choices={choices} nodes={nodes} onChange={setFilter} />}
      {rows.length > 0 && found.length === 0 && (
        <section className="empty">
          <h2>No request matches</h2>
          <button type="button" className="button" onClick={() => setFilter(noFilter)}>
            Show all
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
  const model = (models.find((entry) => entry.residency.state === "warm") ?? models[0])?.id ?? "your-model";
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Say hello." }] });
  const key = gateway.keyRequired ? ` -H "authorization: Bearer $HOMEPORT_KEY"` : "";
  const command = `curl ${gateway.url}/v1/chat/completions -H "content-type: application/json"${key} -d '${body.replaceAll("'", "'\\''")}'`;
  return (
    <section className="empty" aria-label="No traffic yet">
      <h2>No requests yet</h2>
      <p>
        Point any OpenAI client at <code>{gateway.url}/v1</code>, or any Ollama or Anthropic client (such as Claude Code) at{" "}
        <code>{gateway.url}</code>. Or try it from a terminal:
      </p>
      <pre className="command">
        <code>{command}</code>
      </pre>
      <CopyButton text={command} what="command" label="Copy command" />
    </section>
  );
}
