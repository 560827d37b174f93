// The tray's menu as a value: what it says and what each line does, computed from the snapshot. Pure, so that it can be tested and compared.
// It answers four questions without a window: is it healthy, what is loaded where, how do I free memory, what is my address (ux.md 3).
import type { MethodInput, MethodName, Snapshot } from "../src-core/contract/api.ts";
import type { ModelEntry, Node } from "../src-core/contract/fleet.ts";
import { loadBar } from "../src-core/contract/progress.ts";

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

interface Placed {
  readonly node: Node;
  readonly key: string;
  readonly model: ModelEntry;
}

/** Ending an app is called differently on each. */
const quitLabels: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: "Quit Homeport", win32: "Exit" };

/** The whole menu, top to bottom. */
export function trayMenu(snapshot: Snapshot, platform: NodeJS.Platform): readonly TrayEntry[] {
  const warm = modelsIn(snapshot, (model) => model.residency.state === "warm" || model.residency.state === "sleeping");
  return [
    words(trayStatus(snapshot).says),
    action(`Copy address (${snapshot.gateway.url})`, { do: "copy", text: snapshot.gateway.url }),
    { kind: "separator" },
    ...(warm.length === 0 ? [words("No model is loaded")] : warm.map((placed) => loaded(placed, snapshot.now))),
    ...Object.values(snapshot.fleet.loads).map((load) => ({
      kind: "submenu" as const,
      label: shown(`${load.model} — ${nameOf(snapshot, load.node)}, loading: ${coarse(loadBar(load, snapshot.now))}`),
      entries: [
        action(load.waiters > 0 ? "Cancel loading and what waits for it" : "Cancel loading", {
          do: "call",
          method: "cancelLoad",
          input: { node: load.node, model: load.model },
        }),
      ],
    })),
    { kind: "submenu", label: "Load", entries: recent(snapshot) },
    ...unloadAll(warm),
    { kind: "separator" },
    ...capturing(snapshot),
    ...routing(snapshot),
    ...lending(snapshot),
    { kind: "separator" },
    action("Open Homeport", { do: "open" }),
    action("Connect an app…", { do: "open", page: "connect" }),
    action("Settings…", { do: "open", page: "settings" }),
    action(quitLabels[platform] ?? "Quit", { do: "quit" }),
  ];
}

/** The status line and the icon that goes with it. A node that nobody asks is not counted. */
export function trayStatus(snapshot: Snapshot): { readonly state: TrayState; readonly says: string } {
  const nodes = Object.values(snapshot.fleet.nodes).filter((node) => node.enabled);
  const well = nodes.filter((node) => works(node)).length;
  const warm = modelsIn(snapshot, (model) => model.residency.state === "warm").length;
  const figures = `${well} of ${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}, ${warm} ${warm === 1 ? "model" : "models"} loaded`;
  const demo = snapshot.app.demo ? "Demo. " : "";
  if (snapshot.fleet.paused !== undefined) return { state: "paused", says: `${demo}Routing is paused${untilWhen(snapshot)}` };
  if (nodes.length === 0) return { state: "degraded", says: `${demo}No nodes yet: open Homeport to add one` };
  if (well === nodes.length) return { state: "healthy", says: `${demo}Healthy: ${figures}` };
  return well === 0
    ? { state: "down", says: `${demo}No node works: ${figures}` }
    : { state: "degraded", says: `${demo}Degraded: ${figures}` };
}

function works(node: Node): boolean {
  // Asleep is well: it is woken when it is needed.
  const isThere =
    node.health.state === "up" ||
    node.health.state === "flapping" ||
    (node.health.state === "asleep" && node.health.unwakeable === undefined);
  return node.breaker.state === "closed" && isThere;
}

function untilWhen(snapshot: Snapshot): string {
  const until = snapshot.fleet.paused?.until;
  return typeof until === "number" ? ` for another ${minutes(until - snapshot.now)}` : "";
}

function loaded({ node, key, model }: Placed, now: number): TrayEntry {
  const facts = [node.name, bytesOf(model), idle(node, key, now, model)].filter((fact) => fact !== undefined);
  const unload = action("Unload", { do: "call", method: "unload", input: { node: node.id, model: model.id } });
  return {
    kind: "submenu",
    label: shown(`${model.id} — ${facts.join(", ")}`),
    entries: [node.can.unload ? unload : words("This node cannot unload models"), ...keeping(node, key, model)],
  };
}

/** Where it could be loaded again; what is kept says so, and can be let go. */
function keeping(node: Node, key: string, model: ModelEntry): readonly TrayEntry[] {
  const isKept = node.keeps?.includes(key) === true;
  if (!isKept && (!node.can.load || model.residency.state !== "warm")) return [];
  const input = { node: node.id, model: model.id, keep: !isKept };
  return [action(isKept ? "Stop keeping it loaded" : "Keep loaded", { do: "call", method: "keepLoaded", input })];
}

/** What runs is left to run: freeing memory is no reason to break an answer. One model alone has its own line. */
function unloadAll(warm: readonly Placed[]): readonly TrayEntry[] {
  const all = warm.filter(({ node }) => node.can.unload);
  const idle = all.filter(({ node, key }) => (node.inFlight[key] ?? 0) === 0);
  if (all.length < 2 || idle.length === 0) return [];
  const calls = idle.map(({ node, model }) => ({ do: "call", method: "unload", input: { node: node.id, model: model.id } }) as const);
  const stay = all.length - idle.length;
  return [action(stay === 0 ? "Unload all" : `Unload all but ${stay} in use`, { do: "calls", calls })];
}

/** In whole minutes, so that the menu does not change every second. */
function idle(node: Node, key: string, now: number, model: ModelEntry): string | undefined {
  if ((node.inFlight[key] ?? 0) > 0) return "in use";
  if (model.residency.state === "sleeping") return "sleeping";
  const usedAt = node.lastUsedAt[key];
  return usedAt === undefined ? undefined : `idle ${minutes(now - usedAt)}`;
}

/** Cold models that are pinned, then those used before, latest first; only where a load can be asked for now. */
function recent(snapshot: Snapshot): readonly TrayEntry[] {
  const pinned = new Set(snapshot.pinned);
  const rank = ({ key }: Placed) => (pinned.has(key) ? 0 : 1);
  const cold = modelsIn(snapshot, (model) => model.residency.state === "cold")
    .filter(({ node, key }) => node.can.load && works(node) && (pinned.has(key) || node.lastUsedAt[key] !== undefined))
    .sort((a, b) => rank(a) - rank(b) || (b.node.lastUsedAt[b.key] ?? 0) - (a.node.lastUsedAt[a.key] ?? 0))
    .slice(0, mostRecent);
  if (cold.length === 0) return [words("Models you use or pin appear here")];
  return cold.map(({ node, model }) =>
    action(`${model.id} — ${node.name}`, { do: "call", method: "load", input: { node: node.id, model: model.id } }),
  );
}

/** What is captured is said wherever somebody may look, the window being closed (S-82). */
function capturing({ capture, now }: Snapshot): readonly TrayEntry[] {
  if (capture === undefined) return [];
  const stop = action("Stop and forget captured requests", { do: "call", method: "stopCapture", input: {} });
  return [words(`Requests are captured for another ${minutes(capture.until - now)}`), stop];
}

function routing(snapshot: Snapshot): readonly TrayEntry[] {
  if (snapshot.fleet.paused !== undefined) return [action("Resume routing", { do: "call", method: "resumeRouting", input: {} })];
  const pause = (label: string, wish: number | null) => action(label, { do: "call", method: "pauseRouting", input: { minutes: wish } });
  return [
    {
      kind: "submenu",
      label: "Pause routing",
      entries: [pause("For 15 minutes", 15), pause("For 1 hour", 60), pause("Until resumed", null)],
    },
  ];
}

/** Memory for a game, in two clicks (demands 21): a node that is lent can be taken back, any other that holds something can be freed. */
function lending(snapshot: Snapshot): readonly TrayEntry[] {
  const nodes = Object.values(snapshot.fleet.nodes).filter(
    (node) => node.enabled && node.place !== "cloud" && node.duplicateOf === undefined,
  );
  const lent = nodes.filter((node) => node.lent !== undefined);
  const free = nodes.filter((node) => node.lent === undefined && node.can.unload && holdsModels(node));
  const back = lent.map((node) => action(`Take ${node.name} back`, { do: "call", method: "returnNode", input: { node: node.id } }));
  if (free.length === 0) return back;
  const presets = (node: Node): TrayEntry => {
    const lend = (label: string, minutes: number | null) =>
      action(label, { do: "call", method: "lendNode", input: { node: node.id, minutes } });
    const entries = [lend("For 15 minutes", 15), lend("For 1 hour", 60), lend("Until taken back", null)];
    return { kind: "submenu", label: shown(node.name), entries };
  };
  return [...back, { kind: "submenu", label: "Free the memory of", entries: free.map(presets) }];
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

const words = (label: string): TrayEntry => ({ kind: "words", label: shown(label) });
const action = (label: string, act: TrayAction): TrayEntry => ({ kind: "action", label: shown(label), action: act });
const nameOf = (snapshot: Snapshot, node: string) => snapshot.fleet.nodes[node]?.name ?? node;

/** In steps of ten, for the same reason. */
function coarse(bar: ReturnType<typeof loadBar>): string {
  if (bar.fraction === undefined) return "started";
  const whose = bar.source === "estimate" || bar.source === "measured" ? ` (${bar.source})` : "";
  return `${Math.floor(bar.fraction * 10) * 10} %${whose}`;
}

/** A single "&" would underline the next letter instead of being shown. */
function shown(label: string): string {
  const short = label.length > mostLabel ? `${label.slice(0, mostLabel - 1)}…` : label;
  return short.replaceAll("&", "&&");
}

function bytesOf(model: ModelEntry): string | undefined {
  const held = model.residency.state === "warm" ? (model.residency.vramBytes ?? model.residency.bytes) : undefined;
  const bytes = held ?? model.bytes;
  return bytes === undefined ? undefined : `${(bytes / 1e9).toFixed(1)} GB`;
}

function minutes(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 60_000));
  if (whole === 0) return "less than a minute";
  if (whole === 1) return "1 minute";
  return whole < 120 ? `${whole} minutes` : `${Math.round(whole / 60)} hours`;
}
