// The measurements made of every contender in turn, again and again, so that a noisy machine disturbs all of them alike.
import { type Contender, type Name, start } from "./contenders.ts";
import { cpuMs, median, percentile, rssBytes } from "./figures.ts";
import { alone, type Row } from "./homeport-alone.ts";
import { shortCalls, streams, streamsInTurn } from "./load.ts";
import { longPrompt, otherDialect, type Speech, sameDialect } from "./speech.ts";
import type { Upstream } from "./upstream.ts";

export interface Plan {
  readonly names: readonly Name[];
  /** The core of the proxy under test; undefined where nothing can be pinned. */
  readonly proxyCore: string | undefined;
  readonly repetitions: number;
  readonly shortCallsMs: number;
  /** Events per stream, at 50 a second. */
  readonly streamEvents: number;
}

/** An event later than this is late, in milliseconds. */
const lateMs = 20;
const shortCallConnections = 128;
const steadyStreams = 250;
const crowdStreams = 1000;

/** Values by measure and contender, one per repetition. */
class Ledger {
  private readonly values = new Map<string, number[]>();

  add(measure: string, name: Name, value: number): void {
    const key = `${measure}\0${name}`;
    this.values.set(key, [...(this.values.get(key) ?? []), value]);
  }

  /** Homeport's own figure; none where it was not measured. */
  of(measure: string): readonly number[] {
    const { homeport } = this.figures(measure);
    return homeport === undefined ? [] : [homeport];
  }

  figures(measure: string): Partial<Record<Name, number>> {
    const figures: Partial<Record<Name, number>> = {};
    for (const name of ["homeport", "bare", "nginx"] as const) {
      const values = this.values.get(`${measure}\0${name}`);
      if (values !== undefined) figures[name] = median(values);
    }
    return figures;
  }
}

/** `at-least` or `at-most` so many times bare, plus a slack in the measure's own unit below which a difference is noise. */
interface Limit {
  readonly side: "at-least" | "at-most";
  readonly times: number;
  readonly slack?: number;
}

function row(ledger: Ledger, measure: string, limit?: Limit): Row {
  const figures = ledger.figures(measure);
  if (limit === undefined) return { measure, figures, limit: "" };
  const { homeport, bare } = figures;
  const sign = limit.side === "at-least" ? "≥" : "≤";
  const words = `${sign} ${limit.times} × bare${limit.slack === undefined ? "" : ` + ${limit.slack}`}`;
  if (homeport === undefined || bare === undefined) return { measure, figures, limit: words };
  const bound = limit.times * bare + (limit.slack ?? 0);
  return {
    measure: `${measure} (${(homeport / bare).toFixed(2)} ×)`,
    figures,
    limit: words,
    holds: limit.side === "at-least" ? homeport >= bound : homeport <= bound,
  };
}

function mustBeWhole(contender: Contender, what: string, broken: number): void {
  if (broken > 0) throw new Error(`${contender.name}: ${broken} ${what} failed; a proxy that fails is not measured`);
}

async function measureShortCalls(contender: Contender, plan: Plan, ledger: Ledger): Promise<void> {
  const cpuBefore = cpuMs(contender.pid);
  const calls = await shortCalls(contender.address, shortCallConnections, plan.shortCallsMs);
  mustBeWhole(contender, "short calls", calls.failed);
  ledger.add("short calls per second", contender.name, calls.perSecond);
  const usedMs = cpuMs(contender.pid) - cpuBefore;
  ledger.add("CPU per short call, µs", contender.name, (usedMs * 1000) / (calls.perSecond * (plan.shortCallsMs / 1000)));
}

async function measureFirstByte(contender: Contender, upstream: Upstream, ledger: Ledger): Promise<void> {
  Object.assign(upstream.pace, { events: 1, everyMs: 1 });
  const seen = await streamsInTurn(contender.address, 300);
  mustBeWhole(contender, "streams", seen.broken);
  ledger.add("first byte p50, ms", contender.name, percentile(seen.firstByteMs, 0.5));
  ledger.add("first byte p99, ms", contender.name, percentile(seen.firstByteMs, 0.99));
}

async function measureSteady(contender: Contender, plan: Plan, upstream: Upstream, ledger: Ledger): Promise<void> {
  Object.assign(upstream.pace, { events: plan.streamEvents, everyMs: 20 });
  const cpuBefore = cpuMs(contender.pid);
  const seen = await streams(contender.address, steadyStreams, 400);
  mustBeWhole(contender, "streams", seen.broken);
  ledger.add(passedCpu, contender.name, ((cpuMs(contender.pid) - cpuBefore) * 1000) / seen.events);
  ledger.add("chunk delay p50, ms", contender.name, percentile(seen.delayMs, 0.5));
  ledger.add("chunk delay p99, ms", contender.name, percentile(seen.delayMs, 0.99));
}

/** What a long prompt adds to the wait for the first byte: measured against a short one of the same minute. */
async function measureLongPrompt(contender: Contender, upstream: Upstream, ledger: Ledger): Promise<void> {
  Object.assign(upstream.pace, { events: 1, everyMs: 1 });
  const waits: number[] = [];
  for (const speech of [longPrompt, sameDialect]) {
    const seen = await streamsInTurn(contender.address, 150, speech);
    mustBeWhole(contender, "long prompts", seen.broken);
    waits.push(percentile(seen.firstByteMs, 0.5));
  }
  const [long = Number.NaN, short = Number.NaN] = waits;
  ledger.add("a 200 KB prompt adds, ms", contender.name, long - short);
}

/** Only Homeport translates: beside the same measure of passed bytes. */
async function measureTranslated(contender: Contender, plan: Plan, upstream: Upstream, ledger: Ledger): Promise<void> {
  Object.assign(upstream.pace, { events: plan.streamEvents, everyMs: 20 });
  const cpuBefore = cpuMs(contender.pid);
  const seen = await streams(contender.address, steadyStreams, 400, { speech: otherDialect });
  mustBeWhole(contender, "translated streams", seen.broken);
  ledger.add(translatedCpu, contender.name, ((cpuMs(contender.pid) - cpuBefore) * 1000) / seen.events);
}

/** Homeport against itself: its own figure of one measure as the bound of another. */
function besideOwn(ledger: Ledger, measure: string, own: string, times: number): Row {
  const { homeport } = ledger.figures(measure);
  const { homeport: passed } = ledger.figures(own);
  const words = `≤ ${times} × passed on`;
  if (homeport === undefined || passed === undefined) return { measure, figures: {}, limit: words };
  return {
    measure: `${measure} (${(homeport / passed).toFixed(2)} ×)`,
    figures: { homeport },
    limit: words,
    holds: homeport <= times * passed,
  };
}

const passedCpu = "CPU per 1,000 stream events, ms";
const translatedCpu = "translated: CPU per 1,000 stream events, ms";
const translatedMemory = "1,000 translated streams: memory per stream, KB";
const warmUpMs = 12_000;
/** For the crowd, each time a fresh process: heap and pools have grown to their working size, so that what is counted is the streams. */
const crowdWarmUpMs = 4_000;

/** Both paths, long enough for the engine of the language to have compiled them. */
async function warmUp(contender: Contender, upstream: Upstream, forMs: number): Promise<void> {
  await shortCalls(contender.address, shortCallConnections, forMs);
  Object.assign(upstream.pace, { events: 20, everyMs: 1 });
  await streams(contender.address, steadyStreams, 400);
  if (contender.name === "homeport") await streams(contender.address, steadyStreams, 400, { speech: otherDialect });
  Object.assign(upstream.pace, { events: 1, everyMs: 1 });
  await streamsInTurn(contender.address, 300);
}

async function sideBySideRound(contenders: readonly Contender[], plan: Plan, upstream: Upstream, ledger: Ledger): Promise<void> {
  for (const contender of contenders) await measureShortCalls(contender, plan, ledger);
  for (const contender of contenders) await measureFirstByte(contender, upstream, ledger);
  for (const contender of contenders) await measureSteady(contender, plan, upstream, ledger);
  for (const contender of contenders) await measureLongPrompt(contender, upstream, ledger);
  for (const contender of contenders) if (contender.name === "homeport") await measureTranslated(contender, plan, upstream, ledger);
}

/** Throughput, first byte, chunk delay and the processor's share, all contenders running and each measured in turn. */
export async function sideBySideRows(plan: Plan, upstream: Upstream): Promise<readonly Row[]> {
  const ledger = new Ledger();
  const contenders: Contender[] = [];
  try {
    for (const name of plan.names) contenders.push(await start(name, upstream.urls.slice(0, 2), plan.proxyCore));
    // Hot code is what a gateway that has run for a minute runs.
    for (const contender of contenders) await warmUp(contender, upstream, warmUpMs);
    // The first round changes from one kind of work to the next for the first time, and what was compiled for one kind alone is compiled anew.
    await sideBySideRound(contenders, plan, upstream, new Ledger());
    for (let again = 0; again < plan.repetitions; again += 1) await sideBySideRound(contenders, plan, upstream, ledger);
  } finally {
    for (const contender of contenders) await contender.stop();
  }
  return [
    row(ledger, "short calls per second", { side: "at-least", times: 0.6 }),
    row(ledger, "CPU per short call, µs"),
    row(ledger, passedCpu, { side: "at-most", times: 1.25 }),
    besideOwn(ledger, translatedCpu, passedCpu, 1.3),
    row(ledger, "first byte p50, ms", { side: "at-most", times: 1.5 }),
    row(ledger, "first byte p99, ms", { side: "at-most", times: 2 }),
    row(ledger, "chunk delay p50, ms", { side: "at-most", times: 1.5 }),
    row(ledger, "chunk delay p99, ms", { side: "at-most", times: 2 }),
    row(ledger, "a 200 KB prompt adds, ms", { side: "at-most", times: 1.5 }),
  ];
}

async function measureCrowd(contender: Contender, plan: Plan, upstream: Upstream, ledger: Ledger, speech: Speech): Promise<void> {
  Object.assign(upstream.pace, { events: 50 + plan.streamEvents, everyMs: 20 });
  const restBytes = rssBytes(contender.pid);
  const cpuBefore = cpuMs(contender.pid);
  let openBytes = 0;
  const midway = async () => {
    openBytes = rssBytes(contender.pid);
  };
  const seen = await streams(contender.address, crowdStreams, 1_500, { speech, midway });
  mustBeWhole(contender, "of a thousand streams", seen.broken);
  const perStream = (openBytes - restBytes) / 1024 / crowdStreams;
  if (speech === otherDialect) return ledger.add(translatedMemory, contender.name, perStream);
  const late = seen.delayMs.reduce((count, delay) => count + (delay > lateMs ? 1 : 0), 0);
  ledger.add("1,000 streams: late events, %", contender.name, (late / seen.events) * 100);
  ledger.add("1,000 streams: memory per stream, KB", contender.name, perStream);
  ledger.add("1,000 streams: CPU per 1,000 events, ms", contender.name, ((cpuMs(contender.pid) - cpuBefore) * 1000) / seen.events);
}

/** A thousand streams at once through a fresh process each: late events and memory. */
export async function crowdRows(plan: Plan, upstream: Upstream): Promise<readonly Row[]> {
  const ledger = new Ledger();
  for (let again = 0; again < plan.repetitions; again += 1) {
    for (const name of plan.names) {
      for (const speech of name === "homeport" ? [sameDialect, otherDialect] : [sameDialect]) {
        const contender = await start(name, upstream.urls.slice(0, 2), plan.proxyCore);
        try {
          await warmUp(contender, upstream, crowdWarmUpMs);
          await measureCrowd(contender, plan, upstream, ledger, speech);
        } finally {
          await contender.stop();
        }
      }
    }
  }
  return [
    row(ledger, "1,000 streams: late events, %", { side: "at-most", times: 1, slack: 1 }),
    row(ledger, "1,000 streams: memory per stream, KB", { side: "at-most", times: 1, slack: 8 }),
    row(ledger, "1,000 streams: CPU per 1,000 events, ms"),
    ...ledger.of(translatedMemory).map((kilobytes) => alone(translatedMemory, kilobytes, 80, "KB")),
  ];
}
