// The list of requests as one table of any length: only rows in sight are drawn, and arrow keys move from row to row.
import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from "react";
import type { RequestRow } from "../../src-core/contract/route.ts";
import { RequestLine } from "../parts/RequestLine.tsx";
import { useWindow } from "./use-window.ts";

const columns = 8;

export function RequestTable({ rows }: { readonly rows: readonly RequestRow[] }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const body = useRef<HTMLTableSectionElement>(null);
  const ids = useMemo(() => rows.map(({ id }) => id), [rows]);
  const { first, end, abovePx, belowPx } = useWindow(ids, body);
  const toggle = useCallback((id: string) => setOpen((before) => toggled(before, id)), []);
  return (
    <table className="requests" aria-rowcount={rows.length + 1}>
      <thead>
        <tr aria-rowindex={1}>
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
      <tbody ref={body} onKeyDown={moveFocus}>
        <Room px={abovePx} />
        {rows.slice(first, end).map((row, index) => (
          <RequestLine key={row.id} row={row} place={first + index + 2} open={open.has(row.id)} onToggle={toggle} />
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
      <td aria-hidden="true" colSpan={columns} style={{ height: `${px}px` }} />
    </tr>
  );
}

function toggled(open: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(open);
  if (!next.delete(id)) next.add(id);
  return next;
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
