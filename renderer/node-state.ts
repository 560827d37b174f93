// What a node is to a person right now. The breaker comes first: it decides whether traffic goes there.
import type { Node } from "../src-core/contract/fleet.ts";
import { words } from "./language/words.ts";
import type { Tone } from "./tone.ts";

export interface NodeState {
  readonly word: string;
  readonly tone: Tone;
  /** The reason, where the word alone leaves a question. */
  readonly says: string | undefined;
}

const { states } = words.vocabulary;

/** The node's state in a word, and what there is to say of it. */
export function nodeState(node: Node, now: number): NodeState {
  const { health, breaker } = node;
  if (!node.enabled) return { word: states.disabled, tone: "off", says: states.disabledSays };
  if (breaker.state === "open") return { word: states.notSending, tone: "bad", says: breaker.says };
  if (breaker.state === "half-open") return { word: states.tryingAgain, tone: "warn", says: breaker.says };
  switch (health.state) {
    case "unknown":
      return { word: states.checking, tone: "off", says: undefined };
    case "up":
      return { word: states.up, tone: "ok", says: node.duplicateOf === undefined ? undefined : states.duplicateOf(node.duplicateOf) };
    case "flapping":
      return { word: states.unsteady, tone: "warn", says: states.missedChecks(health.misses, health.because.message) };
    case "asleep":
      return asleepState(health, now);
    case "down":
      return node.seenAt === undefined
        ? { word: states.neverAnswered, tone: "bad", says: health.because.message }
        : { word: states.notAnswering, tone: "bad", says: states.downFor(now - health.since, health.because.message) };
    case "paused":
      return {
        word: states.paused[health.because],
        tone: "warn",
        says: health.until === undefined ? health.says : states.pausedUntil(health.says, health.until, now),
      };
  }
}

/** A wake takes as long as it takes; how long it usually does is an estimate. */
function asleepState({ since, waking, unwakeable }: Extract<Node["health"], { state: "asleep" }>, now: number): NodeState {
  if (waking !== undefined) return { word: states.waking, tone: "busy", says: states.wakingFor(now - waking.since, waking.expectedMs) };
  if (unwakeable !== undefined) return { word: states.didNotWake, tone: "bad", says: unwakeable.says };
  return { word: states.asleep, tone: "off", says: states.asleepFor(now - since) };
}
