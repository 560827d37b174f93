// A load under way: what was wished for, who waits for it, and how it can end without being done.
import { type Failure, fail } from "../contract/failure.ts";
import type { LoadId, ModelId, NodeId } from "../contract/ids.ts";
import { canonicalName } from "../domain/names.ts";
import type { LoadOptions } from "./ports.ts";

export interface LoadWish {
  readonly node: NodeId;
  readonly model: ModelId;
  readonly options: LoadOptions;
  readonly by: "request" | "user";
  /** The user's "load anyway": skips our own estimate of room, never the node's. */
  readonly force?: boolean;
}

/** A load under way, or waiting for its turn. */
export interface Flight {
  readonly id: LoadId;
  readonly key: string;
  readonly wish: LoadWish;
  readonly cancel: AbortController;
  /** What the waiters are told. Comes before the node is done with it where the load is given up. */
  readonly told: PromiseWithResolvers<Failure | undefined>;
  /** Its turn on the node has come. */
  started: boolean;
  waiters: number;
  pinned: boolean;
  forgetOrphan: () => void;
  /** The load that a person began anew in its place; who waited for this one waits for that. */
  heir?: Flight;
}

/** Two different contexts are two loads; who asks is not part of it. */
export function keyOf({ node, model, options }: LoadWish): string {
  return `${node}\n${canonicalName(model)}\n${options.contextTokens ?? ""}`;
}

/** A race that somebody else won (source-systems.md 4.5). */
export function saysLoadedAlready({ message, detail }: Failure): boolean {
  return /\balready (?:loaded|running)\b/i.test(`${message} ${detail ?? ""}`);
}

/** By a person, or because nobody waits: whoever still does is told so. */
export function cancelledLoad({ node, model }: LoadWish): Failure {
  return fail("cancelled", `Loading ${model} on ${node} was cancelled.`, { node, model });
}

/** Says nothing about the model, and lets the waiters go on. */
export function nodeChanged({ node, model }: LoadWish): Failure {
  return fail("connect-failed", `${node} was changed or removed in the settings while it loaded ${model}.`, { node, model });
}

/** By a person who does not want to wait for this node any longer: says nothing about it either. */
export function sentElsewhere({ node, model }: LoadWish): Failure {
  return fail("connect-failed", `Loading ${model} on ${node} was given up by hand, to try elsewhere.`, { node, model });
}
