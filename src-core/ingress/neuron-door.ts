// The neuron HTTP interface of a worker (apis.md 7): what can drive a neuron can drive this machine. Inference goes the way it goes through the
// gateway. Guarded like it, too: exact Host names, no web pages, and beyond loopback never without a token (S-01 to S-05).
import { arch, hostname, networkInterfaces, platform, release } from "node:os";
import { isLoopbackHost } from "../contract/config.ts";
import { type Failure, fail } from "../contract/failure.ts";
import { routes as inferenceRoutes } from "../dialects/facts.ts";
import { capabilityWords, homeOf, neuronDiscovery, neuronHealth, neuronModel, neuronModels, statusOf } from "../dialects/neuron-said.ts";
import type { Engine } from "../engine/engine.ts";
import type { DeviceReader } from "../engine/ports.ts";
import { ResponseStore } from "../engine/response-store.ts";
import { answerJson } from "./answers.ts";
import type { Gate, OnBug } from "./doors.ts";
import { refuse } from "./errors.ts";
import { type GuardRules, hostsOf, inspect } from "./guard.ts";
import { refusedHops } from "./hops.ts";
import { type Door, type HttpLimits, startHttp } from "./http.ts";
import { parseBody, takeCall, withBody } from "./inference.ts";
import type { NotListening } from "./listen.ts";
import { answerModel, answerModels } from "./lists.ts";
import { type NeuronAnswer, neuronLoad, neuronUnload } from "./neuron-calls.ts";
import { takeResponse } from "./responses.ts";
import type { UploadWatch } from "./upload.ts";
import type { Visit } from "./visit.ts";

export interface NeuronDoorOptions {
  readonly engine: Engine;
  readonly host: string;
  /** 0 picks any free port. */
  readonly port: number;
  /** What `keyHash` makes of the token; absent: nobody is asked for one, which only loopback allows. */
  readonly tokenHash: Buffer | undefined;
  readonly devices: DeviceReader;
  readonly version: string;
  readonly onBug: OnBug;
  /** This worker's own name among gateways; a request that came through it already is refused. */
  readonly instance?: string | undefined;
  /** Names beside this machine's own that clients may use for it. */
  readonly allowedHosts?: readonly string[];
  readonly limits?: Partial<HttpLimits>;
}

/** Opens the port; refuses to be reachable by others without a token. */
export async function startNeuronDoor(options: NeuronDoorOptions): Promise<Door | NotListening> {
  const { host, port, tokenHash, onBug, engine } = options;
  if (!isLoopbackHost(host) && tokenHash === undefined) return { failure: tokenless(host) };
  const limits = { maxConnections: engine.config.gateway.maxConnections, ...options.limits };
  return startHttp({ host, port, whenPortTaken: "fail", onBug, limits, open: (bound, uploads) => openNeuron(options, bound, uploads) });
}

function tokenless(host: string): Failure {
  const message = `Listening on ${host} lets other machines use this worker's models, so it needs a token: give --token-file, or listen on 127.0.0.1.`;
  return fail("invalid-request", message);
}

interface Row {
  readonly methods: readonly string[];
  readonly answer: (visit: Visit) => void;
}

const reading = ["GET", "HEAD"] as const;
const callBytes = 64 * 1024;
/** Addresses of a machine change seldom; a Host that is not among them is looked up again, but not for every stranger. */
const hostsMs = 5_000;

function openNeuron(options: NeuronDoorOptions, port: number, uploads: UploadWatch): (visit: Visit) => void {
  const rules = rulesFor(options, port);
  const table = tableOf(options, uploads);
  return (visit) => {
    const refused = inspect(visit, rules(visit.headers.host));
    if (refused !== undefined) return refuse(visit, refused.failure, {}, refused.status);
    const hops = visit.headers["x-homeport-hops"];
    const circle = hops === undefined ? undefined : refusedHops(hops, options.instance);
    if (circle !== undefined) return refuse(visit, circle);
    const row = table.get(visit.path) ?? byPrefix(visit.path, options.engine);
    if (row === undefined) return refuse(visit, fail("not-found", `There is nothing at ${visit.path.slice(0, 200)}.`));
    if (row.methods.includes(visit.method)) return row.answer(visit);
    const allow = row.methods.join(", ");
    refuse(visit, fail("method-not-allowed", `${visit.path.slice(0, 200)} takes ${allow}, not ${visit.method}.`), { allow });
  };
}

/** Reached by others, a machine has the names and addresses it has; web pages of any origin stay out. */
function rulesFor(
  { host, tokenHash, allowedHosts = [], engine }: NeuronDoorOptions,
  port: number,
): (asked: string | undefined) => GuardRules {
  const key = tokenHash === undefined ? { state: "open" as const } : { state: "required" as const, hash: tokenHash };
  const wide = !isLoopbackHost(host);
  const made = (): GuardRules => ({ hosts: hostsOf(port, [...(wide ? ownNames() : []), ...allowedHosts]), origins: new Set(), key });
  let rules = made();
  let madeAt = engine.now();
  return (asked) => {
    if (!wide || asked === undefined || rules.hosts.has(asked.toLowerCase()) || engine.now() - madeAt < hostsMs) return rules;
    madeAt = engine.now();
    rules = made();
    return rules;
  };
}

function ownNames(): readonly string[] {
  const name = hostname().toLowerCase();
  const bare = name.split(".", 1)[0] ?? name;
  const addresses = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).map(({ address }) => address.split("%", 1)[0] ?? address),
  );
  return [...new Set([name, bare, `${bare}.local`, ...addresses])];
}

function tableOf(options: NeuronDoorOptions, uploads: UploadWatch): ReadonlyMap<string, Row> {
  const { engine, devices, version, onBug } = options;
  const gate = gateOf(options);
  const startedMs = engine.now();
  const later = (visit: Visit, done: Promise<void>) => {
    done.catch((error: unknown) => {
      onBug(error, visit.path);
      refuse(visit, fail("internal", "The worker failed to answer; its log has the details."));
    });
  };
  const read = (answer: (visit: Visit) => Promise<void> | void): Row => ({
    methods: reading,
    answer: (visit) => {
      const done = answer(visit);
      if (done !== undefined) later(visit, done);
    },
  });
  const call = (act: (engine: Engine, body: unknown) => Promise<NeuronAnswer>): Row => ({
    methods: ["POST"],
    answer: (visit) =>
      withBody(visit, callBytes, uploads, (body) => {
        const parsed = parseBody(body);
        if ("failure" in parsed) return refuse(visit, parsed.failure);
        later(
          visit,
          act(engine, parsed.value).then((said) => answer(visit, said)),
        );
      }),
  });
  const host = { hostname: hostname(), os: platform(), kernel: release(), arch: arch() };
  return new Map<string, Row>([
    [
      "/version",
      read((visit) => answerJson(visit, { version, git_sha: "", features: ["homeport"], toolchain: `node ${process.version}` })),
    ],
    ["/discovery", read(async (visit) => answerJson(visit, neuronDiscovery(host, await devices.read(), engine.fleet)))],
    ["/health", read(async (visit) => answerHealth(visit, options, startedMs))],
    ["/models", read(async (visit) => answerJson(visit, neuronModels(engine.fleet, (await devices.read()).devices)))],
    ["/models/load", call(neuronLoad)],
    ["/models/unload", call(neuronUnload)],
    ["/v1/models", read((visit) => answerModels(visit, gate, startedMs))],
    ...inferenceRows(gate, uploads),
  ]);
}

/** The routes of OpenAI's dialect: a neuron speaks no other. */
function inferenceRows(gate: Gate, uploads: UploadWatch): readonly (readonly [string, Row])[] {
  return [...inferenceRoutes].flatMap(([path, route]) => {
    if (route.dialect !== "openai" && route.dialect !== "responses") return [];
    const answer =
      route.dialect === "responses"
        ? (visit: Visit) => takeResponse(visit, path, route, gate, uploads, gate.responses)
        : (visit: Visit) => takeCall(visit, path, route, gate, uploads);
    return [[path, { methods: ["POST"], answer }] as const];
  });
}

async function answerHealth(visit: Visit, { engine, devices }: NeuronDoorOptions, startedMs: number): Promise<void> {
  const reading = await devices.read();
  const { queues } = engine.snapshot();
  const waiting = (key: string) => (queues !== undefined && Object.hasOwn(queues, key) ? (queues[key]?.depth ?? 0) : 0);
  const { queueDepth } = engine.config.requests;
  answerJson(visit, neuronHealth({ uptimeMs: engine.now() - startedMs, reading, fleet: engine.fleet, waiting, queueDepth }));
}

/** Routes with a model's name in them, percent-encoded or as it is. */
function byPrefix(path: string, engine: Engine): Row | undefined {
  const [, raw, part] = /^\/models\/(.+)\/(endpoint|capabilities)$/.exec(path) ?? [];
  if (raw !== undefined) {
    const answer = (visit: Visit) =>
      part === "endpoint" ? answerEndpoint(visit, engine, decoded(raw)) : answerCapabilities(visit, engine, decoded(raw));
    return { methods: reading, answer };
  }
  const id = path.startsWith("/v1/models/") ? path.slice("/v1/models/".length) : "";
  return id === ""
    ? undefined
    : {
        methods: reading,
        answer: (visit) => answerModel(visit, { fleet: () => engine.fleet, config: () => engine.config }, id, engine.now()),
      };
}

/** Where the model answers: here, by the name that the client knows us by. */
function answerEndpoint(visit: Visit, { fleet }: Engine, id: string): void {
  const model = neuronModel(fleet, id);
  if (model === undefined || statusOf(homeOf(model)) !== "loaded")
    return answerJson(visit, { error: `model ${id.slice(0, 512)} not loaded` }, 404);
  answerJson(visit, { url: `http://${visit.headers.host ?? "localhost"}` });
}

/** 404 means that nobody can say, which is not "none". */
function answerCapabilities(visit: Visit, { fleet }: Engine, id: string): void {
  const model = neuronModel(fleet, id);
  const capabilities = model === undefined ? undefined : capabilityWords(homeOf(model).entry.can);
  if (capabilities !== undefined) return answerJson(visit, { capabilities });
  answerJson(visit, { error: `nothing is known of what ${id.slice(0, 512)} can do` }, 404);
}

function answer(visit: Visit, { status, body, retryAfterSeconds }: NeuronAnswer): void {
  const wait = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  visit.head(status, { "content-type": "application/json; charset=utf-8", ...wait });
  visit.end(Buffer.from(JSON.stringify(body)));
}

function gateOf({ engine, instance }: NeuronDoorOptions): Gate {
  return {
    instance,
    config: () => engine.config,
    fleet: () => engine.fleet,
    now: () => engine.now(),
    route: (call, reply) => engine.route(call, reply),
    show: async (model) => ({ failure: fail("not-found", `Details of ${model} are not told here.`) }),
    responses: new ResponseStore(),
    metrics: () => engine.chronicle.metrics.exposition(),
  };
}

function decoded(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}
