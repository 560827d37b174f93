// The "have this on" matrix: one row per model, one column per node. A click on an empty place fetches the model there (demand 23).
import { Check, Download, TriangleAlert } from "lucide-react";
import { memo, type UIEvent, useState } from "react";
import type { Fleet, ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import type { Pull } from "../../src-core/contract/pulls.ts";
import { bytes } from "../format.ts";
import { words } from "../language/words.ts";
import { cellOf, type Line, missingOn } from "./lines.ts";
import { percent, pullSays } from "./pull-words.ts";
import type { ModelFileActs } from "./use-model-files.tsx";

const { haveOn } = words.models;

interface HaveOnProps {
  readonly lines: readonly Line[];
  readonly columns: readonly Node[];
  readonly pulls: Fleet["pulls"];
  readonly acts: ModelFileActs;
}

/** As the style sheet has it. */
const columnPx = 120;
/** Columns drawn beyond those in sight come and go in such steps. */
const step = 8;
const drawn = 4 * step;

export const HaveOn = memo(function HaveOn({ lines, columns, pulls, acts }: HaveOnProps) {
  const [from, setFrom] = useState(0);
  const first = columns.length <= drawn ? 0 : Math.min(from, columns.length - drawn);
  const shown = columns.slice(first, first + drawn);
  const follow = ({ currentTarget }: UIEvent<HTMLElement>) =>
    setFrom(Math.max(0, Math.floor(currentTarget.scrollLeft / columnPx / step) - 1) * step);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard, also where no place has a button.
    <section className="matrix-frame" aria-label={haveOn.label} tabIndex={0} onScroll={follow}>
      <table className="matrix" aria-colcount={columns.length + 1}>
        <thead>
          <tr>
            <th scope="col" aria-colindex={1}>
              {words.models.columns.model}
            </th>
            <Gap columns={first} />
            {shown.map((node, index) => (
              <th key={node.id} scope="col" title={node.name} aria-colindex={first + index + 2}>
                <span>{node.name}</span>
              </th>
            ))}
            <Gap columns={columns.length - first - shown.length} />
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Row key={line.key} line={line} columns={columns} first={first} pulls={pulls} acts={acts} />
          ))}
        </tbody>
      </table>
    </section>
  );
}, isSameMatrix);

/** Stands for columns out of sight. */
function Gap({ columns }: { readonly columns: number }) {
  return columns <= 0 ? null : <td className="matrix-gap" aria-hidden="true" style={{ flexBasis: `${columns * columnPx}px` }} />;
}

/** Acts are made anew with every render and always do the same. */
function isSameMatrix(before: HaveOnProps, after: HaveOnProps): boolean {
  return before.lines === after.lines && before.columns === after.columns && before.pulls === after.pulls;
}

interface RowProps {
  readonly line: Line;
  readonly columns: readonly Node[];
  /** The first column that is drawn. */
  readonly first: number;
  readonly pulls: Fleet["pulls"];
  readonly acts: ModelFileActs;
}

const Row = memo(function Row({ line, columns, first, pulls, acts }: RowProps) {
  const missing = missingOn(line, columns, pulls);
  const pullAs = missing[0]?.pullAs;
  return (
    <tr data-line={line.key}>
      <th scope="row" aria-colindex={1}>
        <span className="matrix-name">{line.name}</span>
        {pullAs !== undefined && missing.length > 1 && (
          <button
            type="button"
            className="link-button"
            aria-label={haveOn.fetchToMore(line.name, missing.length)}
            onClick={() =>
              acts.pull(
                missing.filter((one) => one.pullAs === pullAs).map(({ node }) => node.id),
                pullAs,
              )
            }
          >
            {haveOn.toMore(missing.length)}
          </button>
        )}
      </th>
      <Gap columns={first} />
      {columns.slice(first, first + drawn).map((node, index) => (
        <Place key={node.id} line={line} node={node} column={first + index + 2} pulls={pulls} acts={acts} />
      ))}
      <Gap columns={columns.length - first - drawn} />
    </tr>
  );
}, isSameRow);

/** A row is drawn anew only when its own model changed somewhere: thousands of places stand still while one bar moves. */
function isSameRow(before: RowProps, after: RowProps): boolean {
  if (before.first !== after.first || before.columns.length !== after.columns.length || before.line.digest !== after.line.digest)
    return false;
  return before.columns.every((node, index) => {
    const next = after.columns[index];
    if (next === undefined || next.id !== node.id || next.can !== node.can || next.health.state !== node.health.state) return false;
    const key = `${node.id}/${after.line.key}`;
    const [was, is] = [node.models[before.line.key], next.models[after.line.key]];
    return (was === is || look(was) === look(is)) && before.pulls?.[key] === after.pulls?.[key];
  });
}

/** What of an entry a place shows. */
function look(entry: ModelEntry | undefined): string {
  return entry === undefined ? "" : `${entry.residency.state} ${entry.bytes} ${entry.digest}`;
}

interface PlaceProps {
  readonly line: Line;
  readonly node: Node;
  /** Its place among all columns, for those who cannot see it. */
  readonly column: number;
  readonly pulls: Fleet["pulls"];
  readonly acts: ModelFileActs;
}

function Place({ line, node, column, pulls, acts }: PlaceProps) {
  const cell = cellOf(line, node, pulls);
  if (cell.is === "there") {
    const { entry, differs } = cell;
    const isWarm = entry.residency.state !== "cold";
    const says = words.common.list([
      haveOn.has(node.name),
      bytes(entry.bytes),
      isWarm ? haveOn.inMemory : "",
      differs ? haveOn.anotherVersion : "",
    ]);
    return (
      <td aria-colindex={column} className={isWarm ? "place place-warm" : "place"} title={says}>
        {differs ? <TriangleAlert size={14} aria-hidden="true" /> : <Check size={14} aria-hidden="true" />}
        <span className="sr-only">{says}</span>
        <span aria-hidden="true">{differs ? haveOn.otherVersion : entry.bytes === undefined ? "" : bytes(entry.bytes)}</span>
        {isWarm && (
          <span className="place-mark" aria-hidden="true">
            {haveOn.warm}
          </span>
        )}
      </td>
    );
  }
  if (cell.is === "coming") {
    const { pull } = cell;
    const says = haveOn.coming(node.name, pullSays(pull));
    return (
      <td aria-colindex={column} className="place place-coming" title={says}>
        <span className="sr-only">{says}</span>
        <span aria-hidden="true">{comingMark(pull)}</span>
      </td>
    );
  }
  const { pullAs } = cell;
  if (pullAs === undefined) {
    return (
      <td aria-colindex={column} className="place">
        <span className="sr-only">{haveOn.absent(node.name)}</span>
      </td>
    );
  }
  return (
    <td aria-colindex={column} className="place">
      <button
        type="button"
        className="place-fetch"
        aria-label={haveOn.fetch(line.name, node.name)}
        title={haveOn.fetch(line.name, node.name)}
        disabled={node.health.state !== "up"}
        onClick={() => acts.pull([node.id], pullAs)}
      >
        <Download size={14} aria-hidden="true" />
      </button>
    </td>
  );
}

function comingMark(pull: Pull): string {
  if (pull.state === "failed") return haveOn.failed;
  return pull.state === "waiting" ? haveOn.waiting : percent(pull) || haveOn.noFigure;
}
