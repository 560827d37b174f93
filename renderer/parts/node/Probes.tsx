// The last probes of a node: drawn, said in a sentence, and as a table for whoever wants each of them.
import type { ProbeTime } from "../../../src-core/contract/node-log.ts";
import { clockTime, latency } from "../../format.ts";
import { words } from "../../language/words.ts";
import { probesSay } from "./probe-figures.ts";
import { Sparkline } from "./Sparkline.tsx";

const { probes: say } = words.nodeStory;

export function Probes({ probes, now }: { readonly probes: readonly ProbeTime[]; readonly now: number }) {
  const says = probesSay(probes, now);
  return (
    <section className="story-part" aria-label={say.title}>
      <h3>{say.title}</h3>
      {says === undefined ? (
        <p className="hint">{say.none}</p>
      ) : (
        <>
          <Sparkline probes={probes} label={say.lineLabel(probes.length)} size="wide" />
          <p>{say.sentence(says)}</p>
          <details className="probe-details">
            <summary>{say.each}</summary>
            <table className="probe-table">
              <caption className="sr-only">{say.eachTitle}</caption>
              <thead>
                <tr>
                  <th scope="col">{say.at}</th>
                  <th scope="col">{say.answeredIn}</th>
                </tr>
              </thead>
              <tbody>
                {probes.toReversed().map(({ at, ms }) => (
                  <tr key={at}>
                    <td>{clockTime(at)}</td>
                    <td>{ms === undefined ? say.noAnswer : latency(ms)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        </>
      )}
    </section>
  );
}
