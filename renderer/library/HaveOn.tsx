// The "have this on" matrix: one row per model, one column per node. A click on an empty place fetches the model there (demand 23).
import { Check, Download, TriangleAlert } from "lucide-react";
import { memo } from "react";
import type { Fleet, ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { bytes, count } from "../format.ts";
import { cellOf, type Line, missingOn } from "./lines.ts";
import { percent, pullSays } from "./pull-words.ts";
import type { ModelFileActs } from "./use-model-files.tsx";

interface HaveOnProps {
  readonly lines: readonly Line[];
  readonly columns: readonly Node[];
  readonly pulls: Fleet["pulls"];
  readonly acts: ModelFileActs;
}

export function HaveOn({ lines, columns, pulls, acts }: HaveOnProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard, also where no place has a button.
    <section className="matrix-frame" aria-label="Which node has which model" tabIndex={0}>
      <table className="matrix">
        <thead>
          <tr>
            <th scope="col">Model</th>
            {columns.map((node) => (
              <th key={node.id} scope="col" title={node.name}>
                <span>{node.name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Row key={line.key} line={line} columns={columns} pulls={pulls} acts={acts} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface RowProps {
  readonly line: Line;
  readonly columns: readonly Node[];
  readonly pulls: Fleet["pulls"];
  readonly acts: ModelFileActs;
}

const Row = memo(function Row({ line, columns, pulls, acts }: RowProps) {
  const missing = missingOn(line, columns, pulls);
  const pullAs = missing[0]?.pullAs;
  return (
    <tr data-line={line.key}>
      <th scope="row">
        <span className="matrix-name">{line.name}</span>
        {pullAs !== undefined && missing.length > 1 && (
          <button
            type="button"
            className="link-button"
            aria-label={`Fetch ${line.name} to ${count(missing.length, "more node")}`}
            onClick={() =>
              acts.pull(
                missing.filter((one) => one.pullAs === pullAs).map(({ node }) => node.id),
                pullAs,
              )
            }
          >
            to {missing.length} more
          </button>
        )}
      </th>
      {columns.map((node) => (
        <Place key={node.id} line={line} node={node} pulls={pulls} acts={acts} />
      ))}
    </tr>
  );
}, isSameRow);

/** A row is drawn anew only when its own model changed somewhere: thousands of places stand still while one bar moves. */
function isSameRow(before: RowProps, after: RowProps): boolean {
  if (before.columns.length !== after.columns.length || before.line.digest !== after.line.digest) return false;
  return before.columns.every((node, index) => {
    const next = after.columns[index];
    if (next === undefined || next.id !== node.id || next.can !== node.can || next.health.state !== node.health.state) return false;
    const key = `${node.id}/${after.line.key}`;
    return look(node.models[before.line.key]) === look(next.models[after.line.key]) && before.pulls?.[key] === after.pulls?.[key];
  });
}

/** What of an entry a place shows. */
function look(entry: ModelEntry | undefined): string {
  return entry === undefined ? "" : `${entry.residency.state} ${entry.bytes} ${entry.digest}`;
}

interface PlaceProps {
  readonly line: Line;
  readonly node: Node;
  readonly pulls: Fleet["pulls"];
  readonly acts: ModelFileActs;
}

function Place({ line, node, pulls, acts }: PlaceProps) {
  const cell = cellOf(line, node, pulls);
  if (cell.is === "there") {
    const { entry, differs } = cell;
    const isWarm = entry.residency.state !== "cold";
    const says = [
      `${node.name} has it`,
      bytes(entry.bytes),
      ...(isWarm ? ["in memory"] : []),
      ...(differs ? ["another version"] : []),
    ].join(", ");
    return (
      <td className={isWarm ? "place place-warm" : "place"} title={says}>
        {differs ? <TriangleAlert size={14} aria-hidden="true" /> : <Check size={14} aria-hidden="true" />}
        <span className="sr-only">{says}</span>
        <span aria-hidden="true">{differs ? "other version" : entry.bytes === undefined ? "" : bytes(entry.bytes)}</span>
        {isWarm && (
          <span className="place-mark" aria-hidden="true">
            warm
          </span>
        )}
      </td>
    );
  }
  if (cell.is === "coming") {
    const { pull } = cell;
    const says = `${node.name}: ${pullSays(pull)}`;
    return (
      <td className="place place-coming" title={says}>
        <span className="sr-only">{says}</span>
        <span aria-hidden="true">{pull.state === "failed" ? "failed" : pull.state === "waiting" ? "waiting" : percent(pull) || "…"}</span>
      </td>
    );
  }
  const { pullAs } = cell;
  if (pullAs === undefined) {
    return (
      <td className="place place-none">
        <span className="sr-only">not on {node.name}</span>
      </td>
    );
  }
  return (
    <td className="place">
      <button
        type="button"
        className="place-fetch"
        aria-label={`Fetch ${line.name} to ${node.name}`}
        title={`Fetch ${line.name} to ${node.name}`}
        disabled={node.health.state !== "up"}
        onClick={() => acts.pull([node.id], pullAs)}
      >
        <Download size={14} aria-hidden="true" />
      </button>
    </td>
  );
}
