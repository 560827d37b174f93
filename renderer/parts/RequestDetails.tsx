// The route trace of one request: what was tried, what was passed over and why, and where the time went (UX-14).
import type { Attempt, RequestRow } from "../../src-core/contract/route.ts";
import { useSnapshot } from "../client/home.ts";
import { clockTime } from "../format.ts";
import { phaseTimes } from "../phases.ts";
import { dialectWords } from "../words.ts";
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
      <Attempts attempts={row.attempts} />
      <PassedOver row={row} />
      <p className="hint">
        Request <code>{row.id}</code>
      </p>
    </div>
  );
}

function Figures({ row }: { readonly row: RequestRow }) {
  const { tokensIn, tokensOut } = row;
  const about = row.tokensEstimated === true ? "about " : "";
  const figures: readonly (readonly [string, string])[] = [
    ["Asked as", `${dialectWords[row.dialect]} ${row.task}${row.stream ? ", streamed" : ""}`],
    ...(row.nodeModel !== undefined && row.nodeModel !== row.model ? [["Sent as", row.nodeModel] as const] : []),
    ...phaseTimes(row),
    ...(tokensIn === undefined ? [] : [["Tokens in", tokensIn.toLocaleString("en")] as const]),
    ...(tokensOut === undefined ? [] : [["Tokens out", `${about}${tokensOut.toLocaleString("en")}`] as const]),
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
