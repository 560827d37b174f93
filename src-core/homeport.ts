// Composition shared by the headless and the desktop root: engine, nodes and doors put together, started and stopped in order.
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Push, Reply, Snapshot } from "./contract/api.ts";
import type { Config } from "./contract/config.ts";
import { secretUses } from "./domain/secret-uses.ts";
import { Capture } from "./engine/capture.ts";
import { Engine } from "./engine/engine.ts";
import type { EngineParts } from "./engine/engine-parts.ts";
import { addFoundNodes } from "./engine/first-run.ts";
import { createHandlers } from "./engine/handlers.ts";
import type { Journal } from "./engine/journal-port.ts";
import type { OpenNats } from "./engine/nats-port.ts";
import type { Announcer, Clock, ConfigSource, DeviceReader, Doctor, Draw, Log, NodeKinds, SecretStore, Secrets } from "./engine/ports.ts";
import { ResponseStore } from "./engine/response-store.ts";
import { ServerSearch } from "./engine/search.ts";
import { showModel } from "./engine/showing.ts";
import { natsOpener } from "./host/nats.ts";
import { redactBody } from "./host/redact-body.ts";
import { settingsText } from "./host/settings-text.ts";
import { startControl } from "./ingress/control.ts";
import type { ControlGate, Gate, OnBug } from "./ingress/doors.ts";
import { refuseWith } from "./ingress/errors.ts";
import { GatewayDoor } from "./ingress/gateway-door.ts";
import type { Door } from "./ingress/http.ts";
import type { NotListening } from "./ingress/listen.ts";
import { Announcement } from "./nodes/finding/announcement.ts";
import { createNodeHttp } from "./nodes/http.ts";
import { createImageFetcher } from "./nodes/image-fetch.ts";
import { nodeKinds } from "./nodes/index.ts";
import { survey } from "./nodes/survey.ts";
import { surroundings, tellAddress, tellKeys, urlOf } from "./standing-messages.ts";

export interface HomeportOptions {
  readonly config: ConfigSource;
  readonly secrets: Secrets;
  /** Where the desktop keeps keys; absent in headless use. */
  readonly secretStore?: SecretStore;
  readonly journal: Journal;
  /** What this machine's tools tell of its devices; absent: nodes on it are not measured. */
  readonly devices?: DeviceReader;
  readonly log: Log;
  /** Publishes figures where the configuration names a Redis; absent: nowhere. */
  readonly announcer?: Announcer;
  /** Kinds of node; all there are where absent. */
  readonly kinds?: NodeKinds;
  /** Opens links to NATS servers; the official client where absent. */
  readonly openNats?: OpenNats;
  readonly clock: Clock;
  /** Absent: no machine can be woken, and this one's sleep goes unnoticed. */
  readonly thisComputer?: EngineParts["thisComputer"];
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
  /** Where settings and history are kept; the usual folder where absent. */
  readonly dataDir?: string;
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
  /** First push is a snapshot. `quiet`: for a tray, which needs to know but is not looked at. Returns the function that stops. */
  listen(onPush: (push: Push) => void, quiet?: boolean): () => void;
  /** Refuse, drain (at most `drainMs`), abort, close. */
  stop(drainMs?: number): Promise<void>;
}

/** A port asked for is taken: exit code 3 in headless mode. */
export class PortTaken extends Error {
  readonly exitCode = 3;
  readonly port: number;
  constructor(port: number) {
    super(`Port ${port} is taken by another program. Stop it, or choose another with --port or --control-port.`);
    this.port = port;
  }
}

/** An address that cannot be bound for another reason: exit code 2. */
export class CannotListen extends Error {
  readonly exitCode = 2;
}

const tokenBytes = 32;
/** Enough that no two gateways of a house have one name. */
const instanceBytes = 9;

/** Starts everything. Throws `PortTaken` or `CannotListen` with nothing left running. */
export async function startHomeport(options: HomeportOptions): Promise<Homeport> {
  const token = randomBytes(tokenBytes).toString("base64url");
  const { log, config, secrets, listen: fixed, whenPortTaken } = options;
  const instance = randomBytes(instanceBytes).toString("base64url");
  const engine: Engine = new Engine({
    ...options,
    kinds: options.kinds ?? nodeKinds,
    survey,
    instance,
    machine: hostname(),
    images: createImageFetcher(),
    openNats: options.openNats ?? natsOpener(options),
    refuse: refuseWith,
    surroundings: () => ({ ...surroundings(options, gateway, engine), search: search.view, capture: capture.view }),
  });
  const capture = new Capture({
    clock: options.clock,
    redact: (text) => redactBody(text, keysOf(engine.config, secrets)),
    onChange: () => engine.touched(),
  });
  const onBug = (error: unknown, where: string) =>
    log.error({ where, stack: error instanceof Error ? error.stack : String(error) }, "a bug at a door");
  const gateway = new GatewayDoor({
    gate: gateOf(engine, instance, capture),
    resolveKey: (ref) => secrets.resolve(ref),
    onBug,
    whenPortTaken,
    fixed,
    onMoved: (failure) => {
      tellAddress(engine, gateway, failure);
      announce();
    },
  });
  const announcement = new Announcement(options.version, log);
  const announce = () => {
    const { advertise } = config.current().discovery;
    void announcement.follow({ allowed: advertise, host: gateway.wish.host, port: gateway.port });
  };
  let control: Door | undefined;
  const ownPorts = () => [gateway.port, control?.port].filter((port) => port !== undefined);
  const { clock } = options;
  const search = new ServerSearch({
    survey,
    clock,
    fleet: () => engine.fleet,
    ownPorts,
    onChange: () => engine.touched(),
    nats: () => natsOf(engine),
  });
  const connection = {
    open: (key: string | undefined) =>
      createNodeHttp({ node: "The gateway", url: urlOf(gateway.wish.host, gateway.port ?? gateway.wish.port), key }),
    resolve: secrets.resolve.bind(secrets),
    clock,
  };
  const doors = () => ({
    gateway: { ...gateway.wish, bound: gateway.port },
    control: { host: engine.config.control.host, port: fixed.controlPort ?? engine.config.control.port, bound: control?.port },
  });
  let called: Promise<Doctor> | undefined;
  // Read when first asked for: most days nobody is ill, and its questions need much that nothing else does.
  const doctor: Doctor = {
    examine: async (wish) => {
      called ??= import("./doctor/doctor.ts").then(({ createDoctor }) => createDoctor({ ...options, survey, house: engine, doors }));
      return (await called).examine(wish);
    },
  };
  const dispatch = createHandlers({
    engine,
    config,
    survey,
    log,
    search,
    connection,
    secrets,
    settingsText,
    secretStore: options.secretStore,
    doctor,
    capture,
  });
  const listen = (onPush: (push: Push) => void, quiet = false) => {
    const stopListening = engine.publisher.listen(onPush, quiet);
    if (!quiet) engine.poller.hurry();
    return stopListening;
  };
  const stopFollowing = config.subscribe(
    (next) => {
      gateway.follow(next);
      announce();
      tellKeys(engine, options);
    },
    () => undefined,
  );
  const stopSecrets = secrets.subscribe?.(() => {
    engine.secretsChanged();
    tellKeys(engine, options);
  });
  let stopping: Promise<void> | undefined;
  const stop = (drainMs = 0) => (stopping ??= stopAll(drainMs));
  const stopAll = async (drainMs: number) => {
    stopFollowing();
    stopSecrets?.();
    search.cancel();
    capture.stop();
    // The doors refuse newcomers at once and wait for answers under way; the engine then has nothing left to drain.
    await Promise.all([gateway.stop(drainMs), control?.stop(0), announcement.close()]);
    await engine.stop(drainMs);
    options.journal.close();
  };
  engine.start();
  tellKeys(engine, options);
  try {
    const closed = await gateway.open();
    if (closed !== undefined) throw cannotOpen(closed);
    tellAddress(engine, gateway, undefined);
    announce();
    if (options.control)
      control = await openControl(
        options,
        engine,
        { dispatch, listen, usage: (onState) => engine.chronicle.usage.listen(onState) },
        token,
        onBug,
      );
  } catch (error) {
    await stop();
    throw error;
  }
  if (options.discover) addFoundNodes(engine, config, survey, ownPorts(), log).catch((error: unknown) => onBug(error, "discovery"));
  return {
    get gatewayUrl() {
      return urlOf(gateway.wish.host, gateway.port ?? gateway.wish.port);
    },
    controlUrl: control === undefined ? undefined : urlOf("127.0.0.1", control.port),
    token,
    engine,
    snapshot: () => engine.snapshot(),
    dispatch,
    listen,
    stop,
  };
}

async function openControl(options: HomeportOptions, engine: Engine, gate: ControlGate, token: string, onBug: OnBug): Promise<Door> {
  const { host, port } = engine.config.control;
  const { rendererDir, whenPortTaken } = options;
  const door = await startControl({ gate, token, rendererDir, onBug, host, port: options.listen.controlPort ?? port, whenPortTaken });
  if ("failure" in door) throw cannotOpen(door);
  return door;
}

function cannotOpen(closed: NotListening): Error {
  return closed.taken === undefined ? new CannotListen(closed.failure.message) : new PortTaken(closed.taken);
}

/** The engine as the gateway port sees it. */
function gateOf(engine: Engine, instance: string, capture: Capture): Gate {
  return {
    instance,
    config: () => engine.config,
    fleet: () => engine.fleet,
    now: () => engine.now(),
    route: (call, reply) => engine.route(call, capture.heard(call, reply)),
    show: (model, verbose) => showModel(engine, model, verbose),
    enter: (client) => engine.clientLimits.enter(client),
    responses: new ResponseStore(),
    metrics: () => engine.chronicle.metrics.exposition(),
  };
}

/** The NATS server at which workers are looked for. */
function natsOf({ config: { nats }, natsLinks }: Engine) {
  return nats === undefined || natsLinks === undefined ? undefined : { link: natsLinks.take(nats), url: nats.url };
}

/** The value of every key that the settings name and that is where they say. */
function keysOf(config: Config, secrets: Secrets): readonly string[] {
  return secretUses(config).flatMap(({ ref }) => secrets.resolve(ref) ?? []);
}
