// The list of requests as one table of any length: only rows in sight are drawn. Tab stops at one row, and arrow keys move from row to row.
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { RequestRow } from "../../src-core/contract/route.ts";
import { words } from "../language/words.ts";
import { RequestLine } from "../parts/RequestLine.tsx";
import { useWindow } from "./use-window.ts";

const { columns } = words.activity;
const columnCount = 8;

export function RequestTable({ rows }: { readonly rows: readonly RequestRow[] }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const body = useRef<HTMLTableSectionElement>(null);
  const ids = useMemo(() => rows.map(({ id }) => id), [rows]);
  const { first, end, abovePx, belowPx } = useWindow(ids, body);
  const [current, setCurrent] = useState<string>();
  const drawn = rows.slice(first, end);
  const stop = drawn.find(({ id }) => id === current) ?? drawn[0];
  const toEnd = useEnds(ids, body);
  const toggle = useCallback((id: string) => setOpen((before) => toggled(before, id)), []);
  return (
    <table className="requests" aria-rowcount={rows.length + 1}>
      <thead>
        <tr aria-rowindex={1}>
          <th scope="col">{columns.time}</th>
          <th scope="col">{columns.state}</th>
          <th scope="col">{columns.model}</th>
          <th scope="col">{columns.node}</th>
          <th scope="col">{columns.why}</th>
          <th scope="col" className="number">
            {columns.took}
          </th>
          <th scope="col" className="number">
            {columns.tokens}
          </th>
          <th scope="col">
            <span className="sr-only">{columns.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody
        ref={body}
        onKeyDown={(event) => (event.key in ends ? toEnd(event) : moveFocus(event))}
        onFocus={(event) => setCurrent(rowOf(event.target) ?? current)}
      >
        <Room px={abovePx} />
        {drawn.map((row, index) => (
          <RequestLine
            key={row.id}
            row={row}
            place={first + index + 2}
            open={open.has(row.id)}
            isStop={row.id === stop?.id}
            onToggle={toggle}
          />
        ))}
        <Room px={belowPx} />
      </tbody>
    </table>
  );
}

/** Stands for rows out of sight. */
function Room({ px }: { readonly px: number }) {
  return px <= 0 ? null : (
    <tr className="request-room">
      <td aria-hidden="true" colSpan={columnCount} style={{ height: `${px}px` }} />
    </tr>
  );
}

const ends: Readonly<Record<string, { readonly at: number; readonly block: "start" | "end" }>> = {
  Home: { at: 0, block: "start" },
  End: { at: -1, block: "end" },
};

/** Home and End from a row's button: the last row is drawn once the page stands there, and gets the focus then. */
function useEnds(ids: readonly string[], body: RefObject<HTMLElement | null>) {
  const [wanted, setWanted] = useState<string>();
  useEffect(() => {
    const row = wanted === undefined ? null : body.current?.querySelector(`[data-row="${CSS.escape(wanted)}"] .expand`);
    if (!(row instanceof HTMLElement)) return;
    row.focus();
    setWanted(undefined);
  });
  return (event: KeyboardEvent<HTMLElement>) => {
    const end = ends[event.key];
    if (end === undefined || !(event.target instanceof HTMLElement) || !event.target.matches(".expand")) return;
    event.preventDefault();
    body.current?.scrollIntoView({ block: end.block });
    setWanted(ids.at(end.at));
  };
}

function toggled(open: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(open);
  if (!next.delete(id)) next.add(id);
  return next;
}

function rowOf(target: Element): string | undefined {
  return target.closest<HTMLElement>("[data-row]")?.dataset["row"];
}

/** From one row's button to the next; rows beyond the edge are drawn, so there is always one to go to. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !(event.target instanceof HTMLElement) || !event.target.matches(".expand")) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>(".expand")];
  const next = buttons[buttons.indexOf(event.target) + step];
  event.preventDefault();
  next?.focus();
}
