// The last probes of a node: drawn, said in a sentence, and as a table for whoever wants each of them.
import type { ProbeTime } from "../../../src-core/contract/node-log.ts";
import { clockTime, latency } from "../../format.ts";
import { probesSay } from "./probe-words.ts";
import { Sparkline } from "./Sparkline.tsx";

export function Probes({ probes, now }: { readonly probes: readonly ProbeTime[]; readonly now: number }) {
  const says = probesSay(probes, now);
  return (
    <section className="story-part" aria-label="How quickly it answers">
      <h3>How quickly it answers</h3>
      {says === undefined ? (
        <p className="hint">It was not looked at since Homeport started.</p>
      ) : (
        <>
          <Sparkline probes={probes} label={`The last ${probes.length} checks, as a line`} size="wide" />
          <p>{says}.</p>
          <details className="probe-details">
            <summary>Show each check</summary>
            <table className="probe-table">
              <caption className="sr-only">The last checks, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">At</th>
                  <th scope="col">Answered in</th>
                </tr>
              </thead>
              <tbody>
                {probes.toReversed().map(({ at, ms }) => (
                  <tr key={at}>
                    <td>{clockTime(at)}</td>
                    <td>{ms === undefined ? "no answer" : latency(ms)}</td>
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
