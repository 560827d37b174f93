// The route trace of one request: what was tried, what was passed over and why, and where the time went (UX-14).
import type { RequestRow } from "../../src-core/contract/route.ts";
import { curlOf, leftOut } from "../activity/curl.ts";
import { Waterfall } from "../activity/Waterfall.tsx";
import { useSnapshot } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { passageSays } from "../dialects.ts";
import { figure } from "../format.ts";
import { Rich } from "../language/Rich.tsx";
import { words } from "../language/words.ts";
import { phaseTimes } from "../phases.ts";
import { queueOn } from "../queues.ts";
import { chosenSays, passedOverSays, traceSays, waitedSays } from "../trace-words.ts";
import { CapturedSection, isCaptured } from "./CapturedSection.tsx";
import { CopyButton } from "./CopyButton.tsx";
import { Passed } from "./Passed.tsx";
import { callerFigures, ReasonMark, Trace } from "./Trace.tsx";

const { similarNames, figures: said, passedOverTitle, copies } = words.request;

export function RequestDetails({ row }: { readonly row: RequestRow }) {
  return (
    <div className="details">
      {row.failure !== undefined && (
        <div className="details-failure">
          <p>{row.failure.message}</p>
          {row.failure.near !== undefined && row.failure.near.length > 0 && <p>{similarNames(row.failure.near)}</p>}
          {row.failure.detail !== undefined && <pre>{row.failure.detail}</pre>}
        </div>
      )}
      <Why row={row} />
      <Trace row={row} />
      <Figures row={row} />
      <Passed row={row} />
      <Waterfall row={row} />
      <PassedOver row={row} />
      <CapturedSection row={row} />
      <Copies row={row} />
    </div>
  );
}

/** The choice in a sentence, and what was waited for. */
function Why({ row }: { readonly row: RequestRow }) {
  const { fleet } = useSnapshot();
  const says = [chosenSays(row, fleet), waitedSays(row)].filter((line) => line !== undefined);
  return says.length === 0 ? null : <p className="why">{says.join(" ")}</p>;
}

/** The request as a command and its trace as text; the command leaves out what is not kept. */
function Copies({ row }: { readonly row: RequestRow }) {
  const snapshot = useSnapshot();
  const { gateway, fleet } = snapshot;
  const now = useNow();
  return (
    <div className="copies">
      <CopyButton text={curlOf(row, gateway)} what={copies.curlWhat} label={copies.curlButton} />
      <CopyButton text={traceSays(row, fleet, now).join("\n")} what={copies.traceWhat} label={copies.traceButton} />
      <p className="hint">
        <Rich
          text={isCaptured(snapshot, row) ? copies.captured : copies.notKept}
          parts={{ id: <code>{row.id}</code>, gap: leftOut, link: <a href="#/settings/privacy">{copies.captureLink}</a> }}
        />
      </p>
    </div>
  );
}

function Figures({ row }: { readonly row: RequestRow }) {
  const figures: readonly (readonly [string, string])[] = [
    [said.askedAs, said.askedAsSays(words.vocabulary.dialects[row.dialect], row.task, row.stream)],
    ...(row.attempts.length === 0 ? [] : [[said.sentIn, passageSays(row.dialect, row.spoken)] as const]),
    ...(row.nodeModel !== undefined && row.nodeModel !== row.model ? [[said.sentAs, row.nodeModel] as const] : []),
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
    ...(queue === undefined ? [] : [[said.waiting, figure(queue.depth)] as const]),
    [said.expectedWait, words.queues.wait(row.expectedWaitMs ?? queue?.expectedWaitMs)],
  ];
}

/** Tokens with what a cache saved; what was counted by us says "about". */
function tokenFigures({ tokensIn, tokensOut, tokensEstimated, cachedTokens, cacheWriteTokens }: RequestRow): readonly Figure[] {
  return [
    ...(tokensIn === undefined ? [] : [[said.tokensIn, said.tokensInSays(tokensIn, cachedTokens ?? 0, cacheWriteTokens ?? 0)] as const]),
    ...(tokensOut === undefined ? [] : [[said.tokensOut, said.tokensOutSays(tokensOut, tokensEstimated === true)] as const]),
  ];
}

function PassedOver({ row }: { readonly row: RequestRow }) {
  const { fleet } = useSnapshot();
  const now = useNow();
  const reasons = row.rejected ?? row.failure?.reasons ?? [];
  if (reasons.length === 0) return null;
  return (
    <section>
      <h2>{passedOverTitle}</h2>
      <ul className="attempts">
        {reasons.map((reason) => (
          <li key={`${reason.node} ${reason.model ?? ""}`}>
            <strong>{fleet.nodes[reason.node]?.name ?? reason.node}</strong>
            <ReasonMark because={reason.because} />
            <p>{passedOverSays(reason, row.at, fleet, now)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
