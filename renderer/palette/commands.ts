// Everything that can be done from the palette, made from the snapshot alone: a list of what a person may want, with nothing in it that would be refused.
import type { Snapshot } from "../../src-core/contract/api.ts";
import type { ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import type { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { bytes } from "../format.ts";
import { words } from "../language/words.ts";
import { byNodeName } from "../models.ts";
import { nodeState } from "../node-state.ts";
import { fitOf } from "./match.ts";

/** What a command does. `busy`: requests that an unload may cut short; above zero it is asked for first (UX-09). */
export type PaletteAct =
  | { readonly do: "page"; readonly hash: string }
  | { readonly do: "node"; readonly node: NodeId }
  | { readonly do: "story"; readonly node: NodeId }
  | { readonly do: "copy"; readonly text: string; readonly what: string }
  | { readonly do: "keys" }
  | { readonly do: "pause"; readonly minutes: number | null }
  | { readonly do: "resume" }
  | { readonly do: "load"; readonly node: NodeId; readonly nodeName: string; readonly model: ModelId }
  | { readonly do: "unload"; readonly node: NodeId; readonly nodeName: string; readonly model: ModelId; readonly busy: number }
  | { readonly do: "wake"; readonly node: NodeId; readonly nodeName: string }
  | { readonly do: "drain"; readonly node: NodeId; readonly nodeName: string; readonly drained: boolean }
  | { readonly do: "try"; readonly node: NodeId; readonly nodeName: string };

export interface Command {
  /** The same command has the same id tomorrow. */
  readonly id: string;
  readonly label: string;
  /** Beside the label: its key, its state, its size. */
  readonly hint: string;
  /** Shown before anything is typed. */
  readonly first: boolean;
  readonly act: PaletteAct;
}

interface PageLine {
  readonly page: string;
  readonly label: string;
}

/** Shown at most: who has not found it among these types on. */
const mostShown = 40;

const say = words.palette.commands;

const isAway = ({ enabled, health }: Node): boolean => !enabled || health.state === "down" || health.state === "asleep";

function modelCommand(node: Node, key: string, entry: ModelEntry, loading: ReadonlySet<string>): Command | undefined {
  const { id, residency } = entry;
  const act = { node: node.id, nodeName: node.name, model: id } as const;
  if (residency.state === "cold") {
    if (!node.can.load || loading.has(`${node.id} ${id}`) || loading.has(`${node.id} ${key}`)) return undefined;
    const hint = entry.bytes === undefined ? "" : bytes(entry.bytes);
    return { id: `load ${node.id} ${key}`, label: say.load(id, node.name), hint, first: false, act: { do: "load", ...act } };
  }
  if (!node.can.unload || residency.state === "unloading" || residency.state === "loading") return undefined;
  const busy = node.inFlight[key] ?? node.inFlight[id] ?? 0;
  const label = say.unload(id, node.name);
  return { id: `unload ${node.id} ${key}`, label, hint: busy > 0 ? say.inUse : "", first: false, act: { do: "unload", ...act, busy } };
}

function nodeCommands(node: Node, now: number): readonly Command[] {
  const { id, name } = node;
  const act = { node: id, nodeName: name } as const;
  const command = (verb: string, label: string, what: PaletteAct): Command => ({
    id: `${verb} ${id}`,
    label,
    hint: "",
    first: false,
    act: what,
  });
  const refused = node.health.state === "paused" && node.health.because === "misconfigured";
  return [
    { ...command("node", say.goTo(name), { do: "node", node: id }), hint: nodeState(node, now).word },
    command("log", say.showLog(name), { do: "story", node: id }),
    ...(node.wakes === true && node.health.state === "asleep" ? [command("wake", say.wake(name), { do: "wake", ...act })] : []),
    ...(node.breaker.state !== "closed" || refused ? [command("try", say.tryNow(name), { do: "try", ...act })] : []),
    // Simulated nodes are not in the settings, where draining is kept.
    ...(node.demo
      ? []
      : node.drained === true
        ? [command("undrain", say.undrain(name), { do: "drain", ...act, drained: false })]
        : [command("drain", say.drain(name), { do: "drain", ...act, drained: true })]),
  ];
}

function routingCommands({ paused }: Snapshot["fleet"]): readonly Command[] {
  if (paused !== undefined) return [{ id: "resume", label: say.resume, hint: "", first: true, act: { do: "resume" } }];
  const pause = (id: string, label: string, minutes: number | null): Command => ({
    id,
    label,
    hint: "",
    first: true,
    act: { do: "pause", minutes },
  });
  return [pause("pause 15", say.pauseQuarterHour, 15), pause("pause 60", say.pauseHour, 60), pause("pause", say.pauseOpen, null)];
}

/** All of them, in the order they are shown where nothing tells them apart. `pages`: in the order of their keys. */
export function commandsOf({ fleet, gateway, now }: Snapshot, pages: readonly PageLine[], modifier: string): readonly Command[] {
  const nodes = Object.values(fleet.nodes).sort(byNodeName);
  const loading = new Set(Object.values(fleet.loads).map(({ node, model }) => `${node} ${model}`));
  const models = nodes
    .filter((node) => !isAway(node))
    .flatMap((node) => Object.entries(node.models).flatMap(([key, entry]) => modelCommand(node, key, entry, loading) ?? []));
  return [
    ...pages.map(
      ({ page, label }, index): Command => ({
        id: `page ${page}`,
        label: say.openPage(label),
        hint: `${modifier}+${index + 1}`,
        first: true,
        act: { do: "page", hash: `#/${page}` },
      }),
    ),
    {
      id: "copy address",
      label: say.copyAddress,
      hint: gateway.url,
      first: true,
      act: { do: "copy", text: gateway.url, what: words.frame.header.gatewayAddress },
    },
    ...routingCommands(fleet),
    { id: "edit routing", label: say.editRouting, hint: "", first: true, act: { do: "page", hash: "#/routing/edit" } },
    { id: "keys", label: say.showKeys, hint: "?", first: true, act: { do: "keys" } },
    ...models.filter(({ act }) => act.do === "unload"),
    ...nodes.flatMap((node) => nodeCommands(node, now)),
    ...models.filter(({ act }) => act.do === "load"),
  ];
}

/** What is shown for what was typed, best first. `recent`: ids of what was done last, newest first; it leads where nothing else tells. */
export function foundCommands(commands: readonly Command[], typed: string, recent: readonly string[]): readonly Command[] {
  const rank = new Map(recent.map((id, index) => [id, recent.length - index]));
  const rankOf = ({ id }: Command): number => rank.get(id) ?? 0;
  if (typed.trim() === "") {
    const offered = commands.filter((command) => command.first || rank.has(command.id));
    return offered.sort((a, b) => rankOf(b) - rankOf(a)).slice(0, mostShown);
  }
  return commands
    .flatMap((command) => {
      const fit = fitOf(command.label, typed);
      return fit === undefined ? [] : [{ command, fit: fit + rankOf(command) }];
    })
    .sort((a, b) => b.fit - a.fit)
    .slice(0, mostShown)
    .map(({ command }) => command);
}
