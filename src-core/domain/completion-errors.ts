// Which model on which node is set aside, and until when: a load that failed, an answer that made no sense. Each time doubles the pause,
// so that a load which cannot work is not retried in a storm.
import { type Failure, failureTable } from "../contract/failure.ts";
import type { ModelEntry } from "../contract/fleet.ts";

const firstPauseMs = 30_000;
const longestPauseMs = 30 * 60_000;
/** A node that lacks a model it listed: its inventory is being read again, which takes moments. */
const inventoryPauseMs = 10_000;

/** True while this model is not to be tried on its node. */
export function isSetAside(model: ModelEntry, now: number): boolean {
  return model.setAside !== undefined && now < model.setAside.until;
}

/** The entry after a failure that counts against the model; the same entry when it does not. */
export function setAside(model: ModelEntry, failure: Failure, now: number): ModelEntry {
  const against = failureTable[failure.kind].against;
  if (against === "inventory") return { ...model, setAside: { failure, until: now + inventoryPauseMs, count: 0 } };
  if (against !== "model") return model;
  const count = (model.setAside?.count ?? 0) + 1;
  return { ...model, setAside: { failure, until: now + Math.min(firstPauseMs * 2 ** (count - 1), longestPauseMs), count } };
}

/** The entry after it proved itself. */
export function cleared(model: ModelEntry): ModelEntry {
  if (model.setAside === undefined) return model;
  const { setAside: _, ...rest } = model;
  return rest;
}
