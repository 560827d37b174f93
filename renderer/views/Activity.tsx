// Every request: running ones first. Each row answers which node, why, and how long (UX-10, UX-14). Metadata only, never content.
import { useDeferredValue, useState } from "react";
import type { RequestRow } from "../../src-core/contract/route.ts";
import { useActivity, useSnapshot } from "../client/home.ts";
import { count } from "../format.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { RequestLine } from "../parts/RequestLine.tsx";
import { SearchBox } from "../parts/SearchBox.tsx";
import { rowState } from "../words.ts";

/** Rows drawn at once; more on demand, so that 5,000 rows cost nothing until asked for. */
const pageRows = 100;

type Show = "all" | "running" | "failed";
const shows: readonly { readonly value: Show; readonly label: string }[] = [
  { value: "all", label: "All" },
  { value: "running", label: "Running" },
  { value: "failed", label: "Failed" },
];

export function Activity() {
  const rows = useActivity();
  const [search, setSearch] = useState("");
  const [show, setShow] = useState<Show>("all");
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const found = rows.filter((row) => isShown(row, show) && matches(row, wanted));
  const running = rows.filter((row) => row.phase !== "done").length;
  return (
    <>
      <div className="page-head">
        <h1>Activity</h1>
        {rows.length > 0 && <p className="summary">{`${running} running, ${count(rows.length - running, "request")} finished`}</p>}
        {rows.length > 0 && (
          <div className="page-tools">
            <ShowChoice value={show} onChange={setShow} />
            <SearchBox label="Filter by model or node" value={search} onChange={setSearch} />
          </div>
        )}
      </div>
      {rows.length === 0 && <NoTraffic />}
      {rows.length > 0 && found.length === 0 && (
        <section className="empty">
          <h2>No request matches</h2>
          <button
            type="button"
            className="button"
            onClick={() => {
              setSearch("");
              setShow("all");
            }}
          >
            Show all
          </button>
        </section>
      )}
      {found.length > 0 && <RequestTable rows={found} />}
    </>
  );
}

function isShown(row: RequestRow, show: Show): boolean {
  if (show === "running") return row.phase !== "done";
  if (show === "failed") return rowState(row).tone === "bad";
  return true;
}

function matches(row: RequestRow, wanted: string): boolean {
  return (
    wanted === "" ||
    [row.model, row.node, row.id, row.failure?.message, ...row.attempts.map((attempt) => attempt.node)].some(
      (text) => text?.toLowerCase().includes(wanted) === true,
    )
  );
}

function ShowChoice({ value, onChange }: { readonly value: Show; readonly onChange: (show: Show) => void }) {
  return (
    <fieldset className="segments">
      <legend className="sr-only">Show</legend>
      {shows.map((one) => (
        <label key={one.value}>
          <input type="radio" name="show" checked={one.value === value} onChange={() => onChange(one.value)} />
          <span>{one.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

function RequestTable({ rows }: { readonly rows: readonly RequestRow[] }) {
  const [limit, setLimit] = useState(pageRows);
  return (
    <>
      <table className="requests">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">State</th>
            <th scope="col">Model</th>
            <th scope="col">Node</th>
            <th scope="col">Why there</th>
            <th scope="col" className="number">
              Took, cost
            </th>
            <th scope="col" className="number">
              Tokens, speed
            </th>
            <th scope="col">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, limit).map((row) => (
            <RequestLine key={row.id} row={row} />
          ))}
        </tbody>
      </table>
      {rows.length > limit && (
        <button type="button" className="button show-more" onClick={() => setLimit(limit + pageRows)}>
          Show {Math.min(pageRows, rows.length - limit)} more of {rows.length.toLocaleString("en")}
        </button>
      )}
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
