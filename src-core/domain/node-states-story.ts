// What changed about a node with a fact, as sentences: whether it answers, whether it is sent requests, which models came and went by themselves.
import type { EngineEvent } from "../contract/events.ts";
import type { ModelEntry, Node } from "../contract/fleet.ts";
import type { Told } from "../contract/node-log.ts";
import type { Health } from "../contract/wellbeing.ts";
import { own } from "./inventory.ts";
import { lasting } from "./lasting.ts";
import { canonicalName } from "./names.ts";
import { passiveState } from "./passive-health.ts";

/** Compares the node before and after. Called once per finished attempt: what did not change costs a comparison. */
export function statesTold(event: EngineEvent, was: Node, is: Node): readonly Told[] {
  const told: Told[] = [];
  if (was.health.state !== is.health.state) told.push(...healthTold(was.health, is.health, event.at));
  if (was.breaker.state !== is.breaker.state && event.type !== "breaker-tripped") told.push(breakerTold(is.breaker, event.at));
  if (was.passive !== is.passive && passiveState(was) !== passiveState(is)) told.push(passiveTold(is));
  if (was.pressure === undefined && is.pressure !== undefined) told.push(pressureTold(is.pressure, event.at));
  if (was.models !== is.models) told.push(...modelsTold(event, was, is));
  return told;
}

function healthTold(was: Health, is: Health, now: number): readonly Told[] {
  switch (is.state) {
    case "unknown":
      return [];
    case "up":
      return [{ about: "health", tone: "good", says: answersAgain(was, now) }];
    case "flapping":
      return [{ about: "health", tone: "bad", says: "It did not answer once; it may be a hiccup.", because: is.because.message }];
    case "down":
      return [{ about: "health", tone: "bad", says: "It does not answer any more.", because: is.because.message }];
    case "asleep":
      return [{ about: "health", tone: "plain", says: "It went to sleep, or was switched off.", because: is.because.message }];
    case "paused":
      return [{ about: "health", tone: "bad", says: pauseWords[is.because], because: is.says }];
  }
}

const pauseWords = {
  "rate-limited": "It asked us to send less for a while.",
  busy: "It said that it is busy.",
  misconfigured: "It refuses us: a key or another setting is wrong.",
} as const;

function answersAgain(was: Health, now: number): string {
  switch (was.state) {
    case "unknown":
      return "It answers.";
    case "down":
    case "asleep":
      return `It answers again, after ${lasting(now - was.since)}.`;
    case "paused":
      return "It takes requests again.";
    default:
      return "It answers again.";
  }
}

function breakerTold(breaker: Node["breaker"], now: number): Told {
  switch (breaker.state) {
    case "open":
      return {
        about: "sending",
        tone: "bad",
        says: `It failed too often: no requests go there for ${lasting(breaker.until - now)}.`,
        because: breaker.says,
      };
    case "half-open":
      return { about: "sending", tone: "plain", says: "It is tried again, with one request." };
    case "closed":
      return { about: "sending", tone: "good", says: "Requests go there again." };
  }
}

function passiveTold(node: Node): Told {
  const failures = `${node.passive?.failures ?? 0} requests in a row failed`;
  switch (passiveState(node)) {
    case "healthy":
      return { about: "sending", tone: "good", says: "A request succeeded: it is tried in its turn again." };
    case "degraded":
      return { about: "sending", tone: "bad", says: `${failures}; it is tried later than others.` };
    case "unhealthy":
      return { about: "sending", tone: "bad", says: `${failures}; it is tried last.` };
  }
}

function pressureTold({ until, says, onlyWarns }: NonNullable<Node["pressure"]>, now: number): Told {
  const then = onlyWarns === true ? "" : ` Nothing is loaded there for ${lasting(until - now)}.`;
  return { about: "models", tone: "bad", says: `It ran out of memory.${then}`, because: says };
}

/** Only a probe shows what came and went without us; every other fact is about its own model. */
function modelsTold(event: EngineEvent, was: Node, is: Node): readonly Told[] {
  if (event.type === "probe-answered") {
    if (was.seenAt === undefined) return [];
    return Object.entries(is.models).flatMap(([key, entry]) => movedTold(own(was.models, key), entry) ?? []);
  }
  if (!("model" in event)) return [];
  const key = canonicalName(event.model);
  const before = own(was.models, key)?.setAside;
  const after = own(is.models, key)?.setAside;
  if (after === undefined || before === after || before?.until === after.until) return [];
  const who = event.type === "set-aside-elsewhere" ? "Another gateway left it" : "It is left";
  const says = `${event.model} failed. ${who} out here for ${lasting(after.until - event.at)}.`;
  return [{ about: "models", tone: "bad", says, because: after.failure.message }];
}

function movedTold(was: ModelEntry | undefined, is: ModelEntry): Told | undefined {
  if (was === is || was === undefined || was.declared === true) return undefined;
  const from = was.residency.state;
  const to = is.residency.state;
  if (from === "warm" && (to === "cold" || to === "sleeping"))
    return {
      about: "models",
      tone: "plain",
      says: `${is.id} left the memory by itself: its time was up, or another program's model came.`,
    };
  if (to === "warm" && (from === "cold" || from === "sleeping"))
    return { about: "models", tone: "plain", says: `${is.id} is in memory; another program had it loaded.` };
  return undefined;
}
