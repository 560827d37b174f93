// The engine as a worker's NATS side sees it: reports, the model for a job, loads and unloads over all of its runtimes.
import { type Failure, fail } from "./contract/failure.ts";
import type { Node } from "./contract/fleet.ts";
import type { CapabilityReport, DeviceReport } from "./contract/jobs.ts";
import { capabilityReport } from "./domain/capability-report.ts";
import { entryOn, own } from "./domain/inventory.ts";
import { modelForJob } from "./domain/job-model.ts";
import { canonicalName } from "./domain/names.ts";
import type { Engine } from "./engine/engine.ts";
import type { Clock, DeviceReader } from "./engine/ports.ts";
import { showModel } from "./engine/showing.ts";
import type { WorkerGate } from "./ingress/nats-gate.ts";

export interface WorkerGateParts {
  readonly id: string;
  readonly version: string;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly devices: DeviceReader;
}

/** Facts that come with every call and change nothing of a report. */
const passing: ReadonlySet<string> = new Set(["attempt-started", "attempt-finished", "load-progressed"]);

export function workerGate({ id, version, engine, clock, devices }: WorkerGateParts): WorkerGate {
  const changed = new Set<() => void>();
  const progressed = new Set<Parameters<WorkerGate["onProgress"]>[0]>();
  engine.store.observe((event, before, after) => {
    if (event.type === "load-progressed") {
      const load = own(after.loads, event.load);
      const stage = event.stage === undefined ? {} : { stage: event.stage };
      if (load !== undefined)
        for (const tell of progressed) tell({ model: load.model, fraction: event.fraction, source: event.source ?? "node", ...stage });
    }
    if (event.type === "probe-answered") void devices.read();
    if (before.nodes !== after.nodes && !passing.has(event.type)) for (const tell of changed) tell();
  }, "changes");
  const world = () => ({ fleet: engine.fleet, config: engine.config });
  return {
    clock,
    config: () => engine.config,
    now: () => engine.now(),
    route: (call, reply) => engine.route(call, reply),
    show: (model, verbose) => showModel(engine, model, verbose),
    report: (): CapabilityReport => ({
      ...capabilityReport({ id, version, at: clock.now() }, engine.fleet, engine.config),
      ...devicesIn(devices),
    }),
    onChange: (callback) => added(changed, callback),
    onProgress: (callback) => added(progressed, callback),
    modelFor: (type, prefer) => modelForJob(type, prefer, world()),
    runtimeOf: (node) => own(engine.fleet.nodes, node)?.kind.replaceAll("-", "_"),
    load: (model, contextTokens, onLeave) => load(engine, model, contextTokens, onLeave),
    unload: (model) => unload(engine, model),
  };
}

function added<T>(set: Set<T>, callback: T): () => void {
  set.add(callback);
  return () => void set.delete(callback);
}

/** What no tool told the size of is left out: a report has no unknown sizes. */
function devicesIn({ latest }: DeviceReader): Pick<CapabilityReport, "devices"> {
  const devices = (latest?.devices ?? []).flatMap((device): DeviceReport[] => {
    const { name, memory, totalBytes, usedBytes, utilisationPercent, temperatureC } = device;
    if (totalBytes === undefined) return [];
    return [
      {
        name,
        total_bytes: totalBytes,
        limit: memory === "system" ? "none" : "soft",
        ...(usedBytes === undefined ? {} : { used_bytes: usedBytes }),
        ...(utilisationPercent === undefined ? {} : { utilisation_percent: utilisationPercent }),
        ...(temperatureC === undefined ? {} : { temperature_c: temperatureC }),
      },
    ];
  });
  return devices.length === 0 ? {} : { devices };
}

async function load(
  engine: Engine,
  model: string,
  contextTokens: number | undefined,
  onLeave: (leave: () => void) => void,
): Promise<Failure | undefined> {
  const homes = homesOf(engine, model);
  const home = homes.find((node) => node.can.load) ?? homes[0];
  const entry = home === undefined ? undefined : entryOn(home, canonicalName(model));
  if (home === undefined || entry === undefined) return lacking(model);
  if (!home.can.load) {
    if (entry.residency.state === "warm") return undefined;
    return fail("unsupported", `${home.id} takes no load call: its server loads models by itself.`, { model: entry.id });
  }
  const wish = { node: home.id, model: entry.id, options: { contextTokens }, by: "user" as const };
  const outcome = await engine.loader.ensure(wish, onLeave);
  if (outcome !== "left") return outcome;
  // Who waits on the gateway's side was counted there: here nobody is waited for any longer than somebody waits.
  const load = Object.values(engine.fleet.loads).find((one) => one.node === home.id && one.model === entry.id);
  if (load?.waiters === 0) engine.loader.cancel(home.id, entry.id);
  return fail("cancelled", `Loading ${entry.id} was given up by who asked for it.`, { model: entry.id });
}

/** Wherever it is in memory: to a gateway the worker is one place. */
async function unload(engine: Engine, model: string): Promise<Failure | undefined> {
  const homes = homesOf(engine, model);
  if (homes.length === 0) return lacking(model);
  for (const node of homes) {
    const entry = entryOn(node, canonicalName(model));
    if (entry === undefined || entry.residency.state === "cold") continue;
    const refused = await engine.models.unload(node.id, entry.id);
    if (refused !== undefined) return refused.failure;
  }
  return undefined;
}

function homesOf({ fleet }: Engine, model: string): readonly Node[] {
  const key = canonicalName(model);
  return Object.values(fleet.nodes).filter((node) => node.health.state !== "down" && entryOn(node, key) !== undefined);
}

function lacking(model: string): Failure {
  return fail("unknown-model", `No runtime of this worker lists ${JSON.stringify(model.slice(0, 200))}.`);
}
