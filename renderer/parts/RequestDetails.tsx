// The route trace of one request: what was tried, what was passed over and why, and where the time went (UX-14).
import type { Attempt, RequestRow } from "../../src-core/contract/route.ts";
import { useSnapshot } from "../client/home.ts";
import { passageSays } from "../dialects.ts";
import { clockTime } from "../format.ts";
import { phaseTimes } from "../phases.ts";
import { queueOn, waitSays } from "../queues.ts";
import { dialectWords } from "../words.ts";
import { CloudBadge } from "./CloudBadge.tsx";
import { Passed } from "./Passed.tsx";
import { StateMark } from "./StateMark.tsx";
import { callerFigures, ReasonMark, Trace } from "./Trace.tsx";

export function RequestDetails({ row }: { readonly row: RequestRow }) {
  return (
    <div className="details">
      {row.failure !== undefined && (
        <div className="details-failure">
          <p>{row.failure.message}</p>
          {row.failure.near !== undefined && row.failure.near.length > 0 && <p>Similar names: {row.failure.near.join(", ")}</p>}
          {row.failure.detail !== undefined && <pre>{row.failure.detail}</pre>}
        </div>
      )}
      <Trace row={row} />
      <Figures row={row} />
      <Passed row={row} />
      <Attempts attempts={row.attempts} />
      <PassedOver row={row} />
      <p className="hint">
        Request <code>{row.id}</code>
      </p>
    </div>
  );
}

function Figures({ row }: { readonly row: RequestRow }) {
  const figures: readonly (readonly [string, string])[] = [
    ["Asked as", `${dialectWords[row.dialect]} ${row.task}${row.stream ? ", streamed" : ""}`],
    ...(row.attempts.length === 0 ? [] : [["Sent in", passageSays(row.dialect, row.spoken)] as const]),
    ...(row.nodeModel !== undefined && row.nodeModel !== row.model ? [["Sent as", row.nodeModel] as const] : []),
    ...useQueueFigures(row),
    ...phaseTimes(row),
    ...tokenFigures(row),
    ...callerFigures(row),
  ];
  return (
    <dl className="figures">
      {figures.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type Figure = readonly [term: string, value: string];

/** While it waits: how many do, and how long it was expected to take. After that only what was expected, beside what it took. */
function useQueueFigures(row: RequestRow): readonly Figure[] {
  const snapshot = useSnapshot();
  if (row.position === undefined) return [];
  const node = row.node === undefined ? undefined : snapshot.fleet.nodes[row.node];
  const queue = row.phase === "queued" ? queueOn(snapshot, node, row.nodeModel ?? row.model) : undefined;
  return [
    ...(queue === undefined ? [] : [["Waiting for this model", queue.depth.toLocaleString("en")] as const]),
    ["Expected to wait", waitSays(row.expectedWaitMs ?? queue?.expectedWaitMs)],
  ];
}

/** Tokens with what a cache saved; what was counted by us says "about". */
function tokenFigures({ tokensIn, tokensOut, tokensEstimated, cachedTokens, cacheWriteTokens }: RequestRow): readonly Figure[] {
  const figure = (value: number) => value.toLocaleString("en");
  const cached = [
    ...(cachedTokens === undefined || cachedTokens === 0 ? [] : [`${figure(cachedTokens)} from the cache`]),
    ...(cacheWriteTokens === undefined || cacheWriteTokens === 0 ? [] : [`${figure(cacheWriteTokens)} written to it`]),
  ];
  const about = tokensEstimated === true ? "about " : "";
  return [
    ...(tokensIn === undefined ? [] : [["Tokens in", [figure(tokensIn), ...cached].join(", ")] as const]),
    ...(tokensOut === undefined ? [] : [["Tokens out", `${about}${figure(tokensOut)}`] as const]),
  ];
}

function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  const { fleet } = useSnapshot();
  if (attempts.length === 0) return null;
  return (
    <section>
      <h2>Attempts</h2>
      <ol className="attempts">
        {attempts.map((attempt) => (
          <li key={attempt.id}>
            <AttemptMark attempt={attempt} />
            <strong>{fleet.nodes[attempt.node]?.name ?? attempt.node}</strong>
            {fleet.nodes[attempt.node]?.place === "cloud" && <CloudBadge />}
            <time dateTime={new Date(attempt.startedAt).toISOString()}>{clockTime(attempt.startedAt)}</time>
            {attempt.failure !== undefined && <p>{attempt.failure.message}</p>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function AttemptMark({ attempt }: { readonly attempt: Attempt }) {
  switch (attempt.outcome) {
    case undefined:
      return <StateMark tone="busy" word="Running" />;
    case "ok":
      return <StateMark tone="ok" word="Answered" />;
    case "failed":
      return <StateMark tone="bad" word="Failed" />;
    case "client-gone":
      return <StateMark tone="off" word="Client left" />;
  }
}

function PassedOver({ row }: { readonly row: RequestRow }) {
  const { fleet } = useSnapshot();
  const reasons = row.rejected ?? row.failure?.reasons ?? [];
  if (reasons.length === 0) return null;
  return (
    <section>
      <h2>Passed over</h2>
      <ul className="attempts">
        {reasons.map((reason) => (
          <li key={`${reason.node} ${reason.model ?? ""}`}>
            <strong>{fleet.nodes[reason.node]?.name ?? reason.node}</strong>
            <ReasonMark because={reason.because} />
            <p>{reason.says}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
