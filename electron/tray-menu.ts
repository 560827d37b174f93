// The tray's menu as a value: what it says and what each line does, computed from the snapshot. Pure, so that it can be tested and compared.
// It answers four questions without a window: is it healthy, what is loaded where, how do I free memory, what is my address (ux.md 3).
import type { MethodInput, MethodName, Snapshot } from "../src-core/contract/api.ts";
import type { Load, ModelEntry, Node } from "../src-core/contract/fleet.ts";
import { loadBar } from "../src-core/contract/progress.ts";
import type { ModelUse } from "./language/facts.ts";
import type { Words } from "./language/words.ts";

type TrayWords = Words["tray"];

/** A call of the contract, typed by its own row of the table. */
type Call = { readonly [M in MethodName]: { readonly do: "call"; readonly method: M; readonly input: MethodInput<M> } }[MethodName];

export type TrayAction =
  | Call
  /** One after the other. */
  | { readonly do: "calls"; readonly calls: readonly Call[] }
  | { readonly do: "copy"; readonly text: string }
  | { readonly do: "open"; readonly page?: "connect" | "settings" }
  | { readonly do: "quit" };

export type TrayEntry =
  | { readonly kind: "separator" }
  | { readonly kind: "words"; readonly label: string }
  | { readonly kind: "action"; readonly label: string; readonly action: TrayAction }
  | { readonly kind: "submenu"; readonly label: string; readonly entries: readonly TrayEntry[] };

/** What the icon shows. */
export type TrayState = "healthy" | "degraded" | "down" | "paused";

const mostRecent = 8;
const mostLabel = 90;
/** How long routing can be paused or memory lent by a click, in minutes. */
const spans = [15, 60] as const;

interface Placed {
  readonly node: Node;
  readonly key: string;
  readonly model: ModelEntry;
}

/** The whole menu, top to bottom. */
export function trayMenu(snapshot: Snapshot, platform: NodeJS.Platform, words: TrayWords): readonly TrayEntry[] {
  const warm = modelsIn(snapshot, (model) => model.residency.state === "warm" || model.residency.state === "sleeping");
  return [
    label(trayStatus(snapshot, words).says),
    action(words.copyAddress(snapshot.gateway.url), { do: "copy", text: snapshot.gateway.url }),
    { kind: "separator" },
    ...(warm.length === 0 ? [label(words.models.none)] : warm.map((placed) => loaded(placed, snapshot.now, words))),
    ...Object.values(snapshot.fleet.loads).map((load) => loading(snapshot, load, words)),
    { kind: "submenu", label: words.loads.menu, entries: recent(snapshot, words) },
    ...unloadAll(warm, words),
    { kind: "separator" },
    ...capturing(snapshot, words),
    ...routing(snapshot, words),
    ...lending(snapshot, words),
    { kind: "separator" },
    action(words.open, { do: "open" }),
    action(words.connect, { do: "open", page: "connect" }),
    action(words.settings, { do: "open", page: "settings" }),
    action(words.quit[platform === "darwin" || platform === "win32" ? platform : "other"], { do: "quit" }),
  ];
}

/** The status line and the icon that goes with it. A node that nobody asks is not counted. */
export function trayStatus(snapshot: Snapshot, { status }: TrayWords): { readonly state: TrayState; readonly says: string } {
  const { state, says } = statusOf(snapshot, status);
  return { state, says: snapshot.app.demo ? status.demo(says) : says };
}

function statusOf(snapshot: Snapshot, status: TrayWords["status"]): { readonly state: TrayState; readonly says: string } {
  const { paused } = snapshot.fleet;
  if (typeof paused?.until === "number") return { state: "paused", says: status.pausedFor(paused.until - snapshot.now) };
  if (paused !== undefined) return { state: "paused", says: status.paused };
  const nodes = Object.values(snapshot.fleet.nodes).filter((node) => node.enabled);
  const well = nodes.filter((node) => works(node)).length;
  const warm = modelsIn(snapshot, (model) => model.residency.state === "warm").length;
  const figures = { well, nodes: nodes.length, warm };
  if (nodes.length === 0) return { state: "degraded", says: status.noNodes };
  if (well === nodes.length) return { state: "healthy", says: status.healthy(figures) };
  return well === 0 ? { state: "down", says: status.down(figures) } : { state: "degraded", says: status.degraded(figures) };
}

function works(node: Node): boolean {
  // Asleep is well: it is woken when it is needed.
  const isThere =
    node.health.state === "up" ||
    node.health.state === "flapping" ||
    (node.health.state === "asleep" && node.health.unwakeable === undefined);
  return node.breaker.state === "closed" && isThere;
}

function loaded({ node, key, model }: Placed, now: number, words: TrayWords): TrayEntry {
  const { models } = words;
  const unload = action(models.unload, { do: "call", method: "unload", input: { node: node.id, model: model.id } });
  return {
    kind: "submenu",
    label: shown(models.loaded({ model: model.id, node: node.name, bytes: bytesOf(model), use: modelUse(node, key, now, model) })),
    entries: [node.can.unload ? unload : label(models.cannotUnload), ...keeping(node, key, model, words)],
  };
}

/** In steps of ten percent, so that the menu does not change every second. */
function loading(snapshot: Snapshot, load: Load, { loads }: TrayWords): TrayEntry {
  const { fraction, source } = loadBar(load, snapshot.now);
  const says = loads.underWay({
    model: load.model,
    node: snapshot.fleet.nodes[load.node]?.name ?? load.node,
    percent: fraction === undefined ? undefined : Math.floor(fraction * 10) * 10,
    from: source === "estimate" || source === "measured" ? source : undefined,
  });
  const cancel = load.waiters > 0 ? loads.cancelWithWaiters : loads.cancel;
  return {
    kind: "submenu",
    label: shown(says),
    entries: [action(cancel, { do: "call", method: "cancelLoad", input: { node: load.node, model: load.model } })],
  };
}

/** Where it could be loaded again; what is kept says so, and can be let go. */
function keeping(node: Node, key: string, model: ModelEntry, { models }: TrayWords): readonly TrayEntry[] {
  const isKept = node.keeps?.includes(key) === true;
  if (!isKept && (!node.can.load || model.residency.state !== "warm")) return [];
  const input = { node: node.id, model: model.id, keep: !isKept };
  return [action(isKept ? models.letGo : models.keep, { do: "call", method: "keepLoaded", input })];
}

/** What runs is left to run: freeing memory is no reason to break an answer. One model alone has its own line. */
function unloadAll(warm: readonly Placed[], { models }: TrayWords): readonly TrayEntry[] {
  const all = warm.filter(({ node }) => node.can.unload);
  const idle = all.filter(({ node, key }) => (node.inFlight[key] ?? 0) === 0);
  if (all.length < 2 || idle.length === 0) return [];
  const calls = idle.map(({ node, model }) => ({ do: "call", method: "unload", input: { node: node.id, model: model.id } }) as const);
  const stay = all.length - idle.length;
  return [action(stay === 0 ? models.unloadAll : models.unloadAllBut(stay), { do: "calls", calls })];
}

function modelUse(node: Node, key: string, now: number, model: ModelEntry): ModelUse {
  if ((node.inFlight[key] ?? 0) > 0) return "in-use";
  if (model.residency.state === "sleeping") return "sleeping";
  const usedAt = node.lastUsedAt[key];
  return usedAt === undefined ? undefined : { idleMs: now - usedAt };
}

/** Cold models that are pinned, then those used before, latest first; only where a load can be asked for now. */
function recent(snapshot: Snapshot, { loads }: TrayWords): readonly TrayEntry[] {
  const pinned = new Set(snapshot.pinned);
  const rank = ({ key }: Placed) => (pinned.has(key) ? 0 : 1);
  const cold = modelsIn(snapshot, (model) => model.residency.state === "cold")
    .filter(({ node, key }) => node.can.load && works(node) && (pinned.has(key) || node.lastUsedAt[key] !== undefined))
    .sort((a, b) => rank(a) - rank(b) || (b.node.lastUsedAt[b.key] ?? 0) - (a.node.lastUsedAt[a.key] ?? 0))
    .slice(0, mostRecent);
  if (cold.length === 0) return [label(loads.none)];
  return cold.map(({ node, model }) =>
    action(loads.offer(model.id, node.name), { do: "call", method: "load", input: { node: node.id, model: model.id } }),
  );
}

/** What is captured is said wherever somebody may look, the window being closed (S-82). */
function capturing({ capture, now }: Snapshot, words: TrayWords): readonly TrayEntry[] {
  if (capture === undefined) return [];
  const stop = action(words.capture.stop, { do: "call", method: "stopCapture", input: {} });
  return [label(words.capture.goesOn(capture.until - now)), stop];
}

function routing(snapshot: Snapshot, words: TrayWords): readonly TrayEntry[] {
  if (snapshot.fleet.paused !== undefined) return [action(words.routing.resume, { do: "call", method: "resumeRouting", input: {} })];
  const pause = (says: string, wish: number | null) => action(says, { do: "call", method: "pauseRouting", input: { minutes: wish } });
  return [
    {
      kind: "submenu",
      label: words.routing.pause,
      entries: [...spans.map((minutes) => pause(words.forMinutes(minutes), minutes)), pause(words.routing.untilResumed, null)],
    },
  ];
}

/** Memory for a game, in two clicks (demands 21): a node that is lent can be taken back, any other that holds something can be freed. */
function lending(snapshot: Snapshot, words: TrayWords): readonly TrayEntry[] {
  const nodes = Object.values(snapshot.fleet.nodes).filter(
    (node) => node.enabled && node.place !== "cloud" && node.duplicateOf === undefined,
  );
  const lent = nodes.filter((node) => node.lent !== undefined);
  const free = nodes.filter((node) => node.lent === undefined && node.can.unload && holdsModels(node));
  const back = lent.map((node) =>
    action(words.lending.takeBack(node.name), { do: "call", method: "returnNode", input: { node: node.id } }),
  );
  if (free.length === 0) return back;
  const presets = (node: Node): TrayEntry => {
    const lend = (says: string, minutes: number | null) =>
      action(says, { do: "call", method: "lendNode", input: { node: node.id, minutes } });
    const entries = [...spans.map((minutes) => lend(words.forMinutes(minutes), minutes)), lend(words.lending.untilTakenBack, null)];
    return { kind: "submenu", label: shown(node.name), entries };
  };
  return [...back, { kind: "submenu", label: words.lending.menu, entries: free.map(presets) }];
}

function holdsModels({ models }: Node): boolean {
  return Object.values(models).some(({ residency }) => residency.state === "warm" || residency.state === "sleeping");
}

function modelsIn(snapshot: Snapshot, wanted: (model: ModelEntry) => boolean): Placed[] {
  return (
    Object.values(snapshot.fleet.nodes)
      // What a machine that sleeps had in memory is not known until it wakes; what a service in the cloud offers is in nobody's memory here.
      .filter((node) => node.enabled && node.place !== "cloud" && node.duplicateOf === undefined && node.health.state !== "asleep")
      .flatMap((node) => Object.entries(node.models).map(([key, model]) => ({ node, key, model })))
      .filter(({ model }) => wanted(model))
  );
}

const label = (says: string): TrayEntry => ({ kind: "words", label: shown(says) });
const action = (says: string, act: TrayAction): TrayEntry => ({ kind: "action", label: shown(says), action: act });

/** A single "&" would underline the next letter instead of being shown. */
function shown(says: string): string {
  const short = says.length > mostLabel ? `${says.slice(0, mostLabel - 1)}…` : says;
  return short.replaceAll("&", "&&");
}

function bytesOf(model: ModelEntry): number | undefined {
  const held = model.residency.state === "warm" ? (model.residency.vramBytes ?? model.residency.bytes) : undefined;
  return held ?? model.bytes;
}
