// The one contract between the engine and any window: methods and pushes, described once, carried by IPC, HTTP or memory.
import { z } from "zod";
import { CaptureState, captureMethods } from "./capture.ts";
import { CloudPreset } from "./cloud-presets.ts";
import { NodeFields, NodeUrl } from "./config.ts";
import { ConnectionAsk, ConnectionVerdict } from "./connecting.ts";
import { ConfigChange, Diagnosis, DoctorWish } from "./diagnosis.ts";
import { Failure, fail } from "./failure.ts";
import { FindWish, Fingerprint, FoundServer, OwnSubnet, SearchView } from "./finding.ts";
import { Fleet } from "./fleet.ts";
import { HistoryPage, HistoryQuery, UsageQuery, UsageSum } from "./history.ts";
import { ModelId, NodeId } from "./ids.ts";
import { LoadChoices, ModelOptionsChange, UnloadAfter } from "./model-options.ts";
import { Dialect, NodeKind } from "./node-kinds.ts";
import { NodeLogPage, NodeLogQuery } from "./node-log.ts";
import { PullName } from "./pulls.ts";
import { Explanation, type RequestRow, Task } from "./route.ts";
import { AliasGroup } from "./routing.ts";
import { RoutingDocument, routingMethods } from "./routing-document.ts";
import { settingsMethods } from "./settings-methods.ts";

/** Something a person should know about: shown in the window, and by the desktop as a notification. Never prompt text or keys. */
export const Notice = z
  .object({
    id: z.string(),
    at: z.number(),
    kind: z.enum([
      "breaker-opened",
      "breaker-closed",
      "node-unhealthy",
      "resident-cap",
      "prompt-truncated",
      "unload-stuck",
      "load-finished",
      "load-failed",
      "pull-finished",
      "pull-failed",
      "config-rejected",
      "settings-recovered",
      "settings-not-saved",
      "port-moved",
      "nodes-found",
      "budget-warning",
      "budget-exhausted",
    ]),
    title: z.string(),
    body: z.string(),
    node: NodeId.optional(),
    urgent: z.boolean(),
  })
  .readonly();
export type Notice = z.infer<typeof Notice>;

/** A standing message at the top of the window until its cause is gone. */
export const Banner = z
  .object({
    id: z.string(),
    level: z.enum(["info", "warning", "error"]),
    title: z.string(),
    body: z.string(),
    /** The method that may end its cause. */
    action: z.enum(["retryNats"]).optional(),
  })
  .readonly();
export type Banner = z.infer<typeof Banner>;

/** Who waits for one model now. `expectedWaitMs`: an estimate for one who came now; absent where nothing is known. */
export const QueueView = z
  .object({
    depth: z.number(),
    lanes: z.object({ interactive: z.number(), batch: z.number() }).readonly(),
    expectedWaitMs: z.number().optional(),
  })
  .readonly();
export type QueueView = z.infer<typeof QueueView>;

/** Everything the window shows apart from activity. `version` grows; `now` is the engine's clock, so that ages need no clock agreement. */
export const Snapshot = z
  .object({
    version: z.number(),
    now: z.number(),
    app: z.object({ version: z.string(), demo: z.boolean(), desktop: z.boolean() }).readonly(),
    gateway: z
      .object({ url: z.string(), port: z.number(), wantedPort: z.number(), loopback: z.boolean(), keyRequired: z.boolean() })
      .readonly(),
    fleet: Fleet,
    /** By the model's canonical name; absent while nobody waits. */
    queues: z.record(z.string(), QueueView).optional(),
    /** Canonical names of models that are shown first; absent while there are none. */
    pinned: z.array(z.string()).readonly().optional(),
    banners: z.array(Banner).readonly(),
    notices: z.array(Notice).readonly(),
    /** The search for servers that runs, or the last one; absent before the first. */
    search: SearchView.optional(),
    /** Absent while no requests are captured. */
    capture: CaptureState.optional(),
  })
  .readonly();
export type Snapshot = z.infer<typeof Snapshot>;

/** How busy the house is: calls under way by node and model, waiters by model, and sums since the start. */
export interface UsageState {
  readonly at: number;
  readonly inFlight: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly queues: Readonly<Record<string, number>>;
  readonly totals: {
    readonly requests: number;
    readonly failed: number;
    readonly attempts: number;
    readonly tokensIn: number;
    readonly tokensOut: number;
  };
}

const nothing = z.object({}).readonly();
const modelOnNode = z.strictObject({ node: NodeId, model: ModelId });
/** A change to a node's configuration; an absent field stays, null clears. The id stays. */
export const NodePatch = z.strictObject({
  kind: NodeKind.optional(),
  url: NodeUrl.optional(),
  nats: NodeFields.shape.nats,
  subject: NodeFields.shape.subject,
  natsCredentials: NodeFields.shape.natsCredentials.unwrap().nullable().optional(),
  preset: CloudPreset.nullable().optional(),
  offer: NodeFields.shape.offer.unwrap().nullable().optional(),
  name: z.string().min(1).max(120).nullable().optional(),
  place: NodeFields.shape.place.unwrap().nullable().optional(),
  enabled: z.boolean().optional(),
  slots: NodeFields.shape.slots.unwrap().nullable().optional(),
  key: NodeFields.shape.key.unwrap().nullable().optional(),
  tls: NodeFields.shape.tls.unwrap().nullable().optional(),
  devices: NodeFields.shape.devices.unwrap().optional(),
  drained: z.boolean().optional(),
  watts: NodeFields.shape.watts.unwrap().nullable().optional(),
  wake: NodeFields.shape.wake.unwrap().nullable().optional(),
  quietHours: NodeFields.shape.quietHours.unwrap().optional(),
  warmAt: NodeFields.shape.warmAt.unwrap().optional(),
});
export type NodePatch = z.infer<typeof NodePatch>;

/** The table. Input is parsed strictly before a handler sees it; output is what the handler returns. */
export const methods = {
  snapshot: { input: z.strictObject({}), output: Snapshot },
  /** `force`: past our estimate of room. What is not said is as the model's options say. */
  load: {
    input: modelOnNode.extend({
      force: z.boolean().optional(),
      contextTokens: ModelOptionsChange.shape.contextTokens.unwrap().unwrap().optional(),
      unloadAfterMinutes: UnloadAfter.optional(),
    }),
    output: z.object({ ms: z.number() }).readonly(),
  },
  /** What loading it would mean on each node now, the best first. Nothing is loaded. */
  loadChoices: {
    input: z.strictObject({ model: ModelId, contextTokens: ModelOptionsChange.shape.contextTokens.unwrap().unwrap().optional() }),
    output: LoadChoices,
  },
  /** What a person wants of a model, saved for every load of it. */
  setModelOptions: { input: z.strictObject({ model: ModelId, change: ModelOptionsChange }), output: nothing },
  /** Keeps the model in this node's memory until somebody unloads it there or says otherwise. */
  keepLoaded: { input: modelOnNode.extend({ keep: z.boolean() }), output: nothing },
  /** Stops a load. Who waits for it is told so, or tries another node. */
  cancelLoad: { input: modelOnNode.extend({ elsewhere: z.boolean().optional() }), output: nothing },
  /** Stops a load and begins it anew on the same node; who waits for it waits on. */
  retryLoad: { input: modelOnNode, output: nothing },
  unload: { input: modelOnNode, output: nothing },
  /** Begins to fetch a model to these nodes and answers at once; how far each is stands in the fleet. `refused`: nodes where it did not begin. */
  pullModel: {
    input: z.strictObject({ nodes: z.array(NodeId).min(1).max(1000), model: PullName }),
    output: z.object({ refused: z.array(z.object({ node: NodeId, failure: Failure }).readonly()).readonly() }).readonly(),
  },
  /** Stops a fetch, or dismisses one that failed. `says`: what becomes of what was fetched. */
  cancelPull: { input: modelOnNode, output: z.object({ says: z.string().optional() }).readonly() },
  /** Deletes a model from a node's disk. Never while it is in use. */
  removeModel: { input: modelOnNode, output: nothing },
  addNode: { input: NodeFields.partial({ id: true, enabled: true, devices: true }), output: z.object({ id: NodeId }).readonly() },
  updateNode: { input: z.strictObject({ node: NodeId, change: NodePatch }), output: nothing },
  removeNode: { input: z.strictObject({ node: NodeId }), output: nothing },
  probeNode: { input: z.strictObject({ url: NodeUrl }), output: Fingerprint },
  /** Looks for servers and answers when the search has ended; the snapshot shows how far it is. Without `sources`: this computer. */
  discover: { input: FindWish.partial(), output: z.object({ found: z.array(FoundServer).readonly() }).readonly() },
  cancelDiscover: { input: z.strictObject({}), output: nothing },
  /** The private networks of this computer, to choose from. */
  ownSubnets: { input: z.strictObject({}), output: z.object({ subnets: z.array(OwnSubnet).readonly() }).readonly() },
  tripBreaker: { input: z.strictObject({ node: NodeId }), output: nothing },
  tryNow: { input: z.strictObject({ node: NodeId }), output: nothing },
  pauseRouting: { input: z.strictObject({ minutes: z.number().positive().max(10_080).nullable() }), output: nothing },
  resumeRouting: { input: z.strictObject({}), output: nothing },
  cancelRequest: { input: z.strictObject({ request: z.string() }), output: nothing },
  /** Where a request would go now. `request` is a body in the client's own form, for rules and capabilities; nothing is sent. */
  explain: {
    input: z.strictObject({
      model: z.string().min(1).max(512),
      profile: z.string().optional(),
      agent: z.string().optional(),
      task: Task.optional(),
      /** The dialect its client speaks; OpenAI's where absent. */
      dialect: Dialect.optional(),
      localOnly: z.boolean().optional(),
      exclude: z.array(NodeId).optional(),
      request: z.record(z.string(), z.unknown()).optional(),
      /** Instead of the configured policy: shows what a preset would choose. */
      policy: z.string().optional(),
      /** Instead of the configured routing: a draft that nobody saved. */
      routing: RoutingDocument.optional(),
    }),
    output: Explanation,
  },
  /** One request of one token through the gateway's own port, as an app of this dialect sends it. How it went is an output, not a failure. */
  testConnection: { input: ConnectionAsk, output: ConnectionVerdict },
  /** Names that seem to mean one model, for a person to make aliases of. */
  aliasSuggestions: { input: z.strictObject({}), output: z.object({ groups: z.array(AliasGroup).readonly() }).readonly() },
  /** Resolves when the node answers. */
  wakeNode: { input: z.strictObject({ node: NodeId }), output: nothing },
  /** Its memory is lent to something else: drains, then unloads everything. Null minutes: until it is returned. */
  lendNode: { input: z.strictObject({ node: NodeId, minutes: z.number().positive().max(10_080).nullable() }), output: nothing },
  returnNode: { input: z.strictObject({ node: NodeId }), output: nothing },
  drainNode: { input: z.strictObject({ node: NodeId, drained: z.boolean() }), output: nothing },
  /** Looks at everything that can be wrong; models are asked only where they are in memory already. Takes up to minutes. */
  doctor: { input: DoctorWish, output: Diagnosis },
  /** Writes one change that the doctor proposed, after a person said yes to it. */
  applyFix: { input: z.strictObject({ change: ConfigChange }), output: nothing },
  /** What happened on a node, newest first, and how quickly it answered its last probes. */
  nodeLog: { input: NodeLogQuery, output: NodeLogPage },
  /** Ended requests, newest first. */
  history: { input: HistoryQuery, output: HistoryPage },
  /** Sums over UTC days, from the journal. */
  usage: { input: UsageQuery, output: z.object({ sums: z.array(UsageSum).readonly() }).readonly() },
  ...settingsMethods,
  ...captureMethods,
  ...routingMethods,
  dismissNotices: { input: z.strictObject({}), output: nothing },
  /** Tries every NATS server that is away again now, also one that refused our credentials (F70). */
  retryNats: { input: z.strictObject({}), output: nothing },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type MethodName = keyof typeof methods;
export type MethodInput<M extends MethodName> = z.input<(typeof methods)[M]["input"]>;
export type MethodOutput<M extends MethodName> = z.output<(typeof methods)[M]["output"]>;

/** State travels as whole snapshots (at most four a second), activity as changed rows; both heal after a loss. */
export type Push =
  | { readonly type: "snapshot"; readonly snapshot: Snapshot }
  | { readonly type: "activity"; readonly rows: readonly RequestRow[] }
  | { readonly type: "notice"; readonly notice: Notice };

/** What every carrier answers. */
export type Reply<T = unknown> = { readonly ok: true; readonly output: T } | { readonly ok: false; readonly failure: Failure };

/** The two functions a carrier offers. `listen` returns the function that stops; its first push is a snapshot. */
export interface Transport {
  call(method: string, input: unknown): Promise<Reply>;
  listen(onPush: (push: Push) => void, onState?: (connected: boolean) => void): () => void;
}

export type Handlers = {
  readonly [M in MethodName]: (input: z.output<(typeof methods)[M]["input"]>) => Promise<MethodOutput<M> | { readonly failure: Failure }>;
};

/** A typed mirror of the table. Rejects nothing: failures come back as values. */
export type Client = { readonly [M in MethodName]: (input: MethodInput<M>) => Promise<Reply<MethodOutput<M>>> };

/** Builds the caller's half. Replies come from our own process over a guarded carrier, so they are typed, not parsed again. */
export function createClient(transport: Transport): Client {
  const call = (method: string) => (input: unknown) => transport.call(method, input);
  return Object.fromEntries(Object.keys(methods).map((method) => [method, call(method)])) as Client;
}

const isMethod = (name: string): name is MethodName => Object.hasOwn(methods, name);

/** Builds the engine's half: parses the input by the table, calls the handler, and turns a bug into an `internal` failure. */
export function createDispatcher(handlers: Handlers, onBug: (error: unknown, method: string) => void) {
  return async (method: string, input: unknown): Promise<Reply> => {
    if (!isMethod(method)) {
      return { ok: false, failure: fail("not-found", `There is no method "${method.slice(0, 64)}".`, { near: Object.keys(methods) }) };
    }
    const parsed = methods[method].input.safeParse(input ?? {});
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const field = issue?.path.map(String).join(".") ?? "";
      return {
        ok: false,
        failure: fail("invalid-request", `${method}: ${field === "" ? "" : `${field}: `}${issue?.message ?? "bad input"}`, { field }),
      };
    }
    try {
      // The table ties each handler to its own schema; a union of methods loses that tie, hence the one widening here.
      const handler = handlers[method] as (value: unknown) => Promise<object>;
      const output = await handler(parsed.data);
      return "failure" in output ? { ok: false, failure: output.failure as Failure } : { ok: true, output };
    } catch (error) {
      onBug(error, method);
      return { ok: false, failure: fail("internal", `${method} failed inside Homeport; the log has the details.`) };
    }
  };
}
