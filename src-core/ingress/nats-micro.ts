// The worker as a NATS micro service: answers PING, INFO and STATS as the protocol has them (ADR-32), so that `nats micro ls` lists it.
import { randomBytes } from "node:crypto";
import type { NatsLink } from "../engine/nats-port.ts";

/** One subject that the service serves, and what was asked there. `processingMs` in all. */
export interface MicroEndpoint {
  readonly name: string;
  readonly subject: string;
  readonly queueGroup: string;
  requests: number;
  errors: number;
  processingMs: number;
  lastError: string;
}

export interface MicroService {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endpoints: readonly MicroEndpoint[];
  /** Figures of the whole service, told with the statistics of every endpoint. */
  figures(): object;
}

export function microEndpoint(name: string, subject: string, queueGroup: string): MicroEndpoint {
  return { name, subject, queueGroup, requests: 0, errors: 0, processingMs: 0, lastError: "" };
}

const nanosPerMs = 1e6;

/** Begins to answer; every instance does, so there is no queue group. Returns the function that stops. */
export function answerMicro(link: NatsLink, service: MicroService): () => void {
  const id = randomBytes(11).toString("hex").toUpperCase();
  const identity = { name: service.name, id, version: semver(service.version), metadata: service.metadata };
  const answers = {
    ping: () => ({ type: "io.nats.micro.v1.ping_response", ...identity }),
    info: () => ({
      type: "io.nats.micro.v1.info_response",
      ...identity,
      description: service.description,
      endpoints: service.endpoints.map(({ name, subject, queueGroup }) => ({ name, subject, queue_group: queueGroup, metadata: {} })),
    }),
    stats: () => ({
      type: "io.nats.micro.v1.stats_response",
      ...identity,
      started: new Date(service.startedAt).toISOString(),
      endpoints: service.endpoints.map((endpoint) => ({ ...statsOf(endpoint), data: service.figures() })),
    }),
  };
  const stops = Object.entries(answers).flatMap(([verb, answer]) =>
    ["", `.${service.name}`, `.${service.name}.${id}`].map((whom) =>
      link.subscribe(`$SRV.${verb.toUpperCase()}${whom}`, (message) => message.respond(Buffer.from(JSON.stringify(answer())))),
    ),
  );
  return () => {
    for (const stop of stops) stop();
  };
}

function statsOf({ name, subject, queueGroup, requests, errors, processingMs, lastError }: MicroEndpoint) {
  const nanos = Math.round(processingMs * nanosPerMs);
  return {
    name,
    subject,
    queue_group: queueGroup,
    num_requests: requests,
    num_errors: errors,
    last_error: lastError,
    processing_time: nanos,
    average_processing_time: requests === 0 ? 0 : Math.round(nanos / requests),
  };
}

/** The protocol wants a version of three numbers. */
function semver(version: string): string {
  return /^\d+\.\d+\.\d+/.test(version) ? version : "0.0.0";
}
