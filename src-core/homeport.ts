// Composition shared by the headless and the desktop root: engine, nodes and doors put together, started and stopped in order.
import { randomBytes } from "node:crypto";
import type { Push, Reply, Snapshot } from "./contract/api.ts";
import { isLoopbackHost } from "./contract/config.ts";
import { fail } from "./contract/failure.ts";
import { entryOn } from "./domain/decide.ts";
import { canonicalName } from "./domain/names.ts";
import { Engine } from "./engine/engine.ts";
import { addFoundNodes } from "./engine/first-run.ts";
import { createHandlers } from "./engine/handlers.ts";
import type { Clock, ConfigSource, Draw, Journal, Log, Secrets } from "./engine/ports.ts";
import { startGateway } from "./ingress/app.ts";
import { startControl } from "./ingress/control.ts";
import type { Gate } from "./ingress/doors.ts";
import { refuseWith } from "./ingress/errors.ts";
import type { Door } from "./ingress/http.ts";
import type { NotListening } from "./ingress/listen.ts";
import { nodeKinds } from "./nodes/index.ts";
import { survey } from "./nodes/survey.ts";

export interface HomeportOptions {
  readonly config: ConfigSource;
  readonly secrets: Secrets;
  readonly journal: Journal;
  readonly log: Log;
  readonly clock: Clock;
  readonly draw: Draw;
  readonly desktop: boolean;
  readonly demo: boolean;
  readonly version: string;
  /** Overrides of the configuration for this run only; never saved. */
  readonly listen: { readonly host?: string; readonly port?: number; readonly controlPort?: number };
  /** `next`: take the next free of ten ports and say so (F54); `fail`: give up. */
  readonly whenPortTaken: "next" | "fail";
  /** False in the desktop app, whose window speaks IPC (S-07). */
  readonly control: boolean;
  /** Look for servers on this machine when no node is configured. */
  readonly discover: boolean;
  /** Folder of the built window, served on the control port. */
  readonly rendererDir?: string;
}

export interface Homeport {
  readonly gatewayUrl: string;
  readonly controlUrl: string | undefined;
  /** Bearer token of the control port; new on every start. */
  readonly token: string;
  readonly engine: Engine;
  snapshot(): Snapshot;
  /** The contract's engine half: parse, call, answer. Carriers check the caller first. */
  dispatch(method: string, input: unknown): Promise<Reply>;
  /** First push is a snapshot. Returns the function that stops. */
  listen(onPush: (push: Push) => void): () => void;
  /** Refuse, drain (at most `drainMs`), abort, close. */
  stop(drainMs?: number): Promise<void>;
}

/** A port asked for is taken: exit code 3 in headless mode. */
export class PortTaken extends Error {
  readonly port: number;
  constructor(port: number) {
    super(`Port ${port} is taken by another program. Stop it, or choose another with --port or --control-port.`);
    this.port = port;
  }
}

/** An address that cannot be bound for another reason: exit code 2. */
export class CannotListen extends Error {}

const tokenBytes = 32;

/** Starts everything. Throws `PortTaken` or `CannotListen` with nothing left running. */
export async function startHomeport(options: HomeportOptions): Promise<Homeport> {
  const token = randomBytes(tokenBytes).toString("base64url");
  const doors: { gateway: Door | undefined; control: Door | undefined } = { gateway: undefined, control: undefined };
  const engine: Engine = new Engine({
    ...options,
    kinds: nodeKinds,
    survey,
    refuse: refuseWith,
    surroundings: () => surroundings(options, doors.gateway, engine),
  });
  const { log } = options;
  const ownPorts = () => [doors.gateway?.port, doors.control?.port].filter((port) => port !== undefined);
  const dispatch = createHandlers({ engine, config: options.config, survey, log, ownPorts });
  const onBug = (error: unknown, where: string) =>
    log.error({ where, stack: error instanceof Error ? error.stack : String(error) }, "a bug at a door");
  const listen = (onPush: (push: Push) => void) => {
    engine.poller.hurry();
    return engine.publisher.listen(onPush);
  };
  const stop = async (drainMs = 0) => {
    // The doors refuse newcomers at once and wait for answers under way; the engine then has nothing left to drain.
    await Promise.all([doors.gateway?.stop(drainMs), doors.control?.stop(0)]);
    await engine.stop(drainMs);
    options.journal.close();
  };
  engine.start();
  try {
    const { gateway, control } = engine.config;
    const { host = gateway.host, port = gateway.port, controlPort = control.port } = options.listen;
    const { whenPortTaken } = options;
    doors.gateway = opened(
      await startGateway({ gate: gateOf(engine), resolveKey: (ref) => options.secrets.resolve(ref), onBug, host, port, whenPortTaken }),
    );
    if (port !== 0 && doors.gateway.port !== port) tellMoved(engine, port, doors.gateway.port);
    if (options.control) {
      const { rendererDir } = options;
      doors.control = opened(
        await startControl({ gate: { dispatch, listen }, token, rendererDir, onBug, host: control.host, port: controlPort, whenPortTaken }),
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  if (options.discover)
    void addFoundNodes(engine, options.config, survey, ownPorts(), log).catch((error: unknown) => onBug(error, "discovery"));
  return {
    gatewayUrl: urlOf(options.listen.host ?? engine.config.gateway.host, doors.gateway.port),
    controlUrl: doors.control === undefined ? undefined : urlOf("127.0.0.1", doors.control.port),
    token,
    engine,
    snapshot: () => engine.snapshot(),
    dispatch,
    listen,
    stop,
  };
}

function opened(door: Door | NotListening): Door {
  if (!("failure" in door)) return door;
  throw door.taken === undefined ? new CannotListen(door.failure.message) : new PortTaken(door.taken);
}

/** The engine as the gateway port sees it. */
function gateOf(engine: Engine): Gate {
  return {
    config: () => engine.config,
    fleet: () => engine.fleet,
    now: () => engine.now(),
    route: (call, reply) => engine.route(call, reply),
    show: (model, verbose) => show(engine, model, verbose),
    metrics: () => engine.metrics.exposition(),
  };
}

const showMs = 10_000;

/** Ollama's `/api/show`, from a node that lists the model and is up. */
async function show(engine: Engine, model: string, verbose: boolean): ReturnType<Gate["show"]> {
  const key = canonicalName(model);
  const homes = Object.values(engine.fleet.nodes).filter(
    (node) => node.enabled && node.can.dialects.includes("ollama") && entryOn(node, key) !== undefined,
  );
  const home = homes.find((node) => node.health.state === "up") ?? homes[0];
  const adapter = home === undefined ? undefined : engine.adapterOf(home.id);
  if (home === undefined || adapter === undefined)
    return { failure: fail("unknown-model", `No Ollama node lists ${JSON.stringify(model)}.`) };
  const body = Buffer.from(JSON.stringify({ model: entryOn(home, key)?.id ?? model, ...(verbose ? { verbose } : {}) }));
  const call = { method: "POST" as const, path: "/api/show", headers: { "content-type": "application/json" }, body };
  const answer = await adapter.fetchJson(call, AbortSignal.timeout(showMs));
  if ("failure" in answer) return answer;
  if (answer.status === 200) return { body: answer.body };
  return { failure: fail("upstream-unavailable", `${home.id} did not show ${model} (status ${answer.status}).`, { node: home.id }) };
}

function surroundings(options: HomeportOptions, door: Door | undefined, engine: Engine): Pick<Snapshot, "app" | "gateway"> {
  const { gateway } = engine.config;
  const host = options.listen.host ?? gateway.host;
  const wantedPort = options.listen.port ?? gateway.port;
  const port = door?.port ?? wantedPort;
  return {
    app: { version: options.version, demo: options.demo, desktop: options.desktop },
    gateway: { url: urlOf(host, port), port, wantedPort, loopback: isLoopbackHost(host), keyRequired: gateway.key !== undefined },
  };
}

/** The address a client on this machine uses. */
function urlOf(host: string, port: number): string {
  const everywhere = host === "0.0.0.0" || host === "::" || host === "[::]" || host === "localhost";
  const name = everywhere ? "127.0.0.1" : host;
  return `http://${name.includes(":") && !name.startsWith("[") ? `[${name}]` : name}:${port}`;
}

/** Never silently on another port (F54). */
function tellMoved(engine: Engine, wanted: number, port: number): void {
  const body = `Another program has port ${wanted}, so Homeport listens on ${port}. Point your apps there, or free ${wanted} and restart.`;
  engine.banner("port-moved", { level: "warning", title: `Listening on port ${port}`, body });
  engine.notify({ kind: "port-moved", title: `Homeport listens on port ${port}`, body, urgent: false });
}
