// When a person is told about breakers and unhealthy nodes: rarely, once, and together when many trip at once (ux.md 4). Pure: the observer owns the timer.
import type { Notice } from "../contract/api.ts";
import type { Node } from "../contract/fleet.ts";
import type { NodeId } from "../contract/ids.ts";
import type { NotificationSwitches } from "../contract/notification-switches.ts";

/** The switch that each kind of news hangs on. */
export const switchFor: Readonly<Record<Notice["kind"], keyof NotificationSwitches>> = {
  "breaker-opened": "breaker",
  "breaker-closed": "breaker",
  "node-unhealthy": "breaker",
  "load-finished": "loads",
  "load-failed": "loads",
  "pull-finished": "fetches",
  "pull-failed": "fetches",
  "budget-warning": "budgets",
  "budget-exhausted": "budgets",
  "resident-cap": "surprises",
  "prompt-truncated": "surprises",
  "unload-stuck": "surprises",
  "config-rejected": "homeport",
  "settings-recovered": "homeport",
  "settings-not-saved": "homeport",
  "port-moved": "homeport",
  "nodes-found": "homeport",
};

/** Trips this close together are told as one. */
export const coalesceMs = 5_000;
/** The same node is not announced again within this, unless it was well in between. */
const quietMs = 10 * 60_000;
const wellMs = 5 * 60_000;

interface Trouble {
  readonly kind: "breaker-opened" | "node-unhealthy";
  readonly node: NodeId;
  readonly name: string;
  readonly says: string;
  readonly others: boolean;
}

interface Told {
  readonly at: number;
  /** When the breaker closed again, if it did. */
  readonly recoveredAt: number | undefined;
  /** The latest opening was not announced, so its closing is no news either. */
  readonly silently: boolean;
}

/** `waiting`: trips not told yet, with the reason as it was. `told`: what was announced last for each node. */
export interface NoticeState {
  readonly waiting: Readonly<Record<string, Trouble>>;
  readonly told: Readonly<Record<string, Told>>;
  readonly count: number;
}

export const noNotices: NoticeState = { waiting: {}, told: {}, count: 0 };

/** A breaker opened. `others`: another node can take its traffic. */
export function breakerOpened(state: NoticeState, node: Node, others: boolean, now: number): NoticeState {
  const told = state.told[node.id];
  if (told !== undefined && now - told.at < quietMs) {
    const wasWell = told.recoveredAt !== undefined && now - told.recoveredAt >= wellMs;
    if (!wasWell) return { ...state, told: { ...state.told, [node.id]: { at: told.at, recoveredAt: undefined, silently: true } } };
  }
  const says = node.breaker.state === "closed" ? "" : node.breaker.says;
  return waitingFor(state, { kind: "breaker-opened", node: node.id, name: node.name, says, others });
}

/**
 * A node failed so often in a row that it is tried last (source-systems.md 5.6), although its breaker may never have opened. It shares the quiet
 * time of the breaker: one trouble is told once.
 */
export function nodeUnhealthy(state: NoticeState, node: Node, others: boolean, now: number): NoticeState {
  if (state.waiting[node.id] !== undefined) return state;
  const told = state.told[node.id];
  if (told !== undefined && now - told.at < quietMs) return state;
  const says = `${node.passive?.failures ?? 0} requests in a row failed there; it is tried last until one succeeds.`;
  return waitingFor(state, { kind: "node-unhealthy", node: node.id, name: node.name, says, others });
}

function waitingFor(state: NoticeState, trouble: Trouble): NoticeState {
  return { ...state, waiting: { ...state.waiting, [trouble.node]: trouble } };
}

/** A breaker closed: announced only if its opening was. */
export function breakerClosed(state: NoticeState, node: Node, now: number): { readonly state: NoticeState; readonly notice?: Notice } {
  if (state.waiting[node.id] !== undefined) {
    const { [node.id]: _, ...waiting } = state.waiting;
    return { state: { ...state, waiting } };
  }
  const told = state.told[node.id];
  if (told === undefined || told.recoveredAt !== undefined) return { state };
  const recovered = { ...state, told: { ...state.told, [node.id]: { ...told, recoveredAt: now } } };
  if (told.silently) return { state: recovered };
  const count = state.count + 1;
  const notice: Notice = {
    id: `notice-${count}`,
    at: now,
    kind: "breaker-closed",
    title: `${node.name} works again`,
    body: "Its breaker closed; requests go there as usual.",
    node: node.id,
    urgent: false,
  };
  return { state: { ...recovered, count }, notice };
}

/** The coalescing time is over: everything that waits becomes one notice. */
export function due(state: NoticeState, now: number): { readonly state: NoticeState; readonly notice?: Notice } {
  const waiting = Object.values(state.waiting);
  const [first] = waiting;
  if (first === undefined) return { state };
  const count = state.count + 1;
  const told = {
    ...state.told,
    ...Object.fromEntries(waiting.map(({ node }) => [node, { at: now, recoveredAt: undefined, silently: false }])),
  };
  const common = { id: `notice-${count}`, at: now, kind: waiting.length === 1 ? first.kind : ("breaker-opened" as const) };
  const notice: Notice =
    waiting.length === 1
      ? {
          ...common,
          title: first.kind === "breaker-opened" ? `${first.name} is out of service` : `${first.name} keeps failing`,
          body: first.kind === "breaker-opened" ? effect(first.says, first.others) : first.says,
          node: first.node,
          urgent: !first.others,
        }
      : {
          ...common,
          title: `${waiting.length} nodes are out of service`,
          body: `${waiting.map(({ name }) => name).join(", ")}. A network change? Homeport keeps trying.`,
          urgent: true,
        };
  return { state: { waiting: {}, told, count }, notice };
}

function effect(says: string, others: boolean): string {
  return `${says} ${others ? "Requests go to other nodes meanwhile." : "No other node can take its requests."} Homeport tries it again by itself.`;
}

/** Old macOS and Windows cut longer bodies (UX-23). Every notice passes here last. */
export const shortBody = (text: string): string => cut(text, 199);

/** One line of a notification. */
export const shortTitle = (text: string): string => cut(text, 99);

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
