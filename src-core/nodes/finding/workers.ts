// Workers at the NATS server of the settings: everyone who answers on the shared subject within half a second (apis.md 8). Whoever may publish there
// can claim to be anybody, so what answers is a proposal, and only the one who answers on the worker's own subject is ever used (S-44, S-93).
import type { SourceProgress } from "../../contract/finding.ts";
import { sharedDiscoverySubject, workerSubject } from "../../contract/jobs.ts";
import { NatsSubject, workerUrl } from "../../contract/nats.ts";
import type { NatsLink, NatsState } from "../../engine/nats-port.ts";
import type { SearchListener, SearchSurroundings } from "../../engine/ports.ts";
import { jsonBytes } from "../nats-line.ts";
import { reportIn } from "../nats-report.ts";

const gatherMs = 500;
const connectMs = 5_000;
const mostWorkers = 500;

const noServer = "The settings name no NATS server (nats: { url }), so there is nobody to ask for workers.";
const nobody = "No worker answered. Is one running, and does it use the same NATS server?";

type Ended = Pick<SourceProgress, "says"> & { readonly failed?: boolean };

/** Tells every worker that answers. A worker is found once, however often it answers. */
export async function workersAt({ nats, clock, signal }: SearchSurroundings, told: SearchListener): Promise<Ended> {
  if (nats === undefined) return { failed: true, says: noServer };
  const state = await settled(nats.link, signal, (done) => clock.after(connectMs, done));
  if (state.state !== "connected") return { failed: true, says: state.state === "away" ? state.because.message : "NATS does not answer." };
  const answers = await nats.link.gather(sharedDiscoverySubject, jsonBytes({}), gatherMs);
  const seen = new Set<string>();
  for (const { data } of answers) {
    const report = reportIn(data);
    const subject = report === undefined ? undefined : NatsSubject.safeParse(`node.${report.node_id}`).data;
    if (report === undefined || subject === undefined || seen.has(subject) || seen.size >= mostWorkers) continue;
    seen.add(subject);
    // Who answers for it on its own subject is the one that would be used.
    const own = await nats.link.request(workerSubject.capabilities(subject), jsonBytes({}), gatherMs);
    if (signal.aborted || "failure" in own || reportIn(own.data)?.node_id !== report.node_id) continue;
    const { version } = report;
    told.found({
      url: workerUrl(nats.url, subject),
      kind: "nats-worker",
      label: report.homeport === undefined ? `Worker ${report.node_id} (takes jobs, does not stream)` : `Worker ${report.node_id}`,
      ...(version === undefined ? {} : { version }),
      models: report.served_models.length,
      sources: ["workers"],
      host: report.node_id,
    });
  }
  return seen.size === 0 ? { says: nobody } : {};
}

/** The link's state once it is known, at the latest when the time is over. */
function settled(link: NatsLink, signal: AbortSignal, after: (done: () => void) => () => void): Promise<NatsState> {
  if (link.state().state !== "connecting" || signal.aborted) return Promise.resolve(link.state());
  return new Promise((resolve) => {
    const done = () => {
      stop();
      forget();
      signal.removeEventListener("abort", done);
      resolve(link.state());
    };
    const stop = link.onState(done);
    const forget = after(done);
    signal.addEventListener("abort", done, { once: true });
  });
}
