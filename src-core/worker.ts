// Composition of the worker: the same engine over the runtimes of one machine, with NATS for a door instead of a gateway port. Nothing here waits for
// NATS, and nothing stops because of it (F63).
import { isLoopbackHost } from "./contract/config.ts";
import { Engine } from "./engine/engine.ts";
import type { Journal } from "./engine/journal-port.ts";
import type { NatsAddress, NatsLink, OpenNats } from "./engine/nats-port.ts";
import type { Clock, DeviceReader, Draw, Log, NodeKinds, Secrets, Survey } from "./engine/ports.ts";
import { Runtimes } from "./engine/runtimes.ts";
import { refuseWith } from "./ingress/errors.ts";
import type { Door } from "./ingress/http.ts";
import type { NotListening } from "./ingress/listen.ts";
import { startNatsWorker } from "./ingress/nats-worker.ts";
import { startNeuronDoor } from "./ingress/neuron-door.ts";
import { createImageFetcher } from "./nodes/image-fetch.ts";
import { workerGate } from "./worker-gate.ts";

export interface WorkerOptions {
  readonly id: string;
  readonly version: string;
  /** Addresses of servers that hold models. */
  readonly runtimes: readonly string[];
  /** Absent: not reached over NATS. */
  readonly nats: NatsAddress | undefined;
  /** Where the neuron interface listens; absent: nowhere. `tokenHash`: what `keyHash` makes of the token. */
  readonly listen: { readonly host: string; readonly port: number; readonly tokenHash: Buffer | undefined } | undefined;
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
  /** The port of the neuron interface. */
  readonly port: number | undefined;
  /** Takes nothing new, lets what runs end for so long, cuts the rest, closes. Never unloads a model. */
  stop(drainMs: number): Promise<void>;
}

/** How long the start waits for a first word from NATS and the runtimes; they may come later as well. */
const greetingMs = 3_000;

/** Starts everything. Fails only where the port cannot be had, with nothing left running. */
export async function startWorker(options: WorkerOptions): Promise<Worker | NotListening> {
  const { id, version, clock, log, draw } = options;
  const runtimes = new Runtimes({ urls: options.runtimes, survey: options.survey, clock, draw, log });
  const surroundings = () => ({
    app: { version, demo: false, desktop: false },
    gateway: { url: "", port: 0, wantedPort: 0, loopback: isLoopbackHost("127.0.0.1"), keyRequired: false },
  });
  const { openNats, ...parts } = options;
  const engine = new Engine({ ...parts, config: runtimes, images: createImageFetcher(), refuse: refuseWith, surroundings });
  engine.start();
  const door = options.listen === undefined ? undefined : await openDoor(options, engine, options.listen);
  if (door !== undefined && "failure" in door) {
    await engine.stop(0);
    options.journal.close();
    return door;
  }
  const link = options.nats === undefined ? undefined : openNats(options.nats, `worker-${id}`);
  const gate = workerGate({ id, version, engine, clock, devices: options.devices });
  await Promise.all([options.devices.read(), runtimes.begin()]);
  await greeted(engine, link, clock);
  const worker = link === undefined ? undefined : startNatsWorker({ id, version, link, gate, jobsAtOnce: options.jobsAtOnce });
  let stopped: Promise<void> | undefined;
  const stopAll = async (drainMs: number) => {
    runtimes.stop();
    await Promise.all([worker?.stop(drainMs), door?.stop(drainMs)]);
    await engine.stop(drainMs);
    await link?.close();
    options.journal.close();
  };
  return { engine, link, port: door?.port, stop: (drainMs) => (stopped ??= stopAll(drainMs)) };
}

function openDoor(
  { devices, version, log }: WorkerOptions,
  engine: Engine,
  listen: NonNullable<WorkerOptions["listen"]>,
): Promise<Door | NotListening> {
  const onBug = (error: unknown, where: string) =>
    log.error({ where, stack: error instanceof Error ? error.stack : String(error) }, "a bug at a door");
  return startNeuronDoor({ engine, devices, version, onBug, ...listen });
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
    engine.store.observe(() => !isDone && look(), "changes");
    look();
  });
}
