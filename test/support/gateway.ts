// The whole gateway in this process, on real sockets: simulated nodes, Homeport on a free port, all of it stopped when the test ends.
// Nothing sleeps: tests wait for facts of the engine (`until`, `happened`) or of a node (`record.until`).
import { expect, onTestFinished } from "vitest";
import type { Config, ConfigDocument, NodeConfig } from "../../src-core/contract/config.ts";
import type { EngineEvent, EventOf } from "../../src-core/contract/events.ts";
import type { Fleet, ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import { canonicalName } from "../../src-core/domain/names.ts";
import type { Journal } from "../../src-core/engine/journal-port.ts";
import type { Clock, DeviceReader, ThisComputer } from "../../src-core/engine/ports.ts";
import { type Homeport, startHomeport } from "../../src-core/homeport.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { redisAnnouncer } from "../../src-core/host/redis.ts";
import type { SecretVault } from "../../src-core/host/secret-vault.ts";
import { desktopSecrets, environmentSecrets } from "../../src-core/host/secrets.ts";
import { configKind } from "../../src-core/simulator/fleet.ts";
import { type SimulatedNode, type StartOptions, startSimulatedNode } from "../../src-core/simulator/node.ts";
import { systemClock } from "../../src-core/simulator/pace.ts";
import { CanaryWatch, promptMark } from "./canaries.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { kindsSpeaking } from "./fewer-dialects.ts";
import { MemoryConfig } from "./memory-config.ts";

/**
 * A simulated node and how Homeport is told of it. `proxied`: a fault proxy stands between them. `declares`: more of its configuration. `speaks`: the
 * only dialects of its that Homeport knows, as behind a proxy that lets no other route through.
 */
export interface HomeNode extends Omit<StartOptions, "id" | "devices"> {
  readonly proxied?: boolean;
  readonly speaks?: readonly Dialect[];
  readonly declares?: Partial<
    Pick<
      NodeConfig,
      "slots" | "watts" | "devices" | "key" | "enabled" | "place" | "preset" | "offer" | "drained" | "wake" | "quietHours" | "warmAt"
    >
  >;
}

export interface HomeOptions<K extends string> {
  readonly nodes: Readonly<Record<K, HomeNode>>;
  /** The rest of the configuration; `nodes` here are added after the simulated ones. */
  readonly config?: ConfigDocument;
  /** Homeport's clock; the nodes keep the machine's. */
  readonly clock?: Clock;
  /** The computer Homeport runs on; without it nothing is woken and its sleep goes unnoticed. */
  readonly thisComputer?: ThisComputer;
  /** What this machine is said to hold; nothing is measured where absent. */
  readonly devices?: DeviceReader;
  readonly env?: Readonly<Record<string, string>>;
  /** The desktop's key store; headless where absent. */
  readonly vault?: SecretVault;
  /** What outlives this home; a fresh one where absent. */
  readonly journal?: Journal;
}

export interface Home<K extends string> {
  readonly homeport: Homeport;
  readonly config: MemoryConfig;
  /** The gateway's address. */
  readonly url: string;
  readonly port: number;
  /** The simulated node itself: the oracle. */
  at(id: K): SimulatedNode;
  /** What stands before a node that is `proxied`. */
  proxy(id: K): FaultProxy;
  /** Every fact since the start, oldest first. */
  readonly events: readonly EngineEvent[];
  /** Lines of the log that are no news: a bug in the gateway ends up here. */
  readonly errors: readonly string[];
  /** The node, and a model on it, as Homeport believes them to be. */
  node(id: K): Node;
  entry(id: K, model: string): ModelEntry | undefined;
  count(type: EngineEvent["type"]): number;
  /** Stops Homeport before the test ends; the nodes live on. */
  stop(): Promise<void>;
  /** Resolves once the fleet is so. */
  until(met: (fleet: Fleet) => boolean): Promise<void>;
  /** Resolves with the first fact of this type that fits, past ones included. */
  happened<T extends EngineEvent["type"]>(type: T, fits?: (event: EventOf<T>) => boolean): Promise<EventOf<T>>;
}

/** Starts everything and resolves once every node was heard, or was found not to answer. */
export async function startHome<K extends string>(options: HomeOptions<K>): Promise<Home<K>> {
  const proxies = new Map<string, FaultProxy>();
  const nodes = new Map<string, SimulatedNode>();
  const narrowed = new Map<string, readonly Dialect[]>();
  const configured: NonNullable<ConfigDocument["nodes"]> = [];
  for (const [id, { proxied, declares, speaks, ...simulated }] of entriesOf(options.nodes)) {
    const node = await startSimulatedNode(simulated);
    onTestFinished(() => node.stop());
    nodes.set(id, node);
    if (speaks !== undefined) narrowed.set(id, speaks);
    const proxy = proxied === true ? await FaultProxy.start(node.url) : undefined;
    if (proxy !== undefined) {
      proxies.set(id, proxy);
      onTestFinished(() => proxy.stop());
    }
    configured.push({ id: NodeId.parse(id), kind: configKind(simulated.kind), url: proxy?.url ?? node.url, ...declares });
  }
  const watch = new CanaryWatch();
  const env = keyEveryNode(configured, options);
  const config = new MemoryConfig({
    affinity: { enabled: false },
    ...options.config,
    nodes: [...configured, ...(options.config?.nodes ?? [])],
  });
  const errors: string[] = [];
  const log = watch.log(errors);
  const secrets = secretsOf({ ...options, env });
  const homeport = await startHomeport({
    config,
    ...secrets,
    journal: watch.journal(options.journal ?? openJournal(":memory:", log)),
    log,
    announcer: watch.announcer(redisAnnouncer(systemClock, log)),
    clock: options.clock ?? systemClock,
    ...(options.thisComputer === undefined ? {} : { thisComputer: options.thisComputer }),
    ...(options.devices === undefined ? {} : { devices: options.devices }),
    kinds: kindsSpeaking(narrowed),
    draw: () => 0.5,
    desktop: false,
    demo: false,
    version: "0.0.0-test",
    listen: { port: 0, controlPort: 0 },
    whenPortTaken: "fail",
    control: true,
    discover: false,
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= homeport.stop();
    return stopped;
  };
  // Last of all, when everything has been said: nothing that a home is told in confidence may have been seen elsewhere.
  onTestFinished(() => expect(watch.leaks(nodes), "S-20, S-56, S-75, S-80, S-81").toEqual([]));
  onTestFinished(stop);
  const doors = [
    watch.door("an answer to a client", portOf(homeport.gatewayUrl), new Set([promptMark])),
    watch.door("an answer to the window", portOf(homeport.controlUrl ?? homeport.gatewayUrl)),
    homeport.listen((push) => watch.see("a push", push), true),
  ];
  onTestFinished(() => {
    for (const stopHearing of doors) stopHearing();
  });
  for (const value of Object.values(env)) watch.key(value);
  const learnKeys = ({ nodes: all }: Config) => {
    for (const { id, key } of all) if (key !== undefined) watch.key(secrets.secrets.resolve(key), id);
  };
  learnKeys(config.current());
  config.subscribe(learnKeys, () => undefined);
  const home = await watched(homeport, { config, nodes, proxies, errors, stop });
  onTestFinished(async () => {
    learnKeys(config.current());
    if (stopped === undefined) await watch.look(homeport, home.events);
  });
  return home;
}

/** Every node of the house that has no key gets one of its own, so that each test shows where keys go. Returns what stands in the environment. */
function keyEveryNode(
  nodes: NonNullable<ConfigDocument["nodes"]>,
  { nodes: simulated, env, vault }: HomeOptions<string>,
): Record<string, string> {
  const all: Record<string, string> = { ...env };
  for (const [index, node] of nodes.entries()) {
    const { kind, key } = simulated[node.id] ?? {};
    if (node.key !== undefined || key !== undefined || kind === "openai" || kind === "anthropic" || vault !== undefined) continue;
    const name = `CANARY_${index}`;
    all[name] = `canary-key-of-${node.id}-4c91`;
    nodes[index] = { ...node, key: { env: name } };
  }
  return all;
}

function secretsOf({ vault, env = {} }: Pick<HomeOptions<string>, "vault" | "env">) {
  return vault === undefined ? { secrets: environmentSecrets(env) } : { secrets: desktopSecrets(vault, env), secretStore: vault };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function entriesOf<K extends string>(record: Readonly<Record<K, HomeNode>>): [K, HomeNode][] {
  const keys: K[] = [];
  for (const key in record) keys.push(key);
  return keys.map((key) => [key, record[key]]);
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("There is no such node in this test.");
  return value;
}

interface Started {
  readonly config: MemoryConfig;
  readonly nodes: ReadonlyMap<string, SimulatedNode>;
  readonly proxies: ReadonlyMap<string, FaultProxy>;
  readonly errors: readonly string[];
  readonly stop: () => Promise<void>;
}

/** Facts are kept from here on: what happened while Homeport started is in the fleet already. */
async function watched<K extends string>(homeport: Homeport, { nodes, proxies, ...started }: Started): Promise<Home<K>> {
  const events: EngineEvent[] = [];
  const watchers = new Set<() => void>();
  const { engine } = homeport;
  engine.store.observe((event) => {
    events.push(event);
    for (const look of [...watchers]) look();
  });
  const when = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        watchers.delete(look);
        resolve(found);
      };
      watchers.add(look);
      look();
    });
  const until = (met: (fleet: Fleet) => boolean) => when(() => (met(engine.fleet) ? true : undefined)).then(() => undefined);
  await until((fleet) => Object.values(fleet.nodes).every((node) => !node.enabled || node.health.state !== "unknown"));
  const node = (id: K) => required(engine.fleet.nodes[id]);
  return {
    homeport,
    ...started,
    url: homeport.gatewayUrl,
    port: portOf(homeport.gatewayUrl),
    at: (id) => required(nodes.get(id)),
    proxy: (id) => required(proxies.get(id)),
    events,
    node,
    entry: (id, model) => node(id).models[canonicalName(model)],
    count: (type) => events.filter((event) => event.type === type).length,
    until,
    happened: (type, fits = () => true) => when(() => events.filter((event) => isOf(event, type)).find(fits)),
  };
}

function isOf<T extends EngineEvent["type"]>(event: EngineEvent, type: T): event is EventOf<T> {
  return event.type === type;
}
