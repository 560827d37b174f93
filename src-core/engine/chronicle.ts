// What people are told of requests: figures, rows, history, log lines. All of it is told together and after the fact, so that a request on its way
// waits for none of it, and so that work which is the same for every fact is done for many at once.
// Whoever reads through here reads the whole truth: what is still untold is told first.
import type { EngineEvent } from "../contract/events.ts";
import type { Fleet } from "../contract/fleet.ts";
import { usdOf } from "../domain/costs.ts";
import { nodeLogFacts } from "../domain/node-story.ts";
import { Audience, type Observer } from "./audience.ts";
import type { Journal } from "./journal-port.ts";
import { Activity, activityFacts } from "./observers/activity.ts";
import { Energy, energyFacts } from "./observers/energy.ts";
import type { GaugeSources } from "./observers/gauges.ts";
import { History } from "./observers/history.ts";
import { LogLines } from "./observers/log.ts";
import { Metrics, metricsFacts } from "./observers/metrics.ts";
import { NodeLog } from "./observers/node-log.ts";
import { RedisPublisher } from "./observers/redis-publisher.ts";
import { UsageStream, usageFacts } from "./observers/usage-stream.ts";
import type { Announcer, Clock, Log, Secrets } from "./ports.ts";
import type { Store } from "./store.ts";

export interface ChronicleParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: Journal;
  readonly secrets: Secrets;
  /** Absent: figures are published nowhere. */
  readonly announcer?: Announcer | undefined;
  readonly queues: GaugeSources["queues"];
  /** Called after a row changed; says whether anybody looks at rows. */
  readonly onRowChanged: () => boolean;
}

/** Facts of which more will follow within moments, or which can wait: they come while a request is on its way. */
const onTheWay: ReadonlySet<EngineEvent["type"]> = new Set([
  "request-received",
  "request-resolved",
  "route-decided",
  "budget-reserved",
  "attempt-started",
  "first-byte",
]);

/** The longest that a step of a request which goes on stays untold. */
const gatherMs = 20;

export class Chronicle {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #metrics: Metrics;
  readonly #activity: Activity;
  readonly #usage: UsageStream;
  readonly #history: History;
  readonly #nodeLog: NodeLog;
  readonly #lines: LogLines;
  readonly #redis: RedisPublisher | undefined;
  readonly #readers = new Audience();
  #untold: { readonly event: EngineEvent; readonly before: Fleet; readonly after: Fleet }[] = [];
  #timer: (() => void) | undefined;
  #isDue = false;

  constructor({ store, clock, log, journal, secrets, announcer, queues, onRowChanged }: ChronicleParts) {
    const sources: GaugeSources = { fleet: () => store.fleet, config: () => store.config, queues };
    this.#clock = clock;
    this.#log = log;
    this.#metrics = new Metrics(sources);
    this.#usage = new UsageStream(clock, sources, this.#metrics.totals);
    this.#redis =
      announcer === undefined ? undefined : new RedisPublisher(sources.config, announcer, () => this.metrics.results(), secrets);
    this.#history = new History(clock, journal, () => store);
    this.#nodeLog = new NodeLog(clock, journal);
    this.#lines = new LogLines(log, clock);
    const energy = new Energy();
    this.#activity = new Activity(onRowChanged, {
      energyOf: (request) => energy.take(request),
      priceOf: (node, model, usage) => usdOf(node, model, usage, store),
      onFinished: (row) => {
        this.#redis?.finished(row);
        return this.#history.finished(row);
      },
    });
    // Figures before rows: who hears of a finished row finds it counted.
    this.#readers.add(energy.observe, energyFacts);
    this.#readers.add(this.#metrics.observe, metricsFacts);
    this.#readers.add(this.#activity.observe, activityFacts);
    this.#readers.add(this.#usage.observe, usageFacts);
    this.#readers.add(this.#nodeLog.observe, nodeLogFacts);
    this.#readers.add(this.#lines.observe, "changes");
  }

  get metrics(): Metrics {
    this.#tell();
    return this.#metrics;
  }

  get activity(): Activity {
    this.#tell();
    return this.#activity;
  }

  get usage(): UsageStream {
    this.#tell();
    return this.#usage;
  }

  get history(): History {
    this.#tell();
    return this.#history;
  }

  get nodeLog(): NodeLog {
    this.#tell();
    return this.#nodeLog;
  }

  readonly observe: Observer = (event, before, after) => {
    this.#untold.push({ event, before, after });
    if (onTheWay.has(event.type)) this.#timer ??= this.#clock.after(gatherMs, this.#late);
    else if (!this.#isDue) {
      this.#isDue = true;
      // Still before the next bytes are read: who sees the end of an answer sees it counted and logged.
      setImmediate(this.#tell);
    }
  };

  /** The last step, after every request has ended: the journal closes next. */
  stop(): void {
    this.#tell();
    this.#timer?.();
    this.#lines.stop();
    this.#history.stop();
    this.#nodeLog.stop();
    this.#usage.stop();
    this.#redis?.stop();
  }

  readonly #late = (): void => {
    this.#timer = undefined;
    this.#tell();
  };

  readonly #tell = (): void => {
    this.#isDue = false;
    const untold = this.#untold;
    if (untold.length === 0) return;
    this.#untold = [];
    for (const { event, before, after } of untold)
      for (const reader of this.#readers.of(event.type)) this.#read(reader, event, before, after);
  };

  /** Nobody stands above this who would catch a bug: one reader's must not keep the others from what happened, nor end the gateway. */
  #read(reader: Observer, event: EngineEvent, before: Fleet, after: Fleet): void {
    try {
      reader(event, before, after);
    } catch (bug) {
      this.#log.error({ event: event.type, stack: bug instanceof Error ? bug.stack : String(bug) }, "a bug in telling what happened");
    }
  }
}
