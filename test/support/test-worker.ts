// A worker in this process, over simulated runtimes and a real nats-server; and a plain NATS client that knows nothing of Homeport but the document's
// words (source-systems.md 1.5 to 1.8, apis.md 8). All of it ends with the test.
import { connect, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { onTestFinished } from "vitest";
import type { DeviceReading } from "../../src-core/contract/devices.ts";
import type { Clock, DeviceReader, Log } from "../../src-core/engine/ports.ts";
import { systemClock } from "../../src-core/host/clock.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { natsOpener } from "../../src-core/host/nats.ts";
import { environmentSecrets } from "../../src-core/host/secrets.ts";
import { nodeKinds } from "../../src-core/nodes/index.ts";
import { survey } from "../../src-core/nodes/survey.ts";
import { type SimulatedNode, type StartOptions, startSimulatedNode } from "../../src-core/simulator/node.ts";
import { startWorker, type Worker } from "../../src-core/worker.ts";

export interface TestWorkerOptions {
  readonly nats: string;
  readonly id?: string;
  readonly runtimes: readonly Omit<StartOptions, "id">[];
  readonly jobsAtOnce?: number;
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string>>;
  /** The variable of `env` that holds them. */
  readonly credentials?: string;
}

export interface TestWorker {
  readonly worker: Worker;
  /** The first of its runtimes. */
  readonly runtime: SimulatedNode;
  /** What the log says that is no news. */
  readonly errors: readonly string[];
}

/** A machine with one card. */
const reading: DeviceReading = {
  at: 0,
  devices: [{ index: 0, name: "Test Card", memory: "device", totalBytes: 24e9, usedBytes: 5e9 }],
  processes: [],
};
const devices: DeviceReader = { latest: reading, read: async () => reading };

export async function startTestWorker(options: TestWorkerOptions): Promise<TestWorker> {
  const runtimes: SimulatedNode[] = [];
  for (const wish of options.runtimes) {
    const runtime = await startSimulatedNode(wish);
    onTestFinished(() => runtime.stop());
    runtimes.push(runtime);
  }
  const errors: string[] = [];
  const log: Log = {
    info: () => undefined,
    warn: () => undefined,
    error: (fields, text) => void errors.push(`${text} ${JSON.stringify(fields)}`),
  };
  const secrets = environmentSecrets(options.env ?? {});
  const host = { log, secrets, clock: options.clock ?? systemClock, draw: () => 0.5 };
  const worker = await startWorker({
    ...host,
    id: options.id ?? "beast",
    version: "1.2.3",
    runtimes: runtimes.map(({ url }) => url),
    nats: { url: options.nats, ...(options.credentials === undefined ? {} : { credentials: { env: options.credentials } }) },
    listen: undefined,
    jobsAtOnce: options.jobsAtOnce ?? 4,
    openNats: natsOpener({ ...host, clock: systemClock }),
    kinds: nodeKinds,
    survey,
    devices,
    journal: openJournal(":memory:", log),
  });
  if ("failure" in worker) throw new Error(worker.failure.message);
  onTestFinished(() => worker.stop(0));
  const [runtime] = runtimes;
  if (runtime === undefined) throw new Error("A worker needs a runtime.");
  return { worker, runtime, errors };
}

export interface PlainClient {
  readonly connection: NatsConnection;
  /** Asks and reads the answer as JSON. */
  ask(subject: string, body: unknown, timeoutMs?: number): Promise<Record<string, unknown>>;
  /** Resolves with the next message on a subject, as JSON. */
  next(subject: string): Promise<Record<string, unknown>>;
}

export async function plainClient(url: string): Promise<PlainClient> {
  const connection = await connect({ servers: url.replace("nats://", ""), reconnect: false });
  onTestFinished(() => connection.close());
  const object = (message: Msg) => message.json<Record<string, unknown>>();
  return {
    connection,
    ask: async (subject, body, timeoutMs = 10_000) =>
      object(await connection.request(subject, typeof body === "string" ? body : JSON.stringify(body), { timeout: timeoutMs })),
    next: (subject) =>
      new Promise((resolve, reject) => {
        const callback = (error: Error | null, message: Msg) => (error === null ? resolve(object(message)) : reject(error));
        connection.subscribe(subject, { max: 1, callback });
      }),
  };
}
