// Which model on which node is set aside, and until when: a load that failed, an answer that made no sense, answers that broke again and again.
// Each time doubles the pause, so that a load which cannot work is not retried in a storm. Out of memory holds until there is more of it.
//
// How source-systems.md 2.4 step 3 maps here. "Endpoints whose loaded probe failed lately": `Health`: one failed probe ranks a node behind, three
// take it out (`health.ts`). "Pairs whose completion failed lately": `errors` and `setAside` below, per model on its node: a router whose worker
// for one model died answers its probes, and well for every other model. "Unless that empties the list": the filter for set-aside models is relaxed.
import { type Failure, failureTable } from "../contract/failure.ts";
import type { ModelEntry, Node } from "../contract/fleet.ts";

const firstPauseMs = 30_000;
const longestPauseMs = 30 * 60_000;
/** A node that lacks a model it listed: its inventory is being read again, which takes moments. */
const inventoryPauseMs = 10_000;
/** Answers of one model here that broke in a row, before it is set aside; and for how long (source-systems.md 2.4). */
const mostErrors = 3;
const errorPauseMs = 300_000;
/** Out of memory is over when the free share of the memory moved by a tenth, less what binary fractions lose. */
const changedShare = 0.1 - 1e-9;

/** A server's words for a file that no second try makes whole (demands.md 20). */
const brokenFile =
  /\b(?:exceeds|not within) (?:the )?file (?:size|bounds)\b|\b(?:invalid|bad) (?:gguf )?magic\b|\bcorrupt(?:ed)?\b|\bfile is (?:truncated|incomplete)\b|\bunknown model architecture\b/i;

/** What tells one file of a model from another. */
function fileOf({ digest, bytes }: ModelEntry): string {
  return `${digest ?? ""} ${bytes ?? ""}`;
}

/** True while this model is not to be tried on its node. */
export function isSetAside({ setAside: aside }: ModelEntry, now: number): boolean {
  return aside !== undefined && (aside.freeShare !== undefined || aside.file !== undefined || now < aside.until);
}

/** The entry after a failure that counts against the model; the same entry when it does not. `freeShare`: free memory there as a share, if known. */
export function setAside(model: ModelEntry, failure: Failure, now: number, freeShare?: number): ModelEntry {
  const against = failureTable[failure.kind].against;
  if (against === "inventory") return { ...model, setAside: { failure, until: now + inventoryPauseMs, count: 0 } };
  if (against !== "model") return model;
  const count = (model.setAside?.count ?? 0) + 1;
  const until = now + Math.min(firstPauseMs * 2 ** (count - 1), longestPauseMs);
  const held = failure.kind === "out-of-memory" && freeShare !== undefined ? { freeShare } : {};
  const broken = failure.kind === "load-failed" && brokenFile.test(failure.message) ? { file: fileOf(model) } : {};
  return { ...model, setAside: { failure, until, count, ...held, ...broken } };
}

/** The entry after an answer of this model broke while its node could be reached. */
export function afterError(model: ModelEntry, failure: Failure, now: number): ModelEntry {
  const errors = (model.errors ?? 0) + 1;
  if (errors < mostErrors) return { ...model, errors };
  return { ...model, errors, setAside: { failure, until: now + errorPauseMs, count: model.setAside?.count ?? 0 } };
}

/** The entry after the node told its memory and its files: what ran out may be there again, what was broken may be another file. */
export function reconsidered(model: ModelEntry, freeShare: number | undefined): ModelEntry {
  const { freeShare: held, file } = model.setAside ?? {};
  if (file !== undefined) return file === fileOf(model) ? model : cleared(model);
  return held === undefined || freeShare === undefined || Math.abs(freeShare - held) < changedShare ? model : cleared(model);
}

/** The share of a node's memory that is free, by its own word or by what it has loaded; undefined where its size is not known. */
export function freeShare({ memory, models }: Node): number | undefined {
  const { totalBytes, usedBytes } = memory;
  if (totalBytes === undefined) return undefined;
  if (usedBytes !== undefined) return 1 - usedBytes / totalBytes;
  let used = 0;
  for (const { residency, bytes } of Object.values(models)) if (residency.state === "warm") used += residency.bytes ?? bytes ?? 0;
  return 1 - used / totalBytes;
}

/** The entry after another gateway set it aside, or saw it prove itself. What was learned here stays where it holds longer. */
export function asideElsewhere(model: ModelEntry, aside: ModelEntry["setAside"]): ModelEntry {
  if (aside === undefined) return cleared(model);
  return (model.setAside?.until ?? 0) >= aside.until ? model : { ...model, setAside: aside };
}

/** The entry after it proved itself, or after a person said so. */
export function cleared(model: ModelEntry): ModelEntry {
  if (model.setAside === undefined && model.errors === undefined) return model;
  const { setAside: _, errors: _errors, ...rest } = model;
  return rest;
}
