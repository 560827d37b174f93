// What one attempt sends, and how its answer will be read: the client's bytes with the few edits that this node needs, or a translation; a prompt
// made shorter, answers to be repaired or judged, where the link's profile wants that. Decided once, before anything is sent.
import type { Failure } from "../contract/failure.ts";
import type { Node } from "../contract/fleet.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import type { Candidate, RequestFacts } from "../contract/route.ts";
import type { Profile } from "../contract/routing.ts";
import { chooseDialect } from "../dialects/translation.ts";
import { contextToCarry } from "../domain/context-guard.ts";
import { own } from "../domain/inventory.ts";
import { canonicalName } from "../domain/names.ts";
import { linkOf } from "../domain/session.ts";
import type { Course } from "./course.ts";
import { type Gate, gateFor } from "./gate.ts";
import type { Clock, UpstreamCall } from "./ports.ts";
import { withRepairs } from "./repairing.ts";
import { rescued } from "./rescuing.ts";
import type { Store } from "./store.ts";
import type { Translation } from "./translated-answer.ts";
import { translatedCall } from "./translated-call.ts";
import { undone, upstreamCall } from "./upstream-call.ts";

export interface PreparedCall {
  readonly call: UpstreamCall;
  /** Puts the answer's bytes back as the client would have got them. */
  readonly echo: ((bytes: Buffer) => Buffer) | undefined;
  /** The node speaks another dialect than the client, or its answer is to be repaired. */
  readonly translation: Translation | undefined;
  /** The node's dialect, where it is not the client's, and what was left out for it. */
  readonly translated: { readonly spoken: Dialect; readonly dropped: readonly string[] } | undefined;
  /** Judges the answer before it is released. */
  readonly gate: Gate | undefined;
  /** Nothing is to be sent: the prompt is too long however it is cut, leaving something out would change what is meant, or nothing could be judged. */
  readonly refused: Failure | undefined;
  /** Messages left out so that the prompt fits. */
  readonly leftOut: number | undefined;
  /** An estimate of what is sent. */
  readonly promptTokens: number;
  /** The context an Ollama call carries so that it reloads nothing (demands.md 3.12). */
  readonly keptTokens: number | undefined;
}

/** `node`: undefined where it left the configuration a moment ago. `repair`: sent instead of the client's body, to ask once more. */
export function preparedCall(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  course: Course,
  candidate: Candidate,
  node: Node | undefined,
  repair: Buffer | undefined,
): PreparedCall {
  const { facts } = course.call;
  const spoken = node === undefined ? facts.dialect : (chooseDialect(node.can.dialects, facts.dialect) ?? facts.dialect);
  const keptTokens = spoken === "ollama" && node !== undefined ? contextOf(facts, node, candidate, store) : undefined;
  const { profile: name } = linkOf(course.session);
  const profile = name === undefined ? undefined : own(store.config.profiles, name);
  const rescue = profile?.contextRescue === true ? rescued(course.call, node, candidate, store.config) : undefined;
  const tooLong = rescue !== undefined && "kind" in rescue ? rescue : undefined;
  const shorter = rescue === undefined || "kind" in rescue ? undefined : rescue;
  const source = shorter?.call ?? course.call;
  const translated = spoken === facts.dialect ? undefined : translatedCall(source, candidate, spoken, keptTokens, clock);
  const edits = {
    rename: translated === undefined && isRenamed(candidate.model, facts.model, node),
    contextTokens: keptTokens,
    wishForUsage: translated === undefined && source.mayWishForUsage === true && node?.can.tellsUsage === true,
  };
  const call = translated?.call ?? upstreamCall(source, candidate, edits);
  const sent = repair === undefined ? call : { ...call, body: repair };
  const translation = profile?.repairs === undefined ? translated?.translation : withRepairs(profile.repairs, source, translated, clock);
  const judge = profile?.gate === undefined ? undefined : gateOf(profile.gate, candidate, facts, spoken, sent, translation, repair);
  const gate = tooLong ?? translated?.refused ?? judge;
  return {
    call: sent,
    echo: translation === undefined ? undone(edits, candidate.model, facts.model) : undefined,
    translation,
    translated: translated === undefined ? undefined : { spoken, dropped: translated.dropped },
    gate: gate === undefined || "kind" in gate ? undefined : gate,
    refused: gate !== undefined && "kind" in gate ? gate : undefined,
    leftOut: shorter?.dropped,
    promptTokens: source.facts.promptTokens,
    keptTokens,
  };
}

/** Ollama takes any spelling of a name it lists. */
function isRenamed(nodes: string, clients: string, node: Node | undefined): boolean {
  return nodes !== clients && !(node?.can.anySpelling === true && canonicalName(nodes) === canonicalName(clients));
}

/** Taking a model out of memory needs no context. */
function contextOf({ task, contextTokens }: RequestFacts, node: Node, { model }: Candidate, { config }: Store): number | undefined {
  return task === "unload" ? undefined : contextToCarry(node, canonicalName(model), contextTokens, config);
}

function gateOf(
  gate: NonNullable<Profile["gate"]>,
  { node }: Candidate,
  { task }: RequestFacts,
  dialect: Dialect,
  { body: sent }: UpstreamCall,
  translation: Translation | undefined,
  repair: Buffer | undefined,
): Gate | Failure | undefined {
  if (sent === undefined) return undefined;
  return gateFor({ gate, dialect, task, node, sent, mayRepair: repair === undefined, translated: translation !== undefined });
}
