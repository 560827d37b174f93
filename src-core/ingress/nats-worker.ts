// A worker's subjects: who listens where, in which group, and what is told without being asked. NATS away changes nothing but that nobody calls.
import { capabilityBucket, JobType, sharedDiscoverySubject, workerSubject } from "../contract/jobs.ts";
import type { NatsBucket, NatsLink, NatsMessage } from "../engine/nats-port.ts";
import type { WorkerGate } from "./nats-gate.ts";
import { NatsJobs } from "./nats-jobs.ts";
import { NatsLoads } from "./nats-loads.ts";
import { answerMicro, type MicroEndpoint, microEndpoint } from "./nats-micro.ts";
import { NatsStreams } from "./nats-streams.ts";

export interface NatsWorkerOptions {
  readonly id: string;
  readonly version: string;
  readonly link: NatsLink;
  readonly gate: WorkerGate;
  /** Plain jobs at once; one more is told "busy". */
  readonly jobsAtOnce: number;
}

export interface NatsWorker {
  /** Takes nothing new, lets what runs end for so long, then cuts it. The link stays open. */
  stop(drainMs: number): Promise<void>;
}

/** Workers that share a name share its work. */
const group = "homeport";
/** Several facts come at once; one report tells them all. */
const gatherMs = 250;
/** The kept report is written again this often, so that its age tells whether the worker lives. */
const refreshMs = 30_000;
const forgottenMs = 10 * 60_000;
const drainLookMs = 50;

export function startNatsWorker(options: NatsWorkerOptions): NatsWorker {
  const { id, link, gate } = options;
  const prefix = `node.${id}`;
  const jobs = new NatsJobs({ id, gate, atOnce: options.jobsAtOnce });
  const loads = new NatsLoads(gate);
  const streams = new NatsStreams({ prefix, link, gate });
  const endpoints: MicroEndpoint[] = [];
  const serve = (name: string, subject: string, answer: (message: NatsMessage) => object | Promise<object>) => {
    const endpoint = microEndpoint(name, subject, group);
    endpoints.push(endpoint);
    return link.subscribe(subject, (message) => void answered(message, endpoint, answer, gate), group);
  };
  const takers = [
    ...JobType.options.map((type) => serve(type, workerSubject.job(prefix, type), ({ data }) => jobs.take(type, data))),
    serve("load", workerSubject.load(prefix), ({ data }) => loads.load(data)),
    serve("unload", workerSubject.unload(prefix), ({ data }) => loads.unload(data)),
    streams.listen(group),
  ];
  const tellers = [
    serve("capabilities", workerSubject.capabilities(prefix), () => gate.report()),
    // Of the workers of one name one answers; those of other names are in other groups.
    link.subscribe(sharedDiscoverySubject, (message) => message.respond(bytesOf(gate.report())), prefix),
    gate.onProgress((told) => void link.publish(workerSubject.progress(prefix), bytesOf(told))),
    tellChanges(options, prefix),
    answerMicro(link, {
      name: "homeport-worker",
      version: options.version,
      description: `Models of ${id}`,
      metadata: { node: id },
      startedAt: gate.now(),
      endpoints,
      figures: () => ({ ...jobs.counts, running: jobs.running, streams: streams.running, dropped: streams.dropped }),
    }),
  ];
  return {
    stop: async (drainMs) => {
      for (const stop of takers) stop();
      const until = gate.clock.monotonic() + drainMs;
      while (jobs.running + streams.running > 0 && gate.clock.monotonic() < until)
        await new Promise<void>((resolve) => void gate.clock.after(drainLookMs, resolve));
      streams.leaveAll();
      for (const stop of tellers) stop();
    },
  };
}

async function answered(
  message: NatsMessage,
  endpoint: MicroEndpoint,
  answer: (message: NatsMessage) => object | Promise<object>,
  { clock }: WorkerGate,
): Promise<void> {
  const began = clock.monotonic();
  const told = await answer(message);
  message.respond(bytesOf(told));
  endpoint.requests += 1;
  endpoint.processingMs += clock.monotonic() - began;
  const error = "error" in told && told.error !== undefined ? told.error : undefined;
  if (error === undefined) return;
  endpoint.errors += 1;
  endpoint.lastError = typeof error === "string" ? error : JSON.stringify(error).slice(0, 200);
}

/** Tells the report when it changed, after each connection, and keeps the latest in the bucket where the server keeps anything. */
function tellChanges({ id, link, gate }: NatsWorkerOptions, prefix: string): () => void {
  let told = "";
  let forget = () => {};
  let bucket: NatsBucket | undefined;
  const tell = (isDue: boolean) => {
    const { at: _at, devices: _figures, ...lasting } = gate.report();
    const now = JSON.stringify(lasting);
    const isNew = now !== told;
    if (!isNew && !isDue) return;
    const report = bytesOf(gate.report());
    if (isNew && link.publish(workerSubject.changed(prefix), report)) told = now;
    void bucket?.put(id, report);
  };
  const soon = () => {
    forget();
    forget = gate.clock.after(gatherMs, () => tell(false));
  };
  let forgetRefresh = () => {};
  const refreshLater = () => {
    forgetRefresh = gate.clock.after(refreshMs, () => {
      tell(true);
      refreshLater();
    });
  };
  const connected = async () => {
    const state = link.state();
    if (state.state !== "connected") return;
    if (state.jetstream && bucket === undefined) {
      const opened = await link.bucket(capabilityBucket, { ttlMs: forgottenMs, description: "What Homeport's workers can do" });
      if (!("failure" in opened)) bucket = opened;
    }
    told = "";
    tell(true);
  };
  const stops = [gate.onChange(soon), link.onState(() => void connected())];
  void connected();
  refreshLater();
  return () => {
    for (const stop of stops) stop();
    forget();
    forgetRefresh();
  };
}

function bytesOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
