// The gateway port: guard, then a route by the raw path, then its answer. Nothing of the control API is here (S-07).
import type { Config } from "../contract/config.ts";
import { fail } from "../contract/failure.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import type { ClientKey } from "../contract/routing.ts";
import { type SecretRef, secretRemedy } from "../contract/secret-ref.ts";
import { routes as inferenceRoutes } from "../dialects/facts.ts";
import { agentIn, answerCapabilities, takeAgentJob } from "./agents.ts";
import { callerOf, gateFor, type KeyRing, keyRing } from "./client-keys.ts";
import { answerDestructive } from "./destructive.ts";
import type { Gate, OnBug } from "./doors.ts";
import { refuse } from "./errors.ts";
import { type GuardRules, hostsOf, inspect, type KeyRule, keyHash, permissionFor, preflight, type Refused } from "./guard.ts";
import { refusedHops } from "./hops.ts";
import type { Door, HttpLimits, OpenDoor } from "./http.ts";
import { startHttp } from "./http.ts";
import { takeCall, withBody } from "./inference.ts";
import type { ListenWish, NotListening } from "./listen.ts";
import {
  answerHealth,
  answerMetrics,
  answerModel,
  answerModels,
  answerPs,
  answerRoot,
  answerShow,
  answerTags,
  answerTokenCount,
  answerVersion,
  speaksAnthropic,
} from "./lists.ts";
import { answerInputTokens, answerResponse, responsePath, takeResponse } from "./responses.ts";
import type { UploadWatch } from "./upload.ts";
import type { Visit } from "./visit.ts";

export interface GatewayOptions extends ListenWish {
  readonly gate: Gate;
  /** Finds the value of `gateway.key`. */
  readonly resolveKey: (ref: SecretRef) => string | undefined;
  readonly onBug: OnBug;
  /** For tests; `maxConnections` otherwise comes from the configuration. */
  readonly limits?: Partial<HttpLimits>;
}

/** Opens the gateway port. */
export function startGateway(options: GatewayOptions): Promise<Door | NotListening> {
  const limits = { maxConnections: options.gate.config().gateway.maxConnections, ...options.limits };
  return startHttp({ ...options, limits, open: gatewayDoor(options) });
}

interface Row {
  readonly dialect: Dialect;
  readonly methods: readonly string[];
  readonly answer: (visit: Visit) => void;
}

const reading = ["GET", "HEAD"] as const;
const showBytes = 64 * 1024;

function gatewayDoor({ gate, resolveKey, onBug }: GatewayOptions): OpenDoor {
  return (port, uploads) => {
    const gates = gatesFor(gate);
    const table = tableOf(gate, gates, uploads, onBug);
    const current = rulesFor(port, () => gate.config(), resolveKey);
    return (visit) => {
      visit.dialect = dialectOf(visit);
      const { rules, ring } = current();
      const refused = inspect(visit, rules) ?? (ring === undefined ? undefined : identify(visit, ring));
      if (refused !== undefined) return refuse(visit, refused.failure, {}, refused.status);
      const hops = visit.headers["x-homeport-hops"];
      const circle = hops === undefined ? undefined : refusedHops(hops, gate.instance);
      if (circle !== undefined) return refuse(visit, circle);
      const { origin } = visit.headers;
      if (origin !== undefined) visit.extraHeaders = permissionFor(origin);
      dispatch(visit, table.get(visit.path) ?? byPrefix(visit.path, gate, gates, uploads));
    };
  };
}

function dispatch(visit: Visit, row: Row | undefined): void {
  if (visit.method === "OPTIONS" && visit.headers.origin !== undefined) {
    const wanted = visit.headers["access-control-request-headers"];
    visit.extraHeaders = { ...visit.extraHeaders, ...preflight(typeof wanted === "string" ? wanted : undefined) };
    visit.head(204, {});
    return visit.end();
  }
  if (row === undefined) return refuse(visit, fail("not-found", `There is nothing at ${visit.path.slice(0, 200)}.`));
  visit.dialect = row.dialect;
  if (row.methods.includes(visit.method)) return row.answer(visit);
  const allow = row.methods.join(", ");
  refuse(visit, fail("method-not-allowed", `${visit.path} takes ${allow}, not ${visit.method}.`), { allow });
}

/** The dialect an error is told in where the path leads nowhere: by its beginning. Both dialects list models at one path. */
function dialectOf(visit: Visit): Dialect {
  const { path } = visit;
  if (path.startsWith("/api/")) return "ollama";
  if (path === "/v1/messages" || path.startsWith("/v1/messages/")) return "anthropic";
  return path.startsWith("/v1/models") && speaksAnthropic(visit) ? "anthropic" : "openai";
}

/** Learns whose key a request came with. A preflight carries none, and its answer tells nothing. */
function identify(visit: Visit, ring: KeyRing): Refused | undefined {
  if (visit.method === "OPTIONS") return undefined;
  const caller = callerOf(visit.headers, ring);
  if ("failure" in caller) return caller;
  visit.client = caller.client;
  return undefined;
}

/** The gate as a visit's client has it. Without a client key, the gate itself. */
type GatesOf = (visit: Visit) => ReturnType<typeof gateFor>;

/** Kept per key of a configuration: a change of the key's rights is another key. */
function gatesFor(gate: Gate): GatesOf {
  const everyone = { lists: gate, calls: gate };
  const known = new WeakMap<ClientKey, ReturnType<typeof gateFor>>();
  return ({ client }) => {
    if (client === undefined) return everyone;
    const before = known.get(client) ?? gateFor(client, gate);
    known.set(client, before);
    return before;
  };
}

type ResolveKey = (ref: SecretRef) => string | undefined;

interface Rules {
  readonly rules: GuardRules;
  /** Where clients have keys of their own, these and not the guard's one key decide. */
  readonly ring: KeyRing | undefined;
}

/** Rebuilt when the configuration's gateway or clients are other objects, which is to say when they changed. */
function rulesFor(port: number, current: () => Config, resolveKey: ResolveKey): () => Rules {
  let made: (Rules & { readonly gateway: Config["gateway"]; readonly clients: Config["clients"] }) | undefined;
  return () => {
    const { gateway, clients } = current();
    if (made?.gateway === gateway && made.clients === clients) return made;
    const keyless = { ...guardRules(gateway, port, resolveKey), key: { state: "open" as const } };
    made =
      clients.length === 0
        ? { gateway, clients, rules: guardRules(gateway, port, resolveKey), ring: undefined }
        : { gateway, clients, rules: keyless, ring: keyRing(clients, gateway.key, resolveKey) };
    return made;
  };
}

/** The guard's rules for a configuration and the port in fact bound. */
export function guardRules(gateway: Config["gateway"], port: number, resolveKey: ResolveKey): GuardRules {
  const everywhere = gateway.host === "0.0.0.0" || gateway.host === "::" || gateway.host === "[::]";
  const names = everywhere ? gateway.allowedHosts : [gateway.host, ...gateway.allowedHosts];
  return {
    hosts: hostsOf(port, names),
    origins: new Set(gateway.allowedOrigins.map((origin) => origin.toLowerCase())),
    key: keyRule(gateway.key, resolveKey),
  };
}

function keyRule(ref: SecretRef | undefined, resolveKey: ResolveKey): KeyRule {
  if (ref === undefined) return { state: "open" };
  const key = resolveKey(ref);
  return key === undefined || key === "" ? { state: "unset", says: secretRemedy(ref) } : { state: "required", hash: keyHash(key) };
}

function tableOf(gate: Gate, gates: GatesOf, uploads: UploadWatch, onBug: OnBug): ReadonlyMap<string, Row> {
  const startedMs = gate.now();
  const table = new Map<string, Row>();
  for (const [path, route] of inferenceRoutes) {
    const answer =
      route.dialect === "responses"
        ? (visit: Visit) => takeResponse(visit, path, route, gates(visit).calls, uploads, gate.responses)
        : (visit: Visit) => takeCall(visit, path, route, gates(visit).calls, uploads);
    table.set(path, { dialect: route.dialect, methods: ["POST"], answer });
  }
  const later = (visit: Visit, done: Promise<void>) => {
    done.catch((error: unknown) => {
      onBug(error, visit.path);
      refuse(visit, fail("internal", "Homeport failed to answer; its log has the details."));
    });
  };
  const read = (path: string, dialect: Dialect, answer: (visit: Visit) => void) => table.set(path, { dialect, methods: reading, answer });
  read("/", "ollama", answerRoot);
  read("/health", "openai", (visit) => answerHealth(visit, gate.fleet()));
  read("/metrics", "openai", (visit) => later(visit, answerMetrics(visit, gate)));
  read("/v1/models", "openai", (visit) => answerModels(visit, gates(visit).lists, startedMs));
  read("/v1/capabilities", "openai", (visit) => answerCapabilities(visit, gates(visit).lists, gate.now()));
  read("/api/version", "ollama", (visit) => answerVersion(visit, gate.fleet()));
  read("/api/tags", "ollama", (visit) => answerTags(visit, gates(visit).lists));
  read("/api/ps", "ollama", (visit) => answerPs(visit, gates(visit).lists.fleet()));
  table.set("/api/show", {
    dialect: "ollama",
    methods: ["POST"],
    answer: (visit) => withBody(visit, showBytes, uploads, (body) => later(visit, answerShow(visit, gates(visit).lists, body))),
  });
  table.set("/v1/messages/count_tokens", {
    dialect: "anthropic",
    methods: ["POST"],
    answer: (visit) => withBody(visit, gate.config().gateway.maxBodyBytes, uploads, (body) => answerTokenCount(visit, body)),
  });
  table.set("/v1/responses/input_tokens", {
    dialect: "responses",
    methods: ["POST"],
    answer: (visit) =>
      withBody(visit, gate.config().gateway.maxBodyBytes, uploads, (body) => answerInputTokens(visit, body, gate.responses)),
  });
  for (const name of ["pull", "push", "create", "copy", "delete"] as const) {
    const method = name === "delete" ? "DELETE" : "POST";
    table.set(`/api/${name}`, {
      dialect: "ollama",
      methods: [method],
      answer: (visit) => answerDestructive(visit, name, method, gate, uploads),
    });
  }
  return table;
}

/** Routes whose path ends in a name. */
function byPrefix(path: string, gate: Gate, gates: GatesOf, uploads: UploadWatch): Row | undefined {
  if (path.startsWith("/v1/models/") && path.length > "/v1/models/".length) {
    const id = path.slice("/v1/models/".length);
    return { dialect: "openai", methods: reading, answer: (visit) => answerModel(visit, gates(visit).lists, id, gate.now()) };
  }
  const agent = agentIn(path);
  if (agent !== undefined)
    return { dialect: "openai", methods: ["POST"], answer: (visit) => takeAgentJob(visit, agent, gates(visit).calls, uploads) };
  const response = responsePath(path);
  if (response !== undefined) {
    const methods = response.part === "" ? ["GET", "HEAD", "DELETE"] : reading;
    return { dialect: "responses", methods, answer: (visit) => answerResponse(visit, response, gate.responses) };
  }
  if (path.startsWith("/api/blobs/")) {
    const answer = (visit: Visit) => answerDestructive(visit, "blobs", visit.method === "HEAD" ? "HEAD" : "POST", gate, uploads);
    return { dialect: "ollama", methods: ["HEAD", "POST"], answer };
  }
  return undefined;
}
