// The "have this on" matrix: one row per model, one column per node. A click on an empty place fetches the model there (demand 23). Scrolling down
// draws nothing; scrolling sideways draws the columns that come, and only in rows near the sight.
import { memo, useMemo, useRef } from "react";
import type { Fleet, ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { useWindow, type WindowManner } from "../activity/use-window.ts";
import { words } from "../language/words.ts";
import { type Line, missingOn } from "./lines.ts";
import { Place } from "./Place.tsx";
import { useColumns } from "./use-columns.ts";
import type { ModelFileActs } from "./use-model-files.tsx";

const { haveOn } = words.models;

interface HaveOnProps {
  readonly lines: readonly Line[];
  readonly columns: readonly Node[];
  readonly pulls: Fleet["pulls"];
  readonly acts: ModelFileActs;
}

/** Which rows are near the sight. */
const rowManner: WindowManner = { beyondPx: 200, usualPx: 37, pace: { step: 4, few: 24 } };

export const HaveOn = memo(function HaveOn({ lines, columns, pulls, acts }: HaveOnProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const keys = useMemo(() => lines.map(({ key }) => key), [lines]);
  const near = useWindow(keys, body, rowManner);
  const { first, end, beforePx, afterPx, allPx, onScroll } = useColumns(columns.length);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard, also where no place has a button.
    <section className="matrix-frame" aria-label={haveOn.label} tabIndex={0} onScroll={onScroll}>
      <table
        className="matrix"
        aria-colcount={columns.length + 1}
        // Told instead of found from what stands in thousands of places.
        style={{ width: `calc(var(--matrix-name) + ${allPx}px)` }}
      >
        <thead>
          <tr>
            <th scope="col" aria-colindex={1}>
              {words.models.columns.model}
            </th>
            <Gap px={beforePx} />
            {columns.slice(first, end).map((node, index) => (
              <th key={node.id} scope="col" title={node.name} aria-colindex={first + index + 2}>
                <span>{node.name}</span>
              </th>
            ))}
            <Gap px={afterPx} />
          </tr>
        </thead>
        <tbody ref={body}>
          {lines.map((line, index) => (
            <Row
              key={line.key}
              line={line}
              isNear={index >= near.first && index < near.end}
              columns={columns}
              first={first}
              end={end}
              beforePx={beforePx}
              afterPx={afterPx}
              pulls={pulls}
              acts={acts}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}, isSameMatrix);

/** Stands for columns out of sight. */
function Gap({ px }: { readonly px: number }) {
  return px <= 0 ? null : <td className="matrix-gap" aria-hidden="true" style={{ flexBasis: `${px}px` }} />;
}

/** Acts are made anew with every render and always do the same. */
function isSameMatrix(before: HaveOnProps, after: HaveOnProps): boolean {
  return before.lines === after.lines && before.columns === after.columns && before.pulls === after.pulls;
}

interface RowProps {
  readonly line: Line;
  /** A row out of sight keeps the columns it had. */
  readonly isNear: boolean;
  readonly columns: readonly Node[];
  /** The columns that are drawn, and the room of the others. */
  readonly first: number;
  readonly end: number;
  readonly beforePx: number;
  readonly afterPx: number;
  readonly pulls: Fleet["pulls"];
  readonly acts: ModelFileActs;
}

const Row = memo(function Row({ line, columns, first, end, beforePx, afterPx, pulls, acts }: RowProps) {
  const missing = useMemo(() => missingOn(line, columns, pulls), [line, columns, pulls]);
  const pullAs = missing[0]?.pullAs;
  return (
    <tr data-row={line.key}>
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
      <Gap px={beforePx} />
      {columns.slice(first, end).map((node, index) => (
        <Place key={node.id} line={line} node={node} column={first + index + 2} pulls={pulls} acts={acts} />
      ))}
      <Gap px={afterPx} />
    </tr>
  );
}, isSameRow);

/** A row is drawn anew only when its own model changed somewhere: thousands of places stand still while one bar moves. `before`: as it was drawn. */
function isSameRow(before: RowProps, after: RowProps): boolean {
  if (after.isNear && (before.first !== after.first || before.end !== after.end)) return false;
  if (before.columns.length !== after.columns.length || before.line.digest !== after.line.digest) return false;
  if (before.line === after.line && before.columns === after.columns && before.pulls === after.pulls) return true;
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
