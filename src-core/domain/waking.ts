// A node that can be woken and does not answer is asleep, not down: a suspended machine looks just like a dead one, also where its sockets seem to
// live, and only a wake that leads nowhere tells them apart. Pure: what the facts of falling asleep and waking do to the belief about a node.
import type { EventOf } from "../contract/events.ts";
import type { Failure } from "../contract/failure.ts";
import type { Node } from "../contract/fleet.ts";
import type { Health } from "../contract/wellbeing.ts";
import { forgiven } from "./breakers.ts";

const historyLength = 5;
/** A node that was woken in vain is left alone for so long, doubling: it may be unplugged. */
const firstPauseMs = 5 * 60_000;
const longestPauseMs = 60 * 60_000;

/** The words of the first time: nobody knows how long it takes here. Compared with others, it counts as this long. */
export const unknownWakeMs = 60_000;

/** Waking takes this long here: the median of the last five, or undefined without history. */
export function expectedWakeMs({ wakeMs }: Pick<Node, "wakeMs">): number | undefined {
  if (wakeMs === undefined || wakeMs.length === 0) return undefined;
  const sorted = [...wakeMs].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** What is left of it, where it is under way. Undefined where nothing is known. */
export function untilAwakeMs(node: Pick<Node, "health" | "wakeMs">, now: number): number | undefined {
  const usualMs = expectedWakeMs(node);
  const { health } = node;
  if (usualMs === undefined || health.state !== "asleep" || health.waking === undefined) return usualMs;
  return Math.max(0, usualMs - (now - health.waking.since));
}

/**
 * The node after a probe failed, where it can be woken: asleep at once where nobody answered, since a wrong guess costs one packet. Whoever refuses is
 * awake, and whoever is at work may only be slow: those are judged like any node, and asleep where any other would be down.
 */
export function sleepsAfter(node: Node, judged: Health, failure: Failure, now: number): Health {
  if (node.wakes !== true) return judged;
  if (node.health.state === "asleep") return isRefused(failure) && node.health.waking === undefined ? judged : node.health;
  if (failure.kind !== "connect-failed" && failure.kind !== "first-byte-timeout") return judged;
  if (isRefused(failure)) return judged;
  const isAtWork = Object.keys(node.inFlight).length > 0;
  if (isAtWork && judged.state !== "down") return judged;
  return node.health.state === "paused" ? judged : { state: "asleep", since: now, because: failure };
}

/** Somebody is there and says that no server is. */
function isRefused({ kind, detail }: Failure): boolean {
  return kind === "connect-failed" && detail?.startsWith("ECONNREFUSED") === true;
}

/** True where a request may wake it now. Called for every candidate that is asleep. */
export function mayWake(health: Health, now: number): boolean {
  return health.state === "asleep" && (health.unwakeable === undefined || now >= health.unwakeable.until || health.waking !== undefined);
}

export function wakeStarted(node: Node, { by, at, expectedMs }: EventOf<"wake-started">): Node {
  const { health } = node;
  const waking = { since: at, by, ...(expectedMs === undefined ? {} : { expectedMs }) };
  if (health.state === "asleep") return { ...node, health: { ...health, waking } };
  // Woken by hand although it may not sleep: harmless, and shown nowhere.
  return node;
}

export function wakeFinished(node: Node, { ms, failure, at }: EventOf<"wake-finished">): Node {
  const wakeMs = ms === undefined || failure !== undefined ? undefined : [...(node.wakeMs ?? []), ms].slice(-historyLength);
  const learned = wakeMs === undefined ? node : { ...node, wakeMs };
  const { health } = node;
  if (health.state !== "asleep") return learned;
  const { waking: _, ...asleep } = health;
  if (failure === undefined) return { ...learned, health: asleep };
  const count = (asleep.unwakeable?.count ?? 0) + 1;
  const until = at + Math.min(firstPauseMs * 2 ** (count - 1), longestPauseMs);
  return { ...learned, health: { ...asleep, unwakeable: { says: failure.message, until, count } } };
}

/** It answers again: what was held against it while it slept was its sleep. */
export function awake(node: Node): Node {
  return node.health.state === "asleep" ? forgiven(node) : node;
}
