// The contract's methods, one handler each: what a window, a tray or a script may ask. Configuration changes go through the source, which
// validates and saves them; the engine follows like any other listener.
import { createDispatcher, type Handlers, type NodePatch, type Reply } from "../contract/api.ts";
import { CloudPreset, cloudPresets } from "../contract/cloud-presets.ts";
import { type Failure, fail } from "../contract/failure.ts";
import type { Fingerprint } from "../contract/finding.ts";
import { NodeId } from "../contract/ids.ts";
import { suggestGroups } from "../domain/alias-groups.ts";
import { withChange } from "../domain/config-change.ts";
import { own } from "../domain/inventory.ts";
import { knownNode, plainAddress } from "../domain/known-node.ts";
import type { Capture } from "./capture.ts";
import { captureHandlers } from "./capture-handlers.ts";
import { type ConnectionParts, testConnection } from "./connection-test.ts";
import type { Engine } from "./engine.ts";
import { modelHandlers } from "./model-handlers.ts";
import { noSuchNode } from "./node-set.ts";
import type { ConfigSource, Doctor, Log, SecretStore, Secrets, SettingsText, Survey } from "./ports.ts";
import type { ServerSearch } from "./search.ts";
import { settingsHandlers } from "./settings-handlers.ts";

const fingerprintMs = 3_000;

export interface HandlerParts {
  readonly engine: Engine;
  readonly config: ConfigSource;
  readonly survey: Survey;
  readonly log: Log;
  readonly search: ServerSearch;
  /** How our own gateway is called; absent where there is none. */
  readonly connection?: ConnectionParts | undefined;
  readonly secrets: Secrets;
  readonly settingsText: SettingsText;
  /** The desktop's; absent in headless use. */
  readonly secretStore?: SecretStore | undefined;
  /** Absent where nobody looks after a house. */
  readonly doctor?: Doctor | undefined;
  /** Absent where no gateway is. */
  readonly capture?: Capture | undefined;
}

const done = {} as const;

/** The engine's half of the contract. */
export function createHandlers(parts: HandlerParts): (method: string, input: unknown) => Promise<Reply> {
  const handlers: Handlers = {
    ...modelHandlers(parts),
    snapshot: async () => parts.engine.snapshot(),
    cancelRequest: async ({ request }) =>
      parts.engine.router.cancel(request) ? done : { failure: fail("not-found", "That request has ended already.") },
    ...nodeHandlers(parts),
    ...findingHandlers(parts),
    ...routingHandlers(parts),
    ...settingsHandlers(parts),
    ...secretHandlers(parts),
    ...doctorHandlers(parts),
    ...captureHandlers(parts),
  };
  return createDispatcher(handlers, (error, method) =>
    parts.log.error({ method, stack: error instanceof Error ? error.stack : String(error) }, "a bug in a method"),
  );
}

function nodeHandlers({ engine, config, survey }: HandlerParts) {
  const nodesOf = (document: Readonly<Record<string, unknown>>): unknown[] => (Array.isArray(document["nodes"]) ? document["nodes"] : []);
  const isNode = (id: NodeId) => (entry: unknown) => typeof entry === "object" && entry !== null && "id" in entry && entry.id === id;
  const isKnown = (id: NodeId) => config.current().nodes.some((node) => node.id === id);
  const change = async (id: NodeId, changed: (node: Record<string, unknown>) => Record<string, unknown> | undefined) => {
    if (!isKnown(id)) return { failure: notConfigured(id, config) };
    const failure = await config.update((document) => ({
      ...document,
      nodes: nodesOf(document).flatMap((entry) => (isNode(id)(entry) ? (changed({ ...Object(entry) }) ?? []) : [entry])),
    }));
    return failure === undefined ? done : { failure };
  };
  const known = (found: Fingerprint): Fingerprint => {
    const node = knownNode(Object.values(engine.fleet.nodes), found.url);
    return node === undefined ? found : { ...found, known: node };
  };
  return {
    addNode: async (input) => {
      const id = input.id ?? freeId(input.name ?? input.preset ?? input.kind, engine);
      const failure = await config.update((document) => ({ ...document, nodes: [...nodesOf(document), { ...input, id }] }));
      return failure === undefined ? { id } : { failure };
    },
    updateNode: ({ node, change: patch }) => change(node, (before) => patched(before, patch)),
    drainNode: ({ node, drained }) => change(node, (before) => ({ ...before, drained })),
    removeNode: ({ node }) => change(node, () => undefined),
    probeNode: async ({ url }) => known(await survey.fingerprint(url, AbortSignal.timeout(fingerprintMs))),
  } satisfies Partial<Handlers>;
}

function findingHandlers({ search, survey }: HandlerParts) {
  return {
    discover: ({ sources, subnet }) => search.start({ sources: sources ?? ["this-computer"], subnet }),
    cancelDiscover: async () => (search.cancel() ? done : { failure: fail("not-found", "No search is running.") }),
    ownSubnets: async () => ({ subnets: survey.ownSubnets() }),
  } satisfies Partial<Handlers>;
}

function routingHandlers({ engine, connection }: HandlerParts) {
  const onNode = (node: NodeId, act: () => void) => {
    if (own(engine.fleet.nodes, node) === undefined) return { failure: noSuchNode(node) };
    act();
    return done;
  };
  return {
    tripBreaker: async ({ node }) => onNode(node, () => engine.store.record({ type: "breaker-tripped", at: engine.now(), node })),
    tryNow: async ({ node }) => {
      const answer = onNode(node, () => engine.store.record({ type: "breaker-try-now", at: engine.now(), node }));
      await engine.poller.probe(node);
      return answer;
    },
    wakeNode: async ({ node }) => {
      if (own(engine.fleet.nodes, node) === undefined) return { failure: noSuchNode(node) };
      const outcome = await engine.caretaker.waker.ensure(node, "user");
      return outcome === undefined || outcome === "left" ? done : { failure: outcome };
    },
    lendNode: async ({ node, minutes }) => onNode(node, () => engine.caretaker.lending.lend(node, minutes)),
    returnNode: async ({ node }) => onNode(node, () => engine.caretaker.lending.takeBack(node)),
    pauseRouting: async ({ minutes }) => {
      engine.store.record({ type: "routing-paused", at: engine.now(), until: minutes === null ? null : engine.now() + minutes * 60_000 });
      return done;
    },
    explain: async (question) => engine.explain(question),
    testConnection: async (asked) =>
      connection === undefined
        ? { failure: fail("unsupported", "There is no gateway here to test.") }
        : testConnection(connection, engine, asked),
    aliasSuggestions: async () => ({ groups: suggestGroups(engine.fleet) }),
    resumeRouting: async () => {
      engine.store.record({ type: "routing-resumed", at: engine.now() });
      return done;
    },
    nodeLog: async (query) =>
      own(engine.fleet.nodes, query.node) === undefined ? { failure: noSuchNode(query.node) } : engine.chronicle.nodeLog.page(query),
    history: async (query) => engine.chronicle.history.page(query),
    usage: async (query) => ({ sums: engine.chronicle.history.sums(query) }),
    retryNats: async () => {
      engine.natsLinks?.retry();
      return done;
    },
    dismissNotices: async () => {
      engine.notices.dismiss();
      engine.touched();
      return done;
    },
  } satisfies Partial<Handlers>;
}

function secretHandlers({ secretStore }: HandlerParts) {
  return {
    setSecret: async ({ name, value }) => {
      if (secretStore === undefined) return { failure: fail("unsupported", noStore) };
      const failure = await secretStore.set(name, value);
      return failure === undefined ? done : { failure };
    },
    secretNames: async () => {
      if (secretStore === undefined) return { names: [], available: false, says: noStore };
      const { trouble } = secretStore;
      return { names: secretStore.names(), available: true, ...(trouble === undefined ? {} : { says: trouble }) };
    },
  } satisfies Partial<Handlers>;
}

function doctorHandlers({ doctor, config }: HandlerParts) {
  return {
    doctor: async (wish) => doctor?.examine(wish) ?? { failure: fail("unsupported", "There is no doctor here.") },
    applyFix: async ({ change }) => {
      const failure = await config.update((document) => withChange(document, change));
      return failure === undefined ? done : { failure };
    },
  } satisfies Partial<Handlers>;
}

const noStore = "Only the desktop app keeps keys. Here, name an environment variable, or a file that nobody else can read.";

/** Null clears a field, an absent one stays. A key is bound to its address: a new address without a new key clears it (S-45). */
function patched(before: Record<string, unknown>, patch: NodePatch): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...before, ...patch };
  const moved = !sameAddress(addressIn(before), addressIn(merged));
  if (moved && patch.key === undefined) merged["key"] = null;
  if (merged["nats"] !== before["nats"] && patch.natsCredentials === undefined) merged["natsCredentials"] = null;
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null && value !== undefined));
}

/** Where a node as written stands: its own address, or its preset's. */
function addressIn({ url, preset }: Readonly<Record<string, unknown>>): string {
  if (typeof url === "string") return url;
  const known = CloudPreset.safeParse(preset);
  return known.success ? cloudPresets[known.data].url : "";
}

function notConfigured(id: NodeId, config: ConfigSource): Failure {
  const demo = config.extraNodes.some((node) => node.id === id);
  return demo ? fail("not-found", `${id} is a simulated node of the demo; it cannot be changed.`, { node: id }) : noSuchNode(id);
}

function sameAddress(a: string, b: string): boolean {
  return plainAddress(a) === plainAddress(b);
}

/** "ollama", "ollama-2", …: the first that is free. */
function freeId(wish: string, engine: Engine): NodeId {
  const base =
    wish
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 50) || "node";
  const taken = new Set(Object.keys(engine.fleet.nodes).map((id) => id.toLowerCase()));
  let id = base;
  for (let count = 2; taken.has(id); count++) id = `${base}-${count}`;
  return NodeId.parse(id);
}
