// One request in the activity table, and its details when opened. Only running rows tick.
import { ChevronRight } from "lucide-react";
import { memo, useId } from "react";
import type { RequestRow } from "../../src-core/contract/route.ts";
import { phaseSince } from "../activity/waterfall.ts";
import { useAction, useHome, useSnapshot } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { isTranslated, passageSays } from "../dialects.ts";
import { clockTime, duration, speed, tokens, usd, wholeDuration } from "../format.ts";
import { Rich } from "../language/Rich.tsx";
import { words } from "../language/words.ts";
import { queueOn, waitingSays } from "../queues.ts";
import { rowState } from "../row-state.ts";
import { CloudBadge } from "./CloudBadge.tsx";
import { RequestDetails } from "./RequestDetails.tsx";
import { StateMark } from "./StateMark.tsx";

const said = words.activity.row;

interface RequestLineProps {
  readonly row: RequestRow;
  /** Its place in the whole table, counted from 1, which is the head. */
  readonly place: number;
  readonly open: boolean;
  /** Whether Tab stops here: at one row of the table. */
  readonly isStop: boolean;
  readonly onToggle: (id: string) => void;
}

export const RequestLine = memo(function RequestLine({ row, place, open, isStop, onToggle }: RequestLineProps) {
  const detailsId = useId();
  const { fleet } = useSnapshot();
  const state = rowState(row);
  const node = row.node === undefined ? undefined : (fleet.nodes[row.node]?.name ?? row.node);
  const live = row.phase !== "done";
  return (
    <>
      <tr className={live ? "request request-live" : "request"} data-request={row.id} data-row={row.id} aria-rowindex={place}>
        <td className="cell-time">
          <time dateTime={new Date(row.at).toISOString()}>{clockTime(row.at)}</time>
        </td>
        <td className="cell-state">
          <StateMark tone={state.tone} word={state.word} />
          {row.phase === "queued" && <Waiting row={row} />}
          {live && <PhaseTime since={phaseSince(row)} />}
        </td>
        <td className="cell-model">
          <button
            type="button"
            className="expand"
            tabIndex={isStop ? 0 : -1}
            aria-expanded={open}
            aria-controls={open ? detailsId : undefined}
            onClick={() => onToggle(row.id)}
          >
            <ChevronRight size={14} aria-hidden="true" />
            <span>{row.model}</span>
          </button>
          {row.task !== "chat" && <span className="hint">{words.request.tasks[row.task]}</span>}
          <Passage row={row} />
        </td>
        <td className="cell-node">
          {node ?? <span className="hint">{said.noNode}</span>}
          {row.place === "cloud" && <CloudBadge />}
        </td>
        <td className="cell-why">{whySays(row)}</td>
        <td className="cell-took number">
          {live ? <Ticking since={row.at} /> : duration(tookMs(row))}
          {row.usd !== undefined && row.usd > 0 && <span className="under">{usd(row.usd)}</span>}
        </td>
        <td className="cell-speed number">
          {tokens(row)}
          {row.tokensPerSecond !== undefined && <span className="under">{speed(row.tokensPerSecond, row.tokensEstimated)}</span>}
        </td>
        <td className="cell-act">{live && <CancelButton row={row} />}</td>
      </tr>
      {open && (
        <tr className="request-more" id={detailsId} data-row={row.id}>
          <td colSpan={8}>
            <RequestDetails row={row} />
          </td>
        </tr>
      )}
    </>
  );
});

/** In which dialect it came, in which it went on, and how much was lost by that. Before it was sent only the first is known. */
function Passage({ row }: { readonly row: RequestRow }) {
  const { dialect, spoken, attempts, dropped = [] } = row;
  return (
    <span className={isTranslated(dialect, spoken) ? "passage passage-translated" : "passage"}>
      {attempts.length === 0 ? words.vocabulary.dialects[dialect] : passageSays(dialect, spoken)}
      {dropped.length > 0 && <span className="passage-lost">{said.fieldsLeftOut(dropped.length)}</span>}
    </span>
  );
}

/** Who waits sees how many wait for the same model, and about how long. */
function Waiting({ row }: { readonly row: RequestRow }) {
  const snapshot = useSnapshot();
  const node = row.node === undefined ? undefined : snapshot.fleet.nodes[row.node];
  return <span className="under">{waitingSays(row, queueOn(snapshot, node, row.nodeModel ?? row.model))}</span>;
}

/** How long it has been in its phase; nothing where no instant tells. */
function PhaseTime({ since }: { readonly since: number | undefined }) {
  return since === undefined ? null : (
    <span className="under">
      <Rich text={said.phaseFor} parts={{ time: <Ticking since={since} /> }} />
    </span>
  );
}

function tookMs(row: RequestRow): number | undefined {
  return row.finishedAt === undefined ? undefined : row.finishedAt - row.at;
}

/** The deciding preference, and how many tries it took where more than one. */
function whySays(row: RequestRow): string {
  const hadToLoad = row.coldLoadMs !== undefined || row.phase === "loading";
  return said.why(words.vocabulary.preference(row.decidedBy, hadToLoad), row.attempts.length);
}

function Ticking({ since }: { readonly since: number }) {
  return <span>{wholeDuration(Math.max(0, useNow() - since))}</span>;
}

function CancelButton({ row }: { readonly row: RequestRow }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const cancel = () => void run(() => client.cancelRequest({ request: row.id }), { failed: said.cancelFailed });
  return (
    <button type="button" className="button small" disabled={busy} aria-label={said.cancelName(row.model)} onClick={cancel}>
      {words.common.cancel}
    </button>
  );
}
