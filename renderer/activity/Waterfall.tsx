// A request's time as a waterfall: one line for what came before it was sent, one for each attempt, with how it ended and why.
import type { Attempt, RequestRow } from "../../src-core/contract/route.ts";
import { useSnapshot } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { clockTime, duration, wholeDuration } from "../format.ts";
import { words } from "../language/words.ts";
import { CloudBadge } from "../parts/CloudBadge.tsx";
import { StateMark } from "../parts/StateMark.tsx";
import { type Bar, type Track, waterfallOf, wholeMs } from "./waterfall.ts";

const said = words.request.attempts;

/** Shorter bars would not be seen. */
const leastShare = 0.4;

export function Waterfall({ row }: { readonly row: RequestRow }) {
  const now = useNow();
  const tracks = waterfallOf(row, now);
  const whole = wholeMs(row, now);
  if (tracks.length === 0) return null;
  return (
    <section>
      <h2>{said.title}</h2>
      <ol className="waterfall">
        {tracks.map((track) => (
          <TrackLine key={track.attempt?.id ?? "before"} track={track} whole={whole} />
        ))}
      </ol>
    </section>
  );
}

function TrackLine({ track, whole }: { readonly track: Track; readonly whole: number }) {
  const { fleet } = useSnapshot();
  const { attempt, bars, ms, running } = track;
  const node = attempt === undefined ? undefined : fleet.nodes[attempt.node];
  return (
    <li>
      <div className="track-head">
        {attempt === undefined ? <span className="hint">{said.before}</span> : <AttemptMark attempt={attempt} running={running} />}
        {attempt !== undefined && <strong>{node?.name ?? attempt.node}</strong>}
        {node?.place === "cloud" && <CloudBadge />}
        {attempt !== undefined && <time dateTime={new Date(attempt.startedAt).toISOString()}>{clockTime(attempt.startedAt)}</time>}
        <span className="figure track-time">{running ? wholeDuration(ms) : duration(ms)}</span>
      </div>
      <div className="track" aria-hidden="true">
        {bars.map((bar) => (
          <span key={bar.stage} className={`track-bar track-${bar.stage}`} style={placeOf(bar, whole)} />
        ))}
      </div>
      <p className="hint">{lengthsSay(bars, running)}</p>
      {attempt?.failure !== undefined && <p className="track-why">{attempt.failure.message}</p>}
    </li>
  );
}

/** What still grows is told in whole seconds, and what has not reached one not at all. */
function lengthsSay(bars: readonly Bar[], running: boolean): string {
  const told = bars.filter(({ ms }) => ms >= (running ? 1_000 : 1));
  return words.common.list(told.map(({ stage, ms }) => said.stage(said.stages[stage], running ? wholeDuration(ms) : duration(ms))));
}

function placeOf({ fromMs, ms }: Bar, whole: number): React.CSSProperties {
  const left = Math.min(100 - leastShare, Math.max(0, (fromMs / whole) * 100));
  return { left: `${left}%`, width: `${Math.min(100 - left, Math.max(leastShare, (ms / whole) * 100))}%` };
}

function AttemptMark({ attempt, running }: { readonly attempt: Attempt; readonly running: boolean }) {
  switch (attempt.outcome) {
    case undefined:
      return running ? <StateMark tone="busy" word={said.running} /> : <StateMark tone="off" word={said.ended} />;
    case "ok":
      return <StateMark tone="ok" word={said.ok} />;
    case "failed":
      return <StateMark tone="bad" word={said.failed} />;
    case "client-gone":
      return <StateMark tone="off" word={said.clientGone} />;
  }
}
