// The candidates of one link in the order they would be tried, each with everything that counted, and those passed over with their reasons.
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import type { ExplainedCandidate, Explanation } from "../../src-core/contract/route.ts";
import { useSnapshot } from "../client/home.ts";
import { passageSays } from "../dialects.ts";
import { duration } from "../format.ts";
import { words } from "../language/words.ts";
import { isService } from "../models.ts";
import { CloudBadge } from "../parts/CloudBadge.tsx";
import { StateMark } from "../parts/StateMark.tsx";
import { queueOn } from "../queues.ts";
import type { Tone } from "../tone.ts";
import { decisiveFor } from "./decisive.ts";
import { levelSays, rejectionSays } from "./reasons.ts";

const { candidates: says, reasons } = words.routing;

type Link = Explanation["links"][number];

interface CandidatesProps {
  readonly link: Link;
  /** What the client would speak. */
  readonly dialect: Dialect | undefined;
  /** What the table is of, for those who do not see it. */
  readonly caption: string;
  readonly nameOf: (node: string) => string;
}

const tones = { warm: "ok", loading: "busy", sleeping: "warn", cold: "off", placed: "off", asleep: "off" } as const satisfies Record<
  string,
  Tone
>;

export function Candidates({ link, dialect, caption, nameOf }: CandidatesProps) {
  if (link.candidates.length === 0) return null;
  return (
    <table className="candidates">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr>
          <th scope="col" className="number">
            #
          </th>
          <th scope="col">{says.columns.node}</th>
          <th scope="col">{says.columns.ready}</th>
          <th scope="col">{says.columns.counts}</th>
          <th scope="col">{says.columns.room}</th>
          <th scope="col" className="number">
            {says.columns.wait}
          </th>
        </tr>
      </thead>
      <tbody>
        {link.candidates.map((candidate, at) => (
          <CandidateRow
            key={`${candidate.node} ${candidate.model}`}
            candidate={candidate}
            dialect={dialect}
            place={at + 1}
            decisive={decisiveFor(link, at)}
            nameOf={nameOf}
          />
        ))}
      </tbody>
    </table>
  );
}

interface CandidateRowProps {
  readonly candidate: ExplainedCandidate;
  readonly dialect: Dialect | undefined;
  readonly place: number;
  /** The preference that put the first before the second, and any other behind the one above it. */
  readonly decisive: string | undefined;
  readonly nameOf: (node: string) => string;
}

function CandidateRow({ candidate, dialect, place, decisive, nameOf }: CandidateRowProps) {
  const { node, model, readiness, levels, room, expectedWaitMs } = candidate;
  const snapshot = useSnapshot();
  const known = snapshot.fleet.nodes[node];
  const waiting = queueOn(snapshot, known, model)?.depth ?? 0;
  return (
    <tr className={place === 1 ? "candidate candidate-first" : "candidate"} data-node={node}>
      <td className="number">{place}</td>
      <th scope="row">
        <span className="candidate-node">
          {nameOf(node)}
          {known?.place === "cloud" && <CloudBadge />}
        </span>
        <code>{model}</code>
        {dialect !== undefined && <span className="candidate-dialect">{passageSays(dialect, candidate.spoken)}</span>}
      </th>
      <td>
        <StateMark
          tone={tones[readiness]}
          word={readiness === "warm" && known !== undefined && isService(known) ? says.serviceReady : reasons.readiness[readiness]}
        />
      </td>
      <td>
        <ul className="levels">
          {levels.map(({ preference, value }) => (
            <li key={preference} className={preference === decisive ? "level level-decides" : "level"} title={preference}>
              {levelSays(preference, value)}
              {preference === decisive && <span className="sr-only"> {place === 1 ? says.decides : says.behindForThis}</span>}
            </li>
          ))}
        </ul>
      </td>
      <td className="candidate-room">
        {room === undefined ? <span className="hint">{says.needsNoRoom}</span> : reasons.room(room)}
        {room !== undefined && room.evict.length > 0 && <span className="evicts">{says.wouldUnload(room.evict)}</span>}
      </td>
      <td className="number">
        {expectedWaitMs === undefined ? <span className="hint">{words.common.unknown}</span> : duration(expectedWaitMs)}
        {waiting > 0 && <span className="under">{says.waiting(waiting)}</span>}
      </td>
    </tr>
  );
}

/** Nodes that were not considered further, each with its first reason. */
export function Rejected({ link, nameOf }: Pick<CandidatesProps, "link" | "nameOf">) {
  const { rejected } = link;
  if (rejected.length === 0) return null;
  return (
    <div className="rejected">
      <h3>{says.rejectedTitle}</h3>
      <ul className="attempts">
        {rejected.map((reason) => (
          <li key={`${reason.node} ${reason.model ?? ""}`}>
            <strong>{nameOf(reason.node)}</strong>
            {reason.model !== undefined && <code>{reason.model}</code>}
            <span className="badge">{rejectionSays(reason.because)}</span>
            <p>{reason.says}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
