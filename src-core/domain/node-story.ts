// What happened on a node, told to a person in sentences: which facts are worth one, and what it says. Sentences are ours alone and may be kept; what
// a node wrote itself stands apart in `because` (S-80).
import type { EngineEvent, EventOf } from "../contract/events.ts";
import type { Failure, FailureKind } from "../contract/failure.ts";
import type { Fleet, Node } from "../contract/fleet.ts";
import type { NodeId } from "../contract/ids.ts";
import type { Told } from "../contract/node-log.ts";
import { own } from "./inventory.ts";
import { lasting } from "./lasting.ts";
import { canonicalName } from "./names.ts";
import { settingsTold } from "./node-settings-story.ts";
import { statesTold } from "./node-states-story.ts";

/** Facts that may be worth a sentence. All others are passed over unread. */
export const nodeLogFacts: ReadonlySet<EngineEvent["type"]> = new Set([
  "config-applied",
  "machine-resumed",
  "probe-answered",
  "probe-failed",
  "attempt-finished",
  "limit-reached",
  "wake-started",
  "wake-finished",
  "quiet-changed",
  "node-lent",
  "node-returned",
  "breaker-tripped",
  "breaker-try-now",
  "load-finished",
  "unload-finished",
  "unload-stuck",
  "set-aside-elsewhere",
  "prompt-truncated",
  "pull-asked",
  "pull-finished",
  "model-removed",
  "message-refused",
  "slots-learned",
  "resident-cap-learned",
  "footprint-measured",
  "node-demoted",
]);

/** What this fact tells, by node, oldest first. Called after every fact of `nodeLogFacts`; most tell nothing. */
export function nodeStory(event: EngineEvent, before: Fleet, after: Fleet): readonly (Told & { readonly node: NodeId })[] {
  if (event.type === "config-applied") return settingsTold(event, before, after);
  if (event.type === "machine-resumed") return Object.values(after.nodes).map(({ id }) => ({ node: id, ...resumedTold(event) }));
  if (!("node" in event) || event.node === undefined) return [];
  const is = own(after.nodes, event.node);
  if (is === undefined) return [];
  const was = own(before.nodes, event.node);
  // With every request: by far most of them change nothing that is told.
  if (event.type === "attempt-finished" && was !== undefined && isUnmoved(was, is)) return nothing;
  const itself = factTold(event, was);
  const states = was === undefined || was === is ? [] : statesTold(event, was, is);
  if (itself === undefined && states.length === 0) return [];
  const { node } = event;
  return [...(itself === undefined ? [] : [itself]), ...states].map((told) => ({ node, ...told }));
}

const nothing: readonly never[] = [];

function isUnmoved(was: Node, is: Node): boolean {
  const { health, breaker, passive, pressure, models: held } = was;
  return health === is.health && breaker === is.breaker && passive === is.passive && pressure === is.pressure && held === is.models;
}

function factTold(event: EngineEvent, was: Node | undefined): Told | undefined {
  switch (event.type) {
    case "load-finished":
      return loadTold(event);
    case "unload-finished":
      return unloadTold(event);
    case "unload-stuck":
      return models("bad", `${event.model} was unloaded ${lasting(event.at - event.since)} ago and is still in memory.`);
    case "pull-asked":
      return models("plain", `Somebody asked for ${event.model} to be fetched.`);
    case "pull-finished":
      return pullTold(event);
    case "model-removed":
      return models("plain", `${event.model} was deleted from its disk.`);
    case "prompt-truncated":
      return models("bad", `It cut a prompt for ${event.model} without saying so: its context is ${event.contextTokens} tokens.`);
    case "wake-started":
      return { about: "health", tone: "plain", says: `It is being woken ${wakenBy[event.by]}.` };
    case "wake-finished":
      return wakeTold(event);
    case "breaker-try-now":
      return { about: "sending", tone: "plain", says: "Somebody asked to try it at once." };
    case "breaker-tripped":
      return { about: "sending", tone: "plain", says: "Somebody stopped sending requests there." };
    case "node-lent":
      return sending(event.until === null ? "until it is taken back" : `for ${lasting(event.until - event.at)}`);
    case "node-returned":
      return was?.lent === undefined ? undefined : { about: "sending", tone: "good", says: "Its memory was taken back." };
    case "quiet-changed":
      return event.until === undefined
        ? { about: "sending", tone: "plain", says: "Its quiet hours are over." }
        : { about: "sending", tone: "plain", says: `Its quiet hours began, for ${lasting(event.until - event.at)}.` };
    case "message-refused":
      return {
        about: "health",
        tone: "bad",
        says: "A message came in its name that it cannot have sent, and was dropped.",
        because: event.says,
      };
    default:
      return learnedTold(event, was);
  }
}

function learnedTold(event: EngineEvent, was: Node | undefined): Told | undefined {
  switch (event.type) {
    case "slots-learned": {
      if (own(was?.learnedSlots ?? {}, canonicalName(event.model)) === event.slots) return undefined;
      return learned(`${event.model} answers ${event.slots === 1 ? "one request" : `${event.slots} requests`} at once.`);
    }
    case "resident-cap-learned": {
      const most = event.cap === 1 ? "one model" : `${event.cap} models`;
      return learned(`It keeps at most ${most} in memory: loading ${event.loaded} made it drop ${event.dropped}.`);
    }
    case "footprint-measured":
      return learned(`${event.model} takes ${(event.bytes / 1e9).toFixed(1)} GB of memory, as measured.`);
    case "node-demoted":
      return event.ranks === 0
        ? { about: "learned", tone: "good", says: "It is as quick and reliable as the others again, and is tried in its turn." }
        : { about: "learned", tone: "bad", says: "It was slower or failed more often than the others lately, and is tried after them." };
    default:
      return undefined;
  }
}

function loadTold({ model, ms, by, failure }: EventOf<"load-finished">): Told | undefined {
  const why = by === "user" ? "because somebody asked" : "for a request";
  if (failure === undefined) return ms === 0 ? undefined : models("good", `${model} was loaded in ${lasting(ms)}, ${why}.`);
  if (failure.kind === "cancelled") return models("plain", `Loading ${model} was cancelled after ${lasting(ms)}.`);
  return failed(`Loading ${model} ${by === "user" ? "on demand" : "for a request"} failed after ${lasting(ms)}`, failure);
}

function unloadTold({ model, roomFor, failure }: EventOf<"unload-finished">): Told {
  const why = roomFor === undefined ? "" : ` to make room for ${roomFor}`;
  if (failure === undefined) return models("plain", `${model} was unloaded${why}.`);
  return failed(`${model} could not be unloaded${why}`, failure);
}

function pullTold({ model, ms, failure }: EventOf<"pull-finished">): Told {
  if (failure === undefined) return models("good", `${model} was fetched in ${lasting(ms)}.`);
  if (failure.kind === "cancelled") return models("plain", `Fetching ${model} was stopped after ${lasting(ms)}.`);
  return failed(`${model} could not be fetched`, failure);
}

const wakenBy = { request: "for a request", user: "because somebody asked", schedule: "because it is time" } as const;

function wakeTold({ ms, failure }: EventOf<"wake-finished">): Told {
  if (failure !== undefined) return { about: "health", tone: "bad", says: "It was woken and did not come.", because: failure.message };
  const says = ms === undefined ? "It had not been asleep." : `It woke after ${lasting(ms)}.`;
  return { about: "health", tone: "good", says };
}

function resumedTold({ because, sleptMs }: EventOf<"machine-resumed">): Told {
  const slept = sleptMs === undefined ? "" : ` for ${lasting(sleptMs)}`;
  const what = because === "sleep" ? `The computer that Homeport runs on had slept${slept}` : "The network of Homeport's computer changed";
  return { about: "health", tone: "plain", says: `${what}; all connections were made anew.` };
}

const models = (tone: Told["tone"], says: string): Told => ({ about: "models", tone, says });
const learned = (says: string): Told => ({ about: "learned", tone: "plain", says });
const sending = (howLong: string): Told => ({
  about: "sending",
  tone: "plain",
  says: `Its memory was lent to something else, ${howLong}.`,
});

function failed(what: string, failure: Failure): Told {
  const short = failureWords[failure.kind];
  return { about: "models", tone: "bad", says: `${what}${short === undefined ? "" : `: ${short}`}.`, because: failure.message };
}

/** A failure in our own few words, for sentences that are kept; what is not here adds nothing. */
const failureWords: Readonly<Partial<Record<FailureKind, string>>> = {
  "out-of-memory": "out of memory",
  "does-not-fit": "not enough memory",
  "disk-full": "its disk is full",
  "connect-failed": "no connection",
  "upstream-unavailable": "the server failed",
  "upstream-lacks-model": "the server does not have it",
  "upstream-misconfigured": "a key or another setting is wrong",
  "first-byte-timeout": "no answer in time",
  "deadline-exceeded": "no answer in time",
  "load-failed": "the server could not do it",
  interrupted: "the connection was cut",
};
