// Composition of the worker: the same engine over the runtimes of one machine, with NATS for a door instead of a gateway port. Nothing here waits for
// NATS, and nothing stops because of it (F63).
import { isLoopbackHost } from "./contract/config.ts";
import { Engine } from "./engine/engine.ts";
import type { NatsAddress, NatsLink, OpenNats } from "./engine/nats-port.ts";
import type { Clock, DeviceReader, Draw, Journal, Log, NodeKinds, Secrets, Survey } from "./engine/ports.ts";
import { Runtimes } from "./engine/runtimes.ts";
import { refuseWith } from "./ingress/errors.ts";
import { startNatsWorker } from "./ingress/nats-worker.ts";
import { createImageFetcher } from "./nodes/image-fetch.ts";
import { workerGate } from "./worker-gate.ts";

export interface WorkerOptions {
  readonly id: string;
  readonly version: string;
  /** Addresses of servers that hold models. */
  readonly runtimes: readonly string[];
  /** Absent: not reached over NATS. */
  readonly nats: NatsAddress | undefined;
  /** Plain jobs at once. */
  readonly jobsAtOnce: number;
  readonly openNats: OpenNats;
  readonly kinds: NodeKinds;
  readonly survey: Survey;
  readonly devices: DeviceReader;
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly clock: Clock;
  readonly draw: Draw;
}

export interface Worker {
  readonly engine: Engine;
  readonly link: NatsLink | undefined;
  /** Takes nothing new, lets what runs end for so long, cuts the rest, closes. Never unloads a model. */
  stop(drainMs: number): Promise<void>;
}

/** How long the start waits for a first word from NATS and the runtimes; they may come later as well. */
const greetingMs = 3_000;

export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { id, version, clock, log, draw } = options;
  const runtimes = new Runtimes({ urls: options.runtimes, survey: options.survey, clock, draw, log });
  const surroundings = () => ({
    app: { version, demo: false, desktop: false },
    gateway: { url: "", port: 0, wantedPort: 0, loopback: isLoopbackHost("127.0.0.1"), keyRequired: false },
  });
  const { openNats, ...parts } = options;
  const engine = new Engine({ ...parts, config: runtimes, images: createImageFetcher(), refuse: refuseWith, surroundings });
  engine.start();
  const link = options.nats === undefined ? undefined : openNats(options.nats, `worker-${id}`);
  const gate = workerGate({ id, version, engine, clock, devices: options.devices });
  await Promise.all([options.devices.read(), runtimes.begin()]);
  await greeted(engine, link, clock);
  const worker = link === undefined ? undefined : startNatsWorker({ id, version, link, gate, jobsAtOnce: options.jobsAtOnce });
  let stopped: Promise<void> | undefined;
  const stopAll = async (drainMs: number) => {
    runtimes.stop();
    await worker?.stop(drainMs);
    await engine.stop(drainMs);
    await link?.close();
    options.journal.close();
  };
  return { engine, link, stop: (drainMs) => (stopped ??= stopAll(drainMs)) };
}

/** Resolves when everybody was heard, or was found to be away, or has had their time. */
function greeted(engine: Engine, link: NatsLink | undefined, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      const isHeard = Object.values(engine.fleet.nodes).every(({ health }) => health.state !== "unknown");
      if (isHeard && link?.state().state !== "connecting") done();
    };
    const forgetLink = link?.onState(look);
    const forget = clock.after(greetingMs, () => done());
    let isDone = false;
    const done = () => {
      if (isDone) return;
      isDone = true;
      forget();
      forgetLink?.();
      resolve();
    };
    engine.store.observe(() => !isDone && look(), "outcomes");
    look();
  });
}
